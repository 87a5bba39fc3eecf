using Baltoro.Platform.Payments;
using Baltoro.Platform.Ports;
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

        MovementResult? result = await payments.ApplyAsync(adapter, payment, CancellationToken.None).ConfigureAwait(false);
        if (result is { Code: not (MovementCode.Done or MovementCode.Replayed) })
        {
            return new WireError(
                ErrorCode.PaymentRefused,
                result.Code == MovementCode.NotEnough
                    ? $"Event {payment.Id} pays back more than organization {payment.OrganizationId} has in cash; nothing was booked"
                    : $"Event {payment.Id} was delivered before with other content; nothing was booked");
        }

        await JsonAnswer.WriteAsync(context, json =>
        {
            json.WriteStartObject();
            json.WriteString("id", payment.Id);
            json.WriteString("outcome", result is null ? "ignored" : result.Code == MovementCode.Done ? "booked" : "booked_before");
            if (result is not null)
            {
                json.WriteNumber("entry", result.Sequence);
            }

            json.WriteEndObject();
        }).ConfigureAwait(false);
        return null;
    }
}
