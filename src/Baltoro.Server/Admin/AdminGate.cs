using System.Text.Json;
using Baltoro.Platform.Identity;
using Baltoro.Protocol.Errors;
using Baltoro.Protocol.Json;
using Baltoro.Server.Errors;
using Baltoro.Server.Gate;
using Baltoro.Server.Hosting;
using Baltoro.Server.Idempotency;
using Microsoft.AspNetCore.Http;

namespace Baltoro.Server.Admin;

/// <summary>
/// Before every route of the admin API: key and scope, then whether the organization of the route is the caller's to see, then the
/// role, then whether the organization is there, then the body. What the caller may not see is answered like what is not there.
/// </summary>
internal sealed class AdminGate(Authenticate authenticate, ServerServices services)
{
    private const long MaxBodyBytes = 64 * 1024;

    /// <summary>A handler behind the gate.</summary>
    /// <param name="permission">What the caller needs.</param>
    /// <param name="handle">What then happens.</param>
    /// <param name="checksMore">Whether the handler checks rights of its own and knows <see cref="AdminCall.IsRepeat"/>.</param>
    public RequestDelegate Behind(Permission permission, Func<AdminCall, ValueTask<AdminAnswer>> handle, bool checksMore = false) =>
        context => RunAsync(context, permission, handle, checksMore);

    /// <summary>A handler for every key with the scope account, about its own organization; it knows <see cref="AdminCall.IsRepeat"/>.</summary>
    public RequestDelegate ForAccount(Func<AdminCall, ValueTask<AdminAnswer>> handle) =>
        context => RunAsync(context, null, handle, checksMore: true);

    /// <summary>Asks the route of a repeat whether its caller may still do it; false: the route has answered why not.</summary>
    public static async ValueTask<bool> MayRepeatAsync(HttpContext context)
    {
        RequestDelegate route = context.GetEndpoint()?.RequestDelegate ?? throw new InvalidOperationException("a repeat without a route");
        RepeatProbe probe = new();
        context.Features.Set(probe);
        try
        {
            await route(context).ConfigureAwait(false);
        }
        finally
        {
            context.Features.Set<RepeatProbe>(null);
        }

        return probe.IsAllowed;
    }

    private async Task RunAsync(
        HttpContext context, Permission? permission, Func<AdminCall, ValueTask<AdminAnswer>> handle, bool checksMore)
    {
        bool reads = HttpMethods.IsGet(context.Request.Method);
        KeyScopes scope = permission is null ? KeyScopes.Account : reads ? KeyScopes.AdminRead : KeyScopes.AdminWrite;
        (Caller? caller, WireError? error) =
            await authenticate.RunAsync(context.Request, scope, context.RequestAborted).ConfigureAwait(false);
        if (caller is not null && permission is { } needed)
        {
            error = RightProblem(context, caller, needed)
                ?? await OrganizationProblemAsync(context, caller).ConfigureAwait(false);
        }

        if (error is not null || caller is null)
        {
            await ApiError.WriteAsync(context, error ?? FaultMapper.Internal()).ConfigureAwait(false);
            return;
        }

        RepeatProbe? probe = context.Features.Get<RepeatProbe>();
        AdminAnswer answer = probe is not null && !checksMore ? AdminAnswer.MayRepeat
            : reads
            ? await handle(new AdminCall(context, caller, null, new ReadProblem())).ConfigureAwait(false)
            : await WithBodyAsync(context, caller, handle).ConfigureAwait(false);
        if (probe is not null && answer.Error is null)
        {
            probe.Allow();
            return;
        }

        await WriteAsync(context, answer).ConfigureAwait(false);
    }

    /// <summary>An operator may name any organization; one that is not there is said so on every route, lists included.</summary>
    private async ValueTask<WireError?> OrganizationProblemAsync(HttpContext context, Caller caller)
    {
        string named = context.Request.RouteValues["organization"] as string ?? context.Request.Query["organization"].ToString();
        return named.Length == 0 || caller.Role != Role.Operator || services.Admin is not { } admin
            || await admin.Directory.Store.FindOrganizationAsync(named, context.RequestAborted).ConfigureAwait(false) is not null
                ? null
                : AdminAnswer.NotFound("organization", named).Error;
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
