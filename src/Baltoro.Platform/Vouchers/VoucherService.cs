using System.Security.Cryptography;
using Baltoro.Platform.Identity;
using Baltoro.Platform.Ledger;
using Baltoro.Platform.Ports;

namespace Baltoro.Platform.Vouchers;

/// <summary>
/// Makes and redeems vouchers. Redeeming first claims the voucher for the organization, then grants under the voucher's id; a
/// crash in between is healed by redeeming again. Safe for concurrent use.
/// </summary>
public sealed class VoucherService(IVoucherStore store, IAccounts accounts, Organizations organizations, TimeProvider clock)
{
    private const int IdBytes = 8;

    /// <summary>Makes a voucher; the code is shown only now.</summary>
    /// <exception cref="ArgumentException">The amount is out of range, the end is past, or there is no such organization.</exception>
    public async ValueTask<(Voucher Voucher, string Code)> CreateAsync(
        Money amount, string? organizationId, DateTimeOffset? expiresAt, string actor, CancellationToken cancellationToken)
    {
        DateTimeOffset now = clock.GetUtcNow();
        if (amount <= Money.Zero || amount > Money.Most)
        {
            throw new ArgumentException($"amount: found {amount}, allowed above 0, at most {Money.Most} dollars", nameof(amount));
        }

        if (expiresAt <= now)
        {
            throw new ArgumentException($"expiry: found {expiresAt:u}, allowed later than now", nameof(expiresAt));
        }

        if (organizationId is not null && !await organizations.ExistsAsync(organizationId, cancellationToken).ConfigureAwait(false))
        {
            throw new ArgumentException($"organization: found '{organizationId}', allowed one that exists", nameof(organizationId));
        }

        string code = VoucherCode.Create();
        byte[] hash = VoucherCode.HashOf(code) ?? throw new InvalidOperationException("a new code is well formed");
        Voucher voucher = new(
            $"vc-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes))}", hash, amount, organizationId, now.ToUnixTimeMilliseconds(), actor,
            expiresAt?.ToUnixTimeMilliseconds(), null, null);
        await store.AddAsync(voucher, cancellationToken).ConfigureAwait(false);
        return (voucher, code);
    }

    /// <summary>Adds a voucher's money to an organization, once.</summary>
    public async ValueTask<RedeemResult> RedeemAsync(string organizationId, string code, string actor, CancellationToken cancellationToken)
    {
        if (!await organizations.ExistsAsync(organizationId, cancellationToken).ConfigureAwait(false))
        {
            return new RedeemResult(RedeemCode.UnknownOrganization);
        }

        if (VoucherCode.HashOf(code) is not { } hash || await store.FindAsync(hash, cancellationToken).ConfigureAwait(false) is not { } voucher)
        {
            return new RedeemResult(RedeemCode.NotValid);
        }

        long nowMs = clock.GetUtcNow().ToUnixTimeMilliseconds();
        if (!await store.TryClaimAsync(voucher.Id, organizationId, nowMs, cancellationToken).ConfigureAwait(false))
        {
            bool isExpired = voucher.RedeemedBy is null && voucher.ExpiresAtMs <= nowMs && (voucher.OrganizationId ?? organizationId) == organizationId;
            return new RedeemResult(isExpired ? RedeemCode.Expired : RedeemCode.NotValid);
        }

        MovementResult movement = await accounts.MoveAsync(
            new MoneyMovement(organizationId, EntryKind.VoucherGrant, voucher.Amount, $"voucher/{voucher.Id}", actor, $"voucher {voucher.Id}"),
            cancellationToken).ConfigureAwait(false);
        return movement.Code switch
        {
            MovementCode.Done => new RedeemResult(RedeemCode.Redeemed, voucher, movement),
            MovementCode.Replayed => new RedeemResult(RedeemCode.RedeemedBefore, voucher, movement),
            MovementCode.AccountFull or MovementCode.AmountTooLarge => new RedeemResult(RedeemCode.AccountFull),
            _ => throw new LedgerFaultException($"voucher {voucher.Id}: the grant ended as {movement.Code}"),
        };
    }

    /// <summary>All vouchers, newest first.</summary>
    public ValueTask<IReadOnlyList<Voucher>> ListAsync(int limit, CancellationToken cancellationToken) => store.ListAsync(limit, cancellationToken);
}
