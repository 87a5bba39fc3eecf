using Baltoro.Platform.Payments;
using Baltoro.Protocol.Errors;
using Baltoro.Protocol.Json;
using Baltoro.Server.Errors;
using Baltoro.Server.Gate;
using Baltoro.Server.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Baltoro.Server.Endpoints;

/// <summary>
/// <c>POST /v1/payments/webhooks/{provider}</c>: deliveries of payment providers. The signature is the authentication; an event counts
/// once however often it comes. Not there without a secret.
/// </summary>
internal sealed class PaymentsEndpoint(ServerServices services)
{
    private const long MaxBodyBytes = 64 * 1024;

    public void Map(IEndpointRouteBuilder routes)
    {
        if (services.Payments is { } payments)
        {
            RequestDelegate handle = context => HandleAsync(context, payments);
            routes.MapPost("/v1/payments/webhooks/{provider}", handle);
        }
    }

    private async Task HandleAsync(HttpContext context, PaymentService payments)
    {
        if (await RunAsync(context, payments).ConfigureAwait(false) is { } error)
        {
            await ApiError.WriteAsync(context, error).ConfigureAwait(false);
        }
    }

    private async Task<WireError?> RunAsync(HttpContext context, PaymentService payments)
    {
        string provider = context.Request.RouteValues["provider"] as string ?? "";
        if (payments.Find(provider) is not { } adapter)
        {
            return new WireError(ErrorCode.RouteNotFound, $"There is no payment provider {JsonDescription.Cut(provider)}");
        }

        (ReadOnlyMemory<byte> body, WireError? error) =
            await RequestBody.ReadAsync(context.Request, MaxBodyBytes, context.RequestAborted).ConfigureAwait(false);
        if (error is not null)
        {
            return error;
        }

        PaymentReading reading = adapter.Read(
            context.Request.Headers[adapter.SignatureHeader].ToString(), body.Span, services.Clock.GetUtcNow());
        if (reading.Event is not { } payment)
        {
            return reading.IsAuthentic
                ? WireError.Exact($"Invalid request: {reading.Problem}")
                : new WireError(ErrorCode.InvalidSignature, $"Invalid signature: {reading.Problem}");
        }

        PaymentOutcome outcome = await payments.ApplyAsync(adapter, payment, CancellationToken.None).ConfigureAwait(false);
        if (ProblemOf(payment, outcome.Code) is { } problem)
        {
            ErrorCode code = outcome.Code == PaymentCode.UnknownOrganization ? ErrorCode.NotFound : ErrorCode.PaymentRefused;
            return new WireError(code, $"Event {payment.Id} {problem}; nothing was booked");
        }

        await JsonAnswer.WriteAsync(context, json =>
        {
            json.WriteStartObject();
            json.WriteString("id", payment.Id);
            json.WriteString("outcome", outcome.Code switch
            {
                PaymentCode.Booked => "booked",
                PaymentCode.BookedBefore => "booked_before",
                _ => "ignored",
            });
            if (outcome.Code != PaymentCode.Ignored)
            {
                json.WriteNumber("entry", outcome.Sequence);
            }

            json.WriteEndObject();
        }).ConfigureAwait(false);
        return null;
    }

    /// <summary>Why an event was refused; null when it was not.</summary>
    private static string? ProblemOf(PaymentEvent payment, PaymentCode code) => code switch
    {
        PaymentCode.Ignored or PaymentCode.Booked or PaymentCode.BookedBefore => null,
        PaymentCode.OtherContent => "was delivered before with other content",
        PaymentCode.UnknownOrganization => $"names the organization {payment.OrganizationId}, which does not exist",
        PaymentCode.NotEnough => $"pays back more than organization {payment.OrganizationId} has in cash",
        PaymentCode.OutOfRange => $"would bring what organization {payment.OrganizationId} ever paid in out of range",
        _ => throw new ArgumentOutOfRangeException(nameof(code), code, "unknown end of an event"),
    };
}
