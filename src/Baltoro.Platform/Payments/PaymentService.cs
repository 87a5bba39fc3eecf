using Baltoro.Platform.Identity;
using Baltoro.Platform.Ledger;
using Baltoro.Platform.Ports;

namespace Baltoro.Platform.Payments;

/// <summary>
/// Turns events of payment providers into ledger entries. An event belongs to the organization it first came for, and is booked
/// once however often it is delivered; a crash between the two is healed by the next delivery.
/// </summary>
public sealed class PaymentService(
    IReadOnlyList<IPaymentAdapter> adapters, IAccounts accounts, Organizations organizations, IPaymentEventStore events, TimeProvider clock)
{
    private const int MaxReferenceChars = 200;

    /// <summary>The adapter of a provider, or null.</summary>
    public IPaymentAdapter? Find(string provider) => adapters.FirstOrDefault(adapter => adapter.Name == provider);

    /// <summary>Books an event.</summary>
    public async ValueTask<PaymentOutcome> ApplyAsync(IPaymentAdapter adapter, PaymentEvent payment, CancellationToken cancellationToken)
    {
        if (payment.Kind == PaymentKind.Other)
        {
            return new PaymentOutcome(PaymentCode.Ignored);
        }

        if (!await organizations.ExistsAsync(payment.OrganizationId, cancellationToken).ConfigureAwait(false))
        {
            return new PaymentOutcome(PaymentCode.UnknownOrganization);
        }

        string key = $"payment/{adapter.Name}/{payment.Id}";
        long nowMs = clock.GetUtcNow().ToUnixTimeMilliseconds();
        if (await events.ClaimAsync(key, payment.OrganizationId, nowMs, cancellationToken).ConfigureAwait(false) != payment.OrganizationId)
        {
            return new PaymentOutcome(PaymentCode.OtherContent);
        }

        EntryKind kind = payment.Kind == PaymentKind.Succeeded ? EntryKind.TopUp : EntryKind.Refund;
        string reference = payment.Reference.Length <= MaxReferenceChars ? payment.Reference : payment.Reference[..MaxReferenceChars];
        MovementResult result = await accounts.MoveAsync(
            new MoneyMovement(
                payment.OrganizationId, kind, payment.Amount, key, $"payment provider {adapter.Name}",
                $"{adapter.Name} {payment.Id} {reference}".TrimEnd()),
            cancellationToken).ConfigureAwait(false);
        return new PaymentOutcome(CodeOf(result.Code), result.Sequence);
    }

    private static PaymentCode CodeOf(MovementCode code) => code switch
    {
        MovementCode.Done => PaymentCode.Booked,
        MovementCode.Replayed => PaymentCode.BookedBefore,
        MovementCode.IdempotencyConflict => PaymentCode.OtherContent,
        MovementCode.NotEnough => PaymentCode.NotEnough,
        MovementCode.AmountNotPositive or MovementCode.AmountTooLarge or MovementCode.AccountFull => PaymentCode.OutOfRange,
        _ => throw new ArgumentOutOfRangeException(nameof(code), code, "unknown end of a movement"),
    };
}
