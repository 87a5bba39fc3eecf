namespace Baltoro.Platform.Ledger;

/// <summary>Totals of one account; every total only grows, except pending ones, which return to zero.</summary>
public readonly record struct AccountBalance(Money DebitsPosted, Money CreditsPosted, Money DebitsPending, Money CreditsPending)
{
    /// <summary>Credits less debits, pending ones left out.</summary>
    public Money Posted => CreditsPosted - DebitsPosted;

    /// <summary>What may still be taken from the account: posted less what is reserved.</summary>
    public Money Free => Posted - DebitsPending;
}
