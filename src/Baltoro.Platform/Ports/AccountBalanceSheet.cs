using Baltoro.Platform.Ledger;

namespace Baltoro.Platform.Ports;

/// <summary>What an organization has. Cash is negative where a credit limit is in use.</summary>
public sealed record AccountBalanceSheet(
    string OrganizationId, Money Available, Money Voucher, Money Cash, Money Reserved, Money CreditLimit, Money CumulativeTopUp, string Tier);
