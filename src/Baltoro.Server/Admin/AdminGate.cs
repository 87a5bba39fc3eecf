using System.Text.Json;
using Baltoro.Platform.Identity;
using Baltoro.Protocol.Errors;
using Baltoro.Protocol.Json;
using Baltoro.Server.Errors;
using Baltoro.Server.Gate;
using Microsoft.AspNetCore.Http;

namespace Baltoro.Server.Admin;

/// <summary>
/// Before every route of the admin API: key and scope, then whether the organization of the route is the caller's to see, then the
/// role, then the body. What the caller may not see is answered like what is not there.
/// </summary>
internal sealed class AdminGate(Authenticate authenticate)
{
    private const long MaxBodyBytes = 64 * 1024;

    /// <summary>A handler behind the gate.</summary>
    public RequestDelegate Behind(Permission permission, Func<AdminCall, ValueTask<AdminAnswer>> handle) =>
        context => RunAsync(context, permission, handle);

    /// <summary>A handler for every key with the scope account, about its own organization.</summary>
    public RequestDelegate ForAccount(Func<AdminCall, ValueTask<AdminAnswer>> handle) => context => RunAsync(context, null, handle);

    private async Task RunAsync(HttpContext context, Permission? permission, Func<AdminCall, ValueTask<AdminAnswer>> handle)
    {
        bool reads = HttpMethods.IsGet(context.Request.Method);
        KeyScopes scope = permission is null ? KeyScopes.Account : reads ? KeyScopes.AdminRead : KeyScopes.AdminWrite;
        (Caller? caller, WireError? error) =
            await authenticate.RunAsync(context.Request, scope, context.RequestAborted).ConfigureAwait(false);
        if (caller is not null && permission is { } needed)
        {
            error = RightProblem(context, caller, needed);
        }

        if (error is not null || caller is null)
        {
            await ApiError.WriteAsync(context, error ?? FaultMapper.Internal()).ConfigureAwait(false);
            return;
        }

        AdminAnswer answer = reads
            ? await handle(new AdminCall(context, caller, null, new ReadProblem())).ConfigureAwait(false)
            : await WithBodyAsync(context, caller, handle).ConfigureAwait(false);
        await WriteAsync(context, answer).ConfigureAwait(false);
    }

    private static WireError? RightProblem(HttpContext context, Caller caller, Permission permission)
    {
        string? organization = context.Request.RouteValues["organization"] as string;
        if (organization is not null && caller.Role != Role.Operator && organization != caller.OrganizationId)
        {
            return AdminAnswer.NotFound("organization", organization).Error;
        }

        return Rights.Allow(caller.Role, permission)
            ? null
            : new WireError(
                ErrorCode.PermissionDenied,
                $"This needs the role {RoleNames.Of(Rights.LeastFor(permission))} or above; this key has the role {RoleNames.Of(caller.Role)}");
    }

    private static async ValueTask<AdminAnswer> WithBodyAsync(
        HttpContext context, Caller caller, Func<AdminCall, ValueTask<AdminAnswer>> handle)
    {
        (ReadOnlyMemory<byte> body, WireError? error) =
            await RequestBody.ReadAsync(context.Request, MaxBodyBytes, context.RequestAborted).ConfigureAwait(false);
        if (error is not null)
        {
            return AdminAnswer.Refused(error);
        }

        ReadProblem problem = new();
        if (body.IsEmpty)
        {
            return await handle(new AdminCall(context, caller, null, problem)).ConfigureAwait(false);
        }

        error = JsonGuard.TryParse(body, out JsonDocument? document);
        using (document)
        {
            return document is null
                ? AdminAnswer.Refused(error ?? FaultMapper.Internal())
                : await handle(new AdminCall(context, caller, new JsonFields(document.RootElement, "", problem), problem)).ConfigureAwait(false);
        }
    }

    private static async Task WriteAsync(HttpContext context, AdminAnswer answer)
    {
        if (answer.Error is { } error)
        {
            await ApiError.WriteAsync(context, error).ConfigureAwait(false);
            return;
        }

        byte[] body = answer.Body ?? [];
        context.Response.StatusCode = answer.Status;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = body.Length;
        // A key is in some of these answers.
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.Body.WriteAsync(body, context.RequestAborted).ConfigureAwait(false);
    }
}
