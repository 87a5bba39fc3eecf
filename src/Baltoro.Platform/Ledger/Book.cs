using System.Collections.Immutable;

namespace Baltoro.Platform.Ledger;

/// <summary>
/// All accounts of one organization and the head of its chain. Immutable. Every entry debits one account and credits
/// another by the same amount, so the book sums to zero by construction (I8).
/// </summary>
public sealed record Book
{
    private static readonly int AccountCount = Enum.GetValues<AccountKind>().Length;

    public required string OrganizationId { get; init; }

    /// <summary>Number of the newest entry; 0 for an empty book.</summary>
    public required long Sequence { get; init; }

    /// <summary>Hash of the newest entry.</summary>
    public required ReadOnlyMemory<byte> Head { get; init; }

    /// <summary>Balances, indexed by <see cref="AccountKind"/>.</summary>
    public required ImmutableArray<AccountBalance> Accounts { get; init; }

    /// <summary>Balance of one account.</summary>
    public AccountBalance this[AccountKind kind] => Accounts[(int)kind];

    /// <summary>Everything the customer ever paid in, refunds taken off; vouchers do not count.</summary>
    public Money CumulativeTopUp => -this[AccountKind.TopUps].Posted;

    /// <summary>Everything the customer was ever charged, credit notes taken off.</summary>
    public Money CumulativePaidUse => this[AccountKind.Revenue].Posted + this[AccountKind.Overrun].Posted;

    /// <summary>A book without entries.</summary>
    public static Book Empty(string organizationId) => new()
    {
        OrganizationId = organizationId,
        Sequence = 0,
        Head = EntryHash.Origin,
        Accounts = [.. new AccountBalance[AccountCount]],
    };

    /// <summary>What a request may still reserve: voucher, cash and credit, less what is reserved.</summary>
    public Money Available(Money creditLimit) => this[AccountKind.Voucher].Free + this[AccountKind.Cash].Free + creditLimit;

    /// <summary>The book after one more entry. The one posting rule: decisions and replay both use it.</summary>
    /// <exception cref="LedgerFaultException">The entry does not follow this book or would make a pending total negative.</exception>
    public Book Apply(LedgerEntry entry)
    {
        if (entry.Sequence != Sequence + 1 || entry.OrganizationId != OrganizationId)
        {
            throw new LedgerFaultException(
                $"entry {entry.OrganizationId}/{entry.Sequence} does not follow {OrganizationId}/{Sequence}");
        }

        if (entry.Debit == entry.Credit || entry.Amount < Money.Zero || entry.Released < Money.Zero)
        {
            throw new LedgerFaultException($"entry {entry.OrganizationId}/{entry.Sequence} is not a transfer between two accounts");
        }

        AccountBalance debit = this[entry.Debit];
        AccountBalance credit = this[entry.Credit];
        if (entry.Kind == EntryKind.Reserve)
        {
            debit = debit with { DebitsPending = debit.DebitsPending + entry.Amount };
            credit = credit with { CreditsPending = credit.CreditsPending + entry.Amount };
        }
        else
        {
            debit = debit with
            {
                DebitsPosted = debit.DebitsPosted + entry.Amount,
                DebitsPending = debit.DebitsPending - entry.Released,
            };
            credit = credit with
            {
                CreditsPosted = credit.CreditsPosted + entry.Amount,
                CreditsPending = credit.CreditsPending - entry.Released,
            };
        }

        if (debit.DebitsPending < Money.Zero || credit.CreditsPending < Money.Zero)
        {
            throw new LedgerFaultException($"entry {entry.OrganizationId}/{entry.Sequence} releases more than is pending");
        }

        return this with
        {
            Sequence = entry.Sequence,
            Head = entry.Hash,
            Accounts = Accounts.SetItem((int)entry.Debit, debit).SetItem((int)entry.Credit, credit),
        };
    }
}
