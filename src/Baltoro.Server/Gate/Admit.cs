using System.Globalization;
using Baltoro.Kimi.Conversation;
using Baltoro.Platform.Identity;
using Baltoro.Platform.Ledger;
using Baltoro.Platform.Limits;
using Baltoro.Platform.Ports;
using Baltoro.Protocol.Errors;
using Baltoro.Server.Endpoints;
using Baltoro.Server.Errors;
using Baltoro.Server.Hosting;
using Baltoro.Server.Idempotency;
using Microsoft.AspNetCore.Http;

namespace Baltoro.Server.Gate;

/// <summary>
/// Asks limits and balance in one step before a request runs. Who is admitted must settle; who is refused took nothing.
/// A server without accounts admits everybody.
/// </summary>
internal sealed class Admit(ServerServices services, AccountKeeper keeper)
{
    /// <summary>A reservation, or the error that refuses; both null on a server without accounts. Sets the limits' headers.</summary>
    public async ValueTask<(Reservation? Reservation, WireError? Error)> RunAsync(HttpContext context, AdmissionRequest request)
    {
        if (services.Accounts is not { } accounts)
        {
            return (null, null);
        }

        IdempotentRun? run = context.Features.Get<IdempotentRun>();
        AdmissionResult result = await AdmitAsync(accounts.Admission, request, run).ConfigureAwait(false);
        RateLimitHeaders.Write(context.Response.Headers, result.Uses);
        if (result.Reservation is { State: ReservationState.Pending } reservation && (result.MayRun || run is not null))
        {
            keeper.Add(reservation);
            ReceiptHeader.Add(context.Response, accounts, reservation);
            return (reservation, null);
        }

        if (run is not null && result is { Code: AdmissionCode.Replayed, Reservation.State: ReservationState.Posted })
        {
            // An earlier attempt under the same idempotency key was charged and its answer lost: this one is free.
            ReceiptHeader.Add(context.Response, accounts, result.Reservation);
            return (null, null);
        }

        return (null, await RefuseAsync(context, accounts, request, result).ConfigureAwait(false));
    }

    /// <summary>
    /// Never cancelled with the client's request: an admission that nobody waits for would hold its place for a minute. Under
    /// an idempotency key the name of the reservation is the key's, so that all attempts meet the same one, as long as it was
    /// not given back.
    /// </summary>
    private static async ValueTask<AdmissionResult> AdmitAsync(IAdmission admission, AdmissionRequest request, IdempotentRun? run)
    {
        string name = run?.NextRequestId() ?? request.RequestId;
        for (int attempt = 1; ; attempt++)
        {
            string id = attempt == 1 ? name : string.Create(CultureInfo.InvariantCulture, $"{name}-{attempt}");
            AdmissionResult result =
                await admission.AdmitAsync(request with { RequestId = id }, CancellationToken.None).ConfigureAwait(false);
            if (run is null || result.Reservation?.State is not (ReservationState.Voided or ReservationState.Expired))
            {
                return result;
            }
        }
    }

    /// <summary>What an admission asks for.</summary>
    public static AdmissionRequest Describe(CountedChat counted) => Describe(
        counted.Mapped.Chat with { MaxCompletionTokens = counted.Budget.Tokens }, counted.Caller, counted.Mapped.Wire.Model, counted.PromptTokens);

    /// <summary>What the admission of <paramref name="request"/> asks for.</summary>
    public static AdmissionRequest Describe(ChatRequest request, Caller caller, string model, int promptTokens) => new()
    {
        RequestId = request.RequestId,
        OrganizationId = caller.OrganizationId,
        ProjectId = caller.ProjectId,
        KeyId = caller.KeyId,
        KeyTier = caller.Tier,
        Model = model,
        PromptTokens = promptTokens,
        CompletionTokens = checked(request.MaxCompletionTokens * request.ChoiceCount),
        Images = ImagesOf(request),
        Calls = 1,
    };

    /// <summary>What a price per image counts: every picture and every film of the prompt is one.</summary>
    public static int ImagesOf(ChatRequest request) =>
        request.Messages.Sum(message => message.Content.Count(part => part is ContentPart.Image or ContentPart.Video));

    /// <summary>The platform's error of a refusal; null when it would be admitted.</summary>
    public static WireError? ErrorOf(AdmissionResult result, AdmissionRequest request, Money available) => result.Code switch
    {
        AdmissionCode.Admitted => null,
        AdmissionCode.LimitReached => new WireError(ErrorCode.RateLimitReached, TextOf(result, request)),
        AdmissionCode.BudgetReached => new WireError(ErrorCode.QuotaExceeded, TextOf(result, request)),
        AdmissionCode.BalanceTooLow => new WireError(
            ErrorCode.QuotaExceeded,
            $"You exceeded your current token quota: {request.OrganizationId} {available}, please check your account balance"),
        AdmissionCode.AccountSuspended => new WireError(
            ErrorCode.QuotaExceeded,
            $"Your account {request.OrganizationId}<{request.KeyId}> is suspended, please check your plan and billing details"),
        AdmissionCode.UnknownTier => new WireError(
            ErrorCode.QuotaExceeded,
            $"Your account {request.OrganizationId}<{request.KeyId}> has a tier that this server does not offer: {request.KeyTier}, "
                + "please check your plan and billing details"),
        AdmissionCode.ModelNotPriced => ModelsEndpoint.NotFound(request.Model),
        AdmissionCode.Unavailable => FaultMapper.AccountsUnavailable(),
        AdmissionCode.Replayed or AdmissionCode.IdempotencyConflict => FaultMapper.Internal(),
        _ => throw new InvalidOperationException($"unknown admission {result.Code}"),
    };

    private static async ValueTask<WireError?> RefuseAsync(
        HttpContext context, ServerAccounts accounts, AdmissionRequest request, AdmissionResult result)
    {
        Money available = result.Code == AdmissionCode.BalanceTooLow
            ? (await accounts.Accounts.BalanceAsync(request.OrganizationId, CancellationToken.None).ConfigureAwait(false)).Available
            : Money.Zero;
        WireError? error = ErrorOf(result, request, available);
        if (result.RetryAfterSeconds is { } seconds && error?.Code != ErrorCode.QuotaExceeded)
        {
            context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }
        else
        {
            context.Response.Headers["x-should-retry"] = "false";
        }

        return error;
    }

    private static string TextOf(AdmissionResult result, AdmissionRequest request)
    {
        LimitRefusal refusal = result.Refusal ?? throw new InvalidOperationException($"{result.Code} names no limit");
        return refusal.Message(request.OrganizationId, request.KeyId);
    }
}
