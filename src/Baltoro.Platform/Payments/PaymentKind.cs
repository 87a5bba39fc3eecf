namespace Baltoro.Platform.Payments;

/// <summary>What a payment provider reports.</summary>
public enum PaymentKind
{
    /// <summary>Money was received: a top-up.</summary>
    Succeeded,

    /// <summary>Money was paid back: a refund.</summary>
    Refunded,

    /// <summary>Something that moves no money here.</summary>
    Other,
}
