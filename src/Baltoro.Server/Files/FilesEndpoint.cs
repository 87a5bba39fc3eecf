using System.Text.Json;
using Baltoro.Platform.Files;
using Baltoro.Platform.Identity;
using Baltoro.Platform.Ports;
using Baltoro.Protocol.Errors;
using Baltoro.Protocol.Json;
using Baltoro.Server.Endpoints;
using Baltoro.Server.Errors;
using Baltoro.Server.Files.Extraction;
using Baltoro.Server.Gate;
using Baltoro.Server.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace Baltoro.Server.Files;

/// <summary><c>/v1/files</c>: upload, list, get, delete, content. Everything is the caller's organization's own.</summary>
internal sealed class FilesEndpoint(ServerServices services, Authenticate authenticate, ExtractionTurns extraction)
{
    private const long FormOverheadBytes = 1 << 20;

    public void Map(IEndpointRouteBuilder routes)
    {
        if (services.Files is not { } files)
        {
            return;
        }

        routes.MapPost("/v1/files", Guarded((context, caller) => UploadAsync(context, caller, files)));
        routes.MapGet("/v1/files", Guarded((context, caller) => ListAsync(context, caller, files)));
        routes.MapGet("/v1/files/{id}", Guarded((context, caller) => GetAsync(context, caller, files)));
        routes.MapDelete("/v1/files/{id}", Guarded((context, caller) => DeleteAsync(context, caller, files)));
        routes.MapGet("/v1/files/{id}/content", Guarded((context, caller) => ContentAsync(context, caller, files)));
    }

    private RequestDelegate Guarded(Func<HttpContext, Caller, ValueTask<WireError?>> run) => async context =>
    {
        (Caller? caller, WireError? error) = await authenticate.RunAsync(context.Request, context.RequestAborted).ConfigureAwait(false);
        error = caller is null ? error : await run(context, caller).ConfigureAwait(false);
        if (error is not null)
        {
            await ApiError.WriteAsync(context, error).ConfigureAwait(false);
        }
    };

    private async ValueTask<WireError?> UploadAsync(HttpContext context, Caller caller, FileLibrary files)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = files.Quota.MaxFileBytes + FormOverheadBytes;
        }

        using IFileDraft draft = files.CreateDraft();
        (UploadForm? form, WireError? error) =
            await UploadForm.ReadAsync(context.Request, draft.Bytes, files.Quota, context.RequestAborted).ConfigureAwait(false);
        if (form is null)
        {
            return error;
        }

        (byte[]? text, error) = await InspectAsync(form, caller.OrganizationId, draft.Bytes, context.RequestAborted).ConfigureAwait(false);
        if (error is not null)
        {
            return error;
        }

        (StoredFile? file, FileAddCode code) = await files.AddAsync(
            draft, caller.OrganizationId, form.Purpose, form.Name, text, context.RequestAborted).ConfigureAwait(false);
        if (file is null)
        {
            return FileErrors.OverQuota(code, files.Quota);
        }

        await JsonAnswer.WriteAsync(context, json => FileJson.Write(json, file)).ConfigureAwait(false);
        return null;
    }

    /// <summary>What the purpose asks of the bytes: text that can be found, or a picture or film that can be shown.</summary>
    private async ValueTask<(byte[]? Text, WireError? Error)> InspectAsync(
        UploadForm form, string organizationId, Stream bytes, CancellationToken cancellationToken)
    {
        switch (form.Purpose)
        {
            case FilePurpose.FileExtract:
                (ExtractedText? found, WireError? error) =
                    await extraction.ReadAsync(organizationId, bytes, form.Name, cancellationToken).ConfigureAwait(false);
                return found is null ? (null, error) : (FileJson.Content(form.Name, found), null);
            case FilePurpose.Image or FilePurpose.Video:
                return (null, MediaUpload.Check(bytes, form.Purpose));
            default:
                return (null, null);
        }
    }

    private static async ValueTask<WireError?> ListAsync(HttpContext context, Caller caller, FileLibrary files)
    {
        if (FilePage.TryRead(context.Request.Query, out FilePage page) is { } error)
        {
            return error;
        }

        IReadOnlyList<StoredFile> all = await files.ListAsync(caller.OrganizationId, context.RequestAborted).ConfigureAwait(false);
        (IReadOnlyList<StoredFile> shown, bool hasMore, WireError? unknown) = page.Cut(all);
        if (unknown is not null)
        {
            return unknown;
        }

        await JsonAnswer.WriteAsync(context, json => FileJson.WriteList(json, shown, hasMore)).ConfigureAwait(false);
        return null;
    }

    private static async ValueTask<WireError?> GetAsync(HttpContext context, Caller caller, FileLibrary files)
    {
        string id = IdOf(context);
        if (await files.FindAsync(caller.OrganizationId, id, context.RequestAborted).ConfigureAwait(false) is not { } file)
        {
            return FileErrors.NotFound(id);
        }

        await JsonAnswer.WriteAsync(context, json => FileJson.Write(json, file)).ConfigureAwait(false);
        return null;
    }

    private static async ValueTask<WireError?> DeleteAsync(HttpContext context, Caller caller, FileLibrary files)
    {
        string id = IdOf(context);
        if (!await files.DeleteAsync(caller.OrganizationId, id, context.RequestAborted).ConfigureAwait(false))
        {
            return FileErrors.NotFound(id);
        }

        await JsonAnswer.WriteAsync(context, json => FileJson.WriteDeleted(json, id)).ConfigureAwait(false);
        return null;
    }

    private static async ValueTask<WireError?> ContentAsync(HttpContext context, Caller caller, FileLibrary files)
    {
        string id = IdOf(context);
        StoredFile? file = await files.FindAsync(caller.OrganizationId, id, context.RequestAborted).ConfigureAwait(false);
        if (file is null || files.OpenContent(file) is not { } content)
        {
            return FileErrors.NotFound(id);
        }

        await using (content.ConfigureAwait(false))
        {
            // Somebody's upload must never run as a page of this server.
            context.Response.Headers.XContentTypeOptions = "nosniff";
            context.Response.Headers.ContentDisposition = "attachment";
            context.Response.ContentType = file.Purpose is FilePurpose.Image or FilePurpose.Video
                ? "application/octet-stream"
                : "text/plain; charset=utf-8";
            context.Response.ContentLength = content.Length;
            await content.CopyToAsync(context.Response.Body, context.RequestAborted).ConfigureAwait(false);
        }

        return null;
    }

    private static string IdOf(HttpContext context) => context.Request.RouteValues["id"] as string ?? "";
}
