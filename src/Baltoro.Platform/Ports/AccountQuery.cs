namespace Baltoro.Platform.Ports;

/// <summary>What a transaction on one organization's account needs to see.</summary>
/// <param name="OrganizationId">Whose account; transactions of one organization run one after another.</param>
/// <param name="RequestId">Reservation to load, or null.</param>
/// <param name="Scopes">Counters to load besides all the organization's tier counters.</param>
/// <param name="IdempotencyKey">Earlier operation to load, or null.</param>
/// <param name="ForRebuild">Also loads every counter and every reservation that still counts, to count afresh.</param>
/// <param name="ReceiptNode">Node whose chain of receipts will go on, or null.</param>
/// <param name="ForRoot">Also loads what the next root is made from.</param>
/// <param name="IsNew">The reservation is expected not to be there; a store may find out only when it writes.</param>
/// <param name="Fresh">Leases count: nothing may be taken from what the store remembers.</param>
public sealed record AccountQuery(
    string OrganizationId, string? RequestId = null, IReadOnlyList<string>? Scopes = null, string? IdempotencyKey = null,
    bool ForRebuild = false, string? ReceiptNode = null, bool ForRoot = false, bool IsNew = false,
    bool Fresh = false);
