using System.Text.Json;
using Baltoro.Platform.Identity;
using Baltoro.Platform.Ledger;
using Baltoro.Platform.Limits;
using Baltoro.Platform.Ports;
using Baltoro.Protocol.Errors;
using Baltoro.Server.Errors;
using Baltoro.Server.Gate;
using Baltoro.Server.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Baltoro.Server.Endpoints;

/// <summary><c>GET /v1/users/me/balance</c> in the platform's shape and <c>GET /v1/limits</c>; not there on a server without accounts.</summary>
internal sealed class AccountsEndpoint(ServerServices services, Authenticate authenticate)
{
    private const double MsPerSecond = 1_000.0;

    public void Map(IEndpointRouteBuilder routes)
    {
        if (services.Accounts is { } accounts)
        {
            routes.MapGet("/v1/users/me/balance", context => AnswerAsync(context, caller => BalanceAsync(context, accounts.Accounts, caller)));
            routes.MapGet("/v1/limits", context => AnswerAsync(context, caller => LimitsAsync(context, accounts.Accounts, caller)));
        }
    }

    private async Task AnswerAsync(HttpContext context, Func<Caller, Task> answer)
    {
        (Caller? caller, WireError? error) =
            await authenticate.RunAsync(context.Request, KeyScopes.Account, context.RequestAborted).ConfigureAwait(false);
        await (caller is not null
            ? answer(caller)
            : ApiError.WriteAsync(context, error ?? FaultMapper.Internal())).ConfigureAwait(false);
    }

    private static async Task BalanceAsync(HttpContext context, IAccounts accounts, Caller caller)
    {
        AccountBalanceSheet sheet = await accounts.BalanceAsync(caller.OrganizationId, context.RequestAborted).ConfigureAwait(false);
        await JsonAnswer.WriteAsync(context, json =>
        {
            json.WriteStartObject();
            json.WriteNumber("code", 0);
            json.WriteStartObject("data");
            json.WriteNumber("available_balance", Usd(sheet.Available));
            json.WriteNumber("voucher_balance", Usd(sheet.Voucher));
            json.WriteNumber("cash_balance", Usd(sheet.Cash));
            json.WriteEndObject();
            json.WriteString("scode", "0x0");
            json.WriteBoolean("status", true);
            json.WriteEndObject();
        }).ConfigureAwait(false);
    }

    private static async Task LimitsAsync(HttpContext context, IAccounts accounts, Caller caller)
    {
        IReadOnlyList<LimitUse> uses = await accounts.LimitsAsync(
            caller.OrganizationId, caller.ProjectId, caller.KeyId, caller.Tier, context.RequestAborted).ConfigureAwait(false);
        await JsonAnswer.WriteAsync(context, json =>
        {
            json.WriteStartObject();
            json.WriteString("object", "limits");
            json.WriteString("organization", caller.OrganizationId);
            json.WriteString("key", caller.KeyId);
            json.WriteString("key_tier", caller.Tier);
            json.WriteStartArray("limits");
            foreach (LimitUse use in uses)
            {
                Write(json, use);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }).ConfigureAwait(false);
    }

    private static void Write(Utf8JsonWriter json, LimitUse use)
    {
        json.WriteStartObject();
        json.WriteString("scope", use.Scope);
        json.WriteString("counts", NameOf(use.Dimension));
        json.WriteNumber("limit", use.Limit);
        json.WriteNumber("used", use.Used);
        json.WriteNumber("remaining", use.Remaining);
        json.WriteNumber("reset_seconds", use.ResetMs / MsPerSecond);
        json.WriteEndObject();
    }

    private static decimal Usd(Money money) => (decimal)money.NanoUsd / Money.NanoPerUsd;

    /// <summary>Word of what a limit counts.</summary>
    public static string NameOf(LimitDimension dimension) => dimension switch
    {
        LimitDimension.Concurrency => "concurrency",
        LimitDimension.RequestsPerMinute => "requests_per_minute",
        LimitDimension.TokensPerMinute => "tokens_per_minute",
        LimitDimension.TokensPerDay => "tokens_per_day",
        LimitDimension.Budget => "budget_nano_usd",
        _ => throw new ArgumentOutOfRangeException(nameof(dimension), dimension, "unknown dimension"),
    };
}
