using System.Text.Json;
using Baltoro.Platform.Audit;
using Baltoro.Platform.Identity;
using Baltoro.Platform.Limits;
using Baltoro.Platform.Ports;
using Baltoro.Platform.Tiers;
using Baltoro.Protocol.Admin;

namespace Baltoro.Server.Admin;

/// <summary>Records of the platform as the admin API sends them.</summary>
internal static class AdminEntries
{
    public static OrganizationEntry Of(Organization organization) =>
        new(organization.Id, organization.Name, organization.CreatedAt.ToUnixTimeSeconds());

    public static ProjectEntry Of(Project project) => new(
        project.Id, project.OrganizationId, project.Name, project.CreatedAt.ToUnixTimeSeconds(), project.ArchivedAt?.ToUnixTimeSeconds());

    public static MemberEntry Of(Member member) => new(
        member.Id, member.OrganizationId, member.Email, member.Name, RoleNames.Of(member.Role), member.CreatedAt.ToUnixTimeSeconds());

    public static KeyEntry Of(ApiKey key) => new()
    {
        Id = key.Id,
        Hint = key.Hint,
        Name = key.Name,
        Kind = key.Kind == KeyKind.Admin ? "admin" : "api",
        Organization = key.OrganizationId,
        Project = TextOrNull(key.ProjectId),
        Member = TextOrNull(key.MemberId),
        Tier = key.Tier,
        Role = key.Role == Role.None ? null : RoleNames.Of(key.Role),
        Scopes = KeyScopeNames.Of(key.Scopes),
        Models = key.Models,
        Networks = key.Networks.Texts,
        Active = key.IsActive,
        CreatedAt = key.CreatedAt.ToUnixTimeSeconds(),
        ExpiresAt = key.ExpiresAt?.ToUnixTimeSeconds(),
        RotatedAt = key.RotatedAt?.ToUnixTimeSeconds(),
        PreviousUntil = key.PreviousUntil?.ToUnixTimeSeconds(),
        RevokedAt = key.RevokedAt?.ToUnixTimeSeconds(),
        LastUsedAt = key.LastUsedAt?.ToUnixTimeSeconds(),
    };

    public static LimitsBody Of(LimitSet limits) => new()
    {
        Concurrency = limits.Concurrency,
        RequestsPerMinute = limits.RequestsPerMinute,
        TokensPerMinute = limits.TokensPerMinute,
        TokensPerDay = limits.TokensPerDay,
        BudgetNanoUsd = limits.Budget?.NanoUsd,
        BudgetPeriod = limits.Budget is null ? null : PeriodOf(limits.BudgetPeriod),
    };

    /// <summary>Limits set for a scope; an organization's with those that were approved for it.</summary>
    public static async ValueTask<AdminAnswer> LimitsAsync(
        IAccounts accounts, string organization, string scope, LimitSet limits, CancellationToken cancellationToken)
    {
        LimitSet approved = scope == ScopeName.Organization
            ? await accounts.CustomLimitsAsync(organization, ScopeName.Approved, cancellationToken).ConfigureAwait(false)
            : LimitSet.None;
        LimitsEntry entry = new(organization, scope, Of(limits)) { Approved = approved.IsEmpty ? null : Of(approved) };
        return AdminAnswer.Of(entry, AdminJson.Wire.LimitsEntry);
    }

    public static BalanceEntry Of(AccountBalanceSheet sheet) => new()
    {
        Organization = sheet.OrganizationId,
        AvailableNanoUsd = sheet.Available.NanoUsd,
        CashNanoUsd = sheet.Cash.NanoUsd,
        VoucherNanoUsd = sheet.Voucher.NanoUsd,
        ReservedNanoUsd = sheet.Reserved.NanoUsd,
        CreditLimitNanoUsd = sheet.CreditLimit.NanoUsd,
        CumulativeTopupNanoUsd = sheet.CumulativeTopUp.NanoUsd,
        Tier = sheet.Tier,
    };

    public static LimitRequestEntry Of(LimitRequest request) => new()
    {
        Id = request.Id,
        Organization = request.OrganizationId,
        RequestedBy = request.RequestedBy,
        Reason = request.Reason,
        Limits = Of(request.Limits),
        State = request.State switch
        {
            LimitRequestState.Open => "open",
            LimitRequestState.Approved => "approved",
            LimitRequestState.Denied => "denied",
            _ => throw new InvalidOperationException($"unknown state {request.State}"),
        },
        CreatedAt = Seconds(request.RequestedAtMs),
        DecidedBy = TextOrNull(request.DecidedBy),
        DecidedAt = request.State == LimitRequestState.Open ? null : Seconds(request.DecidedAtMs),
    };

    public static TierEntry Of(TierPlan plan) =>
        new(plan.Name, Of(plan.Limits), plan.PriceBook, plan.EarnedByTopUp?.NanoUsd, plan.EarnedByUse?.NanoUsd);

    public static AuditEntry Of(AuditEvent change) => new()
    {
        Id = change.Id,
        CreatedAt = Seconds(change.AtMs),
        Actor = change.Actor,
        Action = change.Action,
        Organization = change.OrganizationId,
        Subject = change.Subject,
        RequestId = TextOrNull(change.RequestId),
        Detail = DetailOf(change.Detail),
    };

    private static string PeriodOf(BudgetPeriod period) => period switch
    {
        BudgetPeriod.Lifetime => "lifetime",
        BudgetPeriod.Month => "month",
        BudgetPeriod.Day => "day",
        _ => throw new InvalidOperationException($"unknown period {period}"),
    };

    /// <summary>Events of earlier versions have a sentence in place of JSON.</summary>
    private static JsonElement DetailOf(string detail)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(detail);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return JsonSerializer.SerializeToElement(detail, AdminJson.Wire.String);
        }
    }

    private static string? TextOrNull(string text) => text.Length == 0 ? null : text;

    private static long Seconds(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms).ToUnixTimeSeconds();
}
