using System.Globalization;
using Baltoro.Platform.Identity;
using Baltoro.Platform.Ledger;
using Baltoro.Platform.Ports;
using Baltoro.Platform.Usage;
using Baltoro.Protocol.Admin;
using Baltoro.Protocol.Errors;
using Baltoro.Protocol.Json;
using Baltoro.Server.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Baltoro.Server.Admin;

/// <summary>Terms, balance, top-ups and use of an organization.</summary>
internal sealed class MoneyRoutes(AdminGate gate, TimeProvider clock)
{
    private const string IdempotencyHeader = "Idempotency-Key";
    private const int MostKeyChars = 255;
    private const int MostDetailChars = 500;
    private const int DaysPerPeriod = 100;

    public void Map(IEndpointRouteBuilder routes, ServerAdmin admin)
    {
        routes.MapGet("/admin/v1/organizations/{organization}/terms", gate.Behind(Permission.Read, call => TermsAsync(call, admin)))
            .Document("Credit limit, tier, prices, discount and suspension of an organization", typeof(TermsBody));
        routes.MapPatch("/admin/v1/organizations/{organization}/terms", gate.Behind(Permission.Operate, call => SetTermsAsync(call, admin)))
            .Document("Change what is agreed with an organization; null takes a tier or book away", typeof(TermsBody), typeof(TermsBody));
        routes.MapGet("/admin/v1/organizations/{organization}/balance", gate.Behind(Permission.Read, call => BalanceAsync(call, admin)))
            .Document("What an organization has", typeof(BalanceEntry));
        routes.MapPost("/admin/v1/organizations/{organization}/topups", gate.Behind(Permission.Operate, call => TopUpAsync(call, admin)))
            .Document("Add money, once per idempotency key", typeof(TopUpEntry), typeof(TopUpBody));
        routes.MapGet("/admin/v1/organizations/{organization}/usage", gate.Behind(Permission.Read, call => UsageAsync(call, admin)))
            .Document("Use in a month, by day, model, key or project", typeof(UsageReply));
    }

    private static async ValueTask<AdminAnswer> TermsAsync(AdminCall call, ServerAdmin admin)
    {
        (Organization? organization, AdminAnswer missing) = await OrganizationRoutes.FindAsync(call, admin).ConfigureAwait(false);
        return organization is null
            ? missing
            : AdminTerms.Show(await admin.Accounts.TermsAsync(organization.Id, call.Aborted).ConfigureAwait(false));
    }

    private static async ValueTask<AdminAnswer> SetTermsAsync(AdminCall call, ServerAdmin admin)
    {
        (Organization? organization, AdminAnswer missing) = await OrganizationRoutes.FindAsync(call, admin).ConfigureAwait(false);
        if (organization is null)
        {
            return missing;
        }

        AccountTerms before = await admin.Accounts.TermsAsync(organization.Id, call.Aborted).ConfigureAwait(false);
        AccountTerms after = AdminTerms.Change(before, call.Fields);
        if (after.CreditLimit < Money.Zero || after.CreditLimit > Money.Most)
        {
            call.Problem.Report(WireError.Field(
                "credit_limit_nano_usd", $"must be from 0 to {Money.Most.NanoUsd} nano-dollars, found {after.CreditLimit.NanoUsd}"));
        }

        if (call.Mistake() is { } mistake)
        {
            return AdminAnswer.Refused(mistake);
        }

        return await AdminTerms.SetAsync(admin.Accounts, organization.Id, after, call.Actor, call.Aborted).ConfigureAwait(false);
    }

    private static async ValueTask<AdminAnswer> BalanceAsync(AdminCall call, ServerAdmin admin)
    {
        (Organization? organization, AdminAnswer missing) = await OrganizationRoutes.FindAsync(call, admin).ConfigureAwait(false);
        return organization is null
            ? missing
            : AdminAnswer.Of(
                AdminEntries.Of(await admin.Accounts.BalanceAsync(organization.Id, call.Aborted).ConfigureAwait(false)), AdminJson.Wire.BalanceEntry);
    }

    private static async ValueTask<AdminAnswer> TopUpAsync(AdminCall call, ServerAdmin admin)
    {
        Money amount = AdminMoney.Amount(call);
        string key = call.Fields?.String("idempotency_key") ?? call.Http.Request.Headers[IdempotencyHeader].ToString();
        string detail = call.Fields?.String("detail") ?? "admin API";
        Check(call, key, detail);
        if (call.Mistake() is { } mistake)
        {
            return AdminAnswer.Refused(mistake);
        }

        (Organization? organization, AdminAnswer missing) = await OrganizationRoutes.FindAsync(call, admin).ConfigureAwait(false);
        if (organization is null)
        {
            return missing;
        }

        MoneyMovement movement = new(organization.Id, EntryKind.TopUp, amount, key, call.Actor.Name, detail)
        {
            RequestId = call.Actor.RequestId,
        };
        MovementResult result = await admin.Accounts.MoveAsync(movement, CancellationToken.None).ConfigureAwait(false);
        return result.Code is MovementCode.Done or MovementCode.Replayed
            ? AdminAnswer.Of(
                new TopUpEntry(result.Sequence, result.Code == MovementCode.Replayed, AdminEntries.Of(result.Balance)), AdminJson.Wire.TopUpEntry)
            : AdminMoney.Refused(result.Code);
    }

    private static void Check(AdminCall call, string key, string detail)
    {
        if (key.Length is 0 or > MostKeyChars || key.Any(char.IsControl))
        {
            call.Problem.Report(WireError.Field(
                "idempotency_key", $"must have 1 to {MostKeyChars} characters, here or in the header {IdempotencyHeader}, found {key.Length}"));
        }

        if (detail.Length > MostDetailChars || detail.Any(char.IsControl))
        {
            call.Problem.Report(WireError.Field("detail", $"must have at most {MostDetailChars} characters, none of them a control, found {detail.Length}"));
        }
    }

    private async ValueTask<AdminAnswer> UsageAsync(AdminCall call, ServerAdmin admin)
    {
        DateTime month = clock.GetUtcNow().UtcDateTime;
        if (call.Query("month") is { } text && !DateTime.TryParseExact(text, "yyyy-MM", CultureInfo.InvariantCulture, DateTimeStyles.None, out month))
        {
            return AdminAnswer.BadField("month", $"month must be a month such as 2026-11, found '{JsonDescription.Cut(text)}'");
        }

        string group = call.Query("group_by") ?? "model";
        Func<UsageDay, string>? by = group switch
        {
            "model" => day => day.Model,
            "key" => day => day.KeyId,
            "project" => day => day.ProjectId,
            "day" => day => day.Day.ToString(CultureInfo.InvariantCulture),
            _ => null,
        };
        if (by is null)
        {
            return AdminAnswer.BadField("group_by", $"group_by must be model, key, project or day, found '{JsonDescription.Cut(group)}'");
        }

        (Organization? organization, AdminAnswer missing) = await OrganizationRoutes.FindAsync(call, admin).ConfigureAwait(false);
        if (organization is null)
        {
            return missing;
        }

        int firstDay = ((month.Year * 100) + month.Month) * DaysPerPeriod;
        IReadOnlyList<UsageDay> days = await admin.Ledger.ReadUsageAsync(
            organization.Id, firstDay, firstDay + DaysPerPeriod - 1, call.Aborted).ConfigureAwait(false);
        UsageReply reply = new(
            organization.Id, month.ToString("yyyy-MM", CultureInfo.InvariantCulture), group, [.. UsageReport.By(days, by).Select(Show)]);
        return AdminAnswer.Of(reply, AdminJson.Wire.UsageReply);
    }

    private static UsageEntry Show(UsageTotal total) => new()
    {
        Group = total.Name,
        Requests = total.Requests,
        PromptTokens = total.UncachedTokens + total.CachedTokens,
        CachedTokens = total.CachedTokens,
        CompletionTokens = total.CompletionTokens,
        Images = total.Images,
        Calls = total.Calls,
        ListNanoUsd = total.Gross.NanoUsd,
        ChargedNanoUsd = total.Charged.NanoUsd,
    };
}
