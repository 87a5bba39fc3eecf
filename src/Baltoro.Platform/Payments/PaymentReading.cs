namespace Baltoro.Platform.Payments;

/// <summary>What an adapter made of a delivery: an event, or why there is none.</summary>
/// <param name="Event">The event; null when it is refused.</param>
/// <param name="IsAuthentic">Whether the delivery was signed by the provider, just now.</param>
/// <param name="Problem">What is wrong; null when there is an event.</param>
public sealed record PaymentReading(PaymentEvent? Event, bool IsAuthentic, string? Problem)
{
    public static PaymentReading Of(PaymentEvent read) => new(read, true, null);

    public static PaymentReading Forged(string problem) => new(null, false, problem);

    public static PaymentReading Malformed(string problem) => new(null, true, problem);
}
