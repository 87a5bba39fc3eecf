using System.Globalization;
using Baltoro.Kimi.Text;
using Baltoro.Platform.Identity;
using Baltoro.Platform.Ledger;
using Baltoro.Platform.Ports;
using Baltoro.Platform.Prices;
using Baltoro.Platform.Usage;
using Baltoro.Platform.Vouchers;
using Baltoro.Protocol.Admin;
using Baltoro.Protocol.Errors;
using Baltoro.Protocol.Json;
using Baltoro.Server.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Baltoro.Server.Admin;

/// <summary>Credit notes, refunds, vouchers, invoices and re-ratings.</summary>
internal sealed class BillingRoutes(AdminGate gate)
{
    private const string IdempotencyHeader = "Idempotency-Key";
    private const int MostKeyChars = 255;
    private const int MostDetailChars = 500;

    public void Map(IEndpointRouteBuilder routes, ServerAdmin admin, ServerBilling billing)
    {
        routes.MapPost(
            "/admin/v1/organizations/{organization}/credits",
            gate.Behind(Permission.Operate, call => MoveAsync(call, admin, EntryKind.CreditNote)))
            .Document("Take a charge back, once per idempotency key", typeof(TopUpEntry), typeof(CreditBody));
        routes.MapPost(
            "/admin/v1/organizations/{organization}/refunds",
            gate.Behind(Permission.Operate, call => MoveAsync(call, admin, EntryKind.Refund)))
            .Document("Record money paid back, at most the free cash, once per idempotency key", typeof(TopUpEntry), typeof(CreditBody));
        routes.MapPost("/admin/v1/vouchers", gate.Behind(Permission.Operate, call => CreateVoucherAsync(call, billing)))
            .Document("Make a voucher; its code is told only now", typeof(VoucherEntry), typeof(VoucherBody));
        routes.MapPost(
            "/admin/v1/organizations/{organization}/vouchers/redeem",
            gate.Behind(Permission.Operate, call => RedeemAsync(call, admin, billing)))
            .Document("Add a voucher's money to an organization, once", typeof(TopUpEntry), typeof(RedeemBody));
        routes.MapGet(
            "/admin/v1/organizations/{organization}/invoices/{month}",
            gate.Behind(Permission.Read, call => InvoiceAsync(call, admin, billing)))
            .Document("The invoice of a month", typeof(InvoiceEntry));
        routes.MapPost(
            "/admin/v1/organizations/{organization}/reratings",
            gate.Behind(Permission.Operate, call => RerateAsync(call, admin, billing)))
            .Document("Charge a month anew under another book; doing it again posts nothing", typeof(RerateEntry), typeof(RerateBody));
    }

    private static async ValueTask<AdminAnswer> MoveAsync(AdminCall call, ServerAdmin admin, EntryKind kind)
    {
        Money amount = AdminMoney.Amount(call);
        string key = call.Fields?.String("idempotency_key") ?? call.Http.Request.Headers[IdempotencyHeader].ToString();
        string detail = call.Fields?.String("detail") ?? "admin API";
        int? period = call.Fields?.String("month") is { } month ? ReadMonth(call, month) : null;
        if (key.Length is 0 or > MostKeyChars || key.Any(char.IsControl))
        {
            call.Problem.Report(WireError.Field(
                "idempotency_key", $"must have 1 to {MostKeyChars} characters, here or in the header {IdempotencyHeader}, found {key.Length}"));
        }

        if (detail.Length > MostDetailChars || detail.Any(char.IsControl))
        {
            call.Problem.Report(WireError.Field("detail", $"must have at most {MostDetailChars} characters, none of them a control, found {detail.Length}"));
        }

        if (call.Mistake() is { } mistake)
        {
            return AdminAnswer.Refused(mistake);
        }

        (Organization? organization, AdminAnswer missing) = await OrganizationRoutes.FindAsync(call, admin).ConfigureAwait(false);
        if (organization is null)
        {
            return missing;
        }

        MoneyMovement movement = new(organization.Id, kind, amount, key, call.Actor.Name, detail, period) { RequestId = call.Actor.RequestId };
        MovementResult result = await admin.Accounts.MoveAsync(movement, CancellationToken.None).ConfigureAwait(false);
        return result.Code switch
        {
            MovementCode.Done or MovementCode.Replayed => Show(result, kind == EntryKind.Refund ? "refund" : "credit"),
            MovementCode.NotEnough => AdminAnswer.Conflict(
                kind == EntryKind.Refund ? "The amount is more than the organization's free cash" : "The amount is more than the organization was ever charged"),
            _ => AdminMoney.Refused(result.Code),
        };
    }

    private static async ValueTask<AdminAnswer> CreateVoucherAsync(AdminCall call, ServerBilling billing)
    {
        Money amount = AdminMoney.Amount(call);
        string? organization = call.Fields?.String("organization");
        DateTimeOffset? end = call.Fields?.Integer("expires_at") is { } seconds ? Moment(call, seconds) : null;
        if (call.Mistake() is { } mistake)
        {
            return AdminAnswer.Refused(mistake);
        }

        try
        {
            (Voucher voucher, string code) = await billing.Vouchers.CreateAsync(
                amount, organization, end, call.Actor.Name, call.Aborted).ConfigureAwait(false);
            return AdminAnswer.Of(new VoucherEntry(voucher.Id, code, voucher.Amount.NanoUsd), AdminJson.Wire.VoucherEntry);
        }
        catch (ArgumentException fault)
        {
            // The platform names what was found and what is allowed.
            string field = fault.ParamName switch
            {
                "amount" => "amount_nano_usd",
                "organizationId" => "organization",
                _ => "expires_at",
            };
            return AdminAnswer.BadField(field, ArgumentText.Of(fault));
        }
    }

    private static async ValueTask<AdminAnswer> RedeemAsync(AdminCall call, ServerAdmin admin, ServerBilling billing)
    {
        string code = call.Fields?.RequiredString("code") ?? "";
        if (call.Mistake() is { } mistake)
        {
            return AdminAnswer.Refused(mistake);
        }

        (Organization? organization, AdminAnswer missing) = await OrganizationRoutes.FindAsync(call, admin).ConfigureAwait(false);
        if (organization is null)
        {
            return missing;
        }

        RedeemResult result = await billing.Vouchers.RedeemAsync(organization.Id, code, call.Actor.Name, CancellationToken.None).ConfigureAwait(false);
        return result.Movement is { } movement
            ? Show(movement, "voucher")
            : result.Code switch
            {
                RedeemCode.UnknownOrganization => AdminAnswer.NotFound("organization", organization.Id),
                RedeemCode.AccountFull => AdminMoney.Refused(MovementCode.AccountFull),
                RedeemCode.Expired => AdminAnswer.Conflict("The voucher has expired"),
                _ => AdminAnswer.Conflict("The voucher's code is unknown, used or meant for another organization"),
            };
    }

    private static async ValueTask<AdminAnswer> InvoiceAsync(AdminCall call, ServerAdmin admin, ServerBilling billing)
    {
        (Organization? organization, AdminAnswer missing) = await OrganizationRoutes.FindAsync(call, admin).ConfigureAwait(false);
        if (organization is null)
        {
            return missing;
        }

        if (ReadMonth(call, call.Route("month")) is not { } period)
        {
            return AdminAnswer.Refused(call.Mistake() ?? WireError.Field("month", "is no month"));
        }

        if (billing.Invoices.IsFuture(period))
        {
            return AdminAnswer.BadField("month", $"month must not be in the future, found '{call.Route("month")}'");
        }

        Invoice invoice = await billing.Invoices.BuildAsync(organization.Id, period, call.Aborted).ConfigureAwait(false);
        return AdminAnswer.Of(
            new InvoiceEntry
            {
                Organization = organization.Id,
                Month = call.Route("month"),
                Lines =
                [
                    .. invoice.Lines.Select(line => new InvoiceLineEntry(
                        InvoiceText.NameOf(line.Kind), line.Model, line.PriceVersion, line.Quantity, line.Amount.NanoUsd)),
                ],
                TotalNanoUsd = invoice.Total.NanoUsd,
                LedgerTotalNanoUsd = invoice.LedgerTotal.NanoUsd,
                PendingNanoUsd = invoice.Pending.NanoUsd,
                MatchesLedger = invoice.MatchesLedger,
                Final = invoice.IsFinal,
                State = invoice.IsFinal ? "final" : "preliminary",
            },
            AdminJson.Wire.InvoiceEntry);
    }

    private static async ValueTask<AdminAnswer> RerateAsync(AdminCall call, ServerAdmin admin, ServerBilling billing)
    {
        int? period = ReadMonth(call, call.Fields?.RequiredString("month") ?? "");
        string book = call.Fields?.RequiredString("price_book") ?? "";
        string? discount = call.Fields?.String("discount");
        bool apply = call.Fields?.Boolean("apply") ?? false;
        if (call.Mistake() is { } mistake)
        {
            return AdminAnswer.Refused(mistake);
        }

        (Organization? organization, AdminAnswer missing) = await OrganizationRoutes.FindAsync(call, admin).ConfigureAwait(false);
        if (organization is null)
        {
            return missing;
        }

        try
        {
            RerateResult result = await billing.Rerating.RerateAsync(
                organization.Id, period ?? 0, book, discount, call.Actor.Name, apply, CancellationToken.None).ConfigureAwait(false);
            return result.Posted is { Code: not MovementCode.Done }
                ? AdminAnswer.Conflict("The difference cannot be posted: the balance does not cover it, the amount is out of range, or another re-rating came first")
                : AdminAnswer.Of(
                    new RerateEntry(result.Now.NanoUsd, result.Target.NanoUsd, (result.Target - result.Now).NanoUsd, result.Posted?.Sequence),
                    AdminJson.Wire.RerateEntry);
        }
        catch (ArgumentException fault)
        {
            // The platform names book or schedule, what was found and what is allowed.
            return AdminAnswer.BadField(fault.ParamName == "discount" ? "discount" : "price_book", ArgumentText.Of(fault));
        }
    }

    private static AdminAnswer Show(MovementResult result, string kind) => AdminAnswer.Of(
        new TopUpEntry(result.Sequence, result.Code == MovementCode.Replayed, AdminEntries.Of(result.Balance)) { Object = kind }, AdminJson.Wire.TopUpEntry);

    private static int? ReadMonth(AdminCall call, string text)
    {
        if (DateTime.TryParseExact(text, "yyyy-MM", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTime month))
        {
            return (month.Year * 100) + month.Month;
        }

        call.Problem.Report(WireError.Field("month", $"must be a month such as 2026-11, found '{JsonDescription.Cut(text)}'"));
        return null;
    }

    private static DateTimeOffset? Moment(AdminCall call, long seconds)
    {
        if (seconds is > 0 and < 253_402_300_800)
        {
            return DateTimeOffset.FromUnixTimeSeconds(seconds);
        }

        call.Problem.Report(WireError.Field("expires_at", $"must be Unix seconds, found {seconds}"));
        return null;
    }
}
