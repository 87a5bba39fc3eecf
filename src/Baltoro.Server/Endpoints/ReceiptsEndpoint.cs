using System.Text;
using System.Text.Json;
using Baltoro.Platform.Identity;
using Baltoro.Platform.Prices;
using Baltoro.Platform.Receipts;
using Baltoro.Protocol.Errors;
using Baltoro.Protocol.Json;
using Baltoro.Server.Errors;
using Baltoro.Server.Gate;
using Baltoro.Server.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Baltoro.Server.Endpoints;

/// <summary>Signed receipts of the key's organization, its newest signed root, and the public key that checks both.</summary>
internal sealed class ReceiptsEndpoint(ServerServices services, Authenticate authenticate)
{
    private const string Algorithm = "ed25519";

    public void Map(IEndpointRouteBuilder routes)
    {
        if (services.Accounts?.Receipts is not { } receipts)
        {
            return;
        }

        RequestDelegate key = context => KeyAsync(context, receipts);
        RequestDelegate root = context => AnswerAsync(context, receipts, RootAsync);
        RequestDelegate receipt = context => AnswerAsync(context, receipts, ReceiptAsync);
        routes.MapGet("/v1/receipts/public-key", key);
        routes.MapGet("/v1/receipts/latest-root", root);
        routes.MapGet("/v1/receipts/{id}", receipt);
    }

    private async Task AnswerAsync(
        HttpContext context, ReceiptService receipts, Func<HttpContext, ReceiptService, Caller, Task<WireError?>> answer)
    {
        (Caller? caller, WireError? error) = await authenticate.RunAsync(context.Request, context.RequestAborted).ConfigureAwait(false);
        error = caller is null ? error : await answer(context, receipts, caller).ConfigureAwait(false);
        if (error is not null)
        {
            await ApiError.WriteAsync(context, error).ConfigureAwait(false);
        }
    }

    private static Task KeyAsync(HttpContext context, ReceiptService receipts)
    {
        byte[] pem = Encoding.ASCII.GetBytes(receipts.PublicKey.ToPem());
        context.Response.ContentType = "application/x-pem-file";
        context.Response.ContentLength = pem.Length;
        return context.Response.Body.WriteAsync(pem, 0, pem.Length);
    }

    private static async Task<WireError?> ReceiptAsync(HttpContext context, ReceiptService receipts, Caller caller)
    {
        string id = context.Request.RouteValues["id"] as string ?? "";
        SignedReceipt? signed = await receipts.FindAsync(caller.OrganizationId, id, context.RequestAborted).ConfigureAwait(false);
        if (signed is null)
        {
            return new WireError(
                ErrorCode.ReceiptNotFound, $"There is no receipt {JsonDescription.Cut(id)} of this organization; a receipt is written when its request is settled");
        }

        await JsonAnswer.WriteAsync(context, json => Write(json, signed)).ConfigureAwait(false);
        return null;
    }

    private static async Task<WireError?> RootAsync(HttpContext context, ReceiptService receipts, Caller caller)
    {
        SignedRoot? root = await receipts.LastRootAsync(caller.OrganizationId, context.RequestAborted).ConfigureAwait(false);
        if (root is null)
        {
            return new WireError(ErrorCode.ReceiptNotFound, "There is no root of this organization yet; one is written every minute in which something happened");
        }

        await JsonAnswer.WriteAsync(context, json =>
        {
            json.WriteStartObject();
            json.WriteString("object", "receipt.root");
            RootJson.WriteMembers(json, root);
            json.WriteEndObject();
        }).ConfigureAwait(false);
        return null;
    }

    private static void Write(Utf8JsonWriter json, SignedReceipt signed)
    {
        Receipt receipt = signed.Receipt;
        TokenUsage usage = receipt.Usage;
        json.WriteStartObject();
        json.WriteString("object", "receipt");
        json.WriteString("id", receipt.Id);
        json.WriteString("organization", receipt.OrganizationId);
        json.WriteString("key", receipt.KeyId);
        json.WriteString("request", receipt.RequestId);
        json.WriteString("model", receipt.Model);
        json.WriteString("price_version", receipt.PriceVersion);
        json.WriteString("outcome", ReceiptText.NameOf(receipt.Outcome));
        json.WriteNumber("prompt_tokens", usage.PromptTokens);
        json.WriteNumber("cached_tokens", usage.CachedTokens);
        json.WriteNumber("completion_tokens", usage.CompletionTokens);
        json.WriteNumber("images", usage.Images);
        json.WriteNumber("calls", usage.Calls);
        json.WriteNumber("gross_nano_usd", receipt.Gross.NanoUsd);
        json.WriteNumber("discount_nano_usd", receipt.Discount.NanoUsd);
        json.WriteNumber("charged_nano_usd", receipt.Charged.NanoUsd);
        json.WriteNumber("last_entry", receipt.LastEntry);
        json.WriteStartObject("signature");
        json.WriteString("algorithm", Algorithm);
        json.WriteString("key_id", signed.KeyId);
        json.WriteString("text", signed.Text);
        json.WriteBase64String("value", signed.Signature.Span);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
