namespace Baltoro.Platform.Ports;

/// <summary>How a top-up, grant, refund or correction ended.</summary>
public enum MovementCode
{
    Done,

    /// <summary>The same operation was done before; its entry is returned and nothing was written.</summary>
    Replayed,

    /// <summary>The idempotency key was used for another operation: 409.</summary>
    IdempotencyConflict,

    /// <summary>The amount is not above zero.</summary>
    AmountNotPositive,

    /// <summary>More than the account holds free.</summary>
    NotEnough,

    /// <summary>The amount is above <see cref="Ledger.Money.Most"/>.</summary>
    AmountTooLarge,

    /// <summary>The account would take in more than <see cref="Ledger.Money.MostInAccount"/> over its life.</summary>
    AccountFull,
}
