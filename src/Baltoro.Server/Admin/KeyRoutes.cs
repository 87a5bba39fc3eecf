using Baltoro.Platform.Identity;
using Baltoro.Platform.Ports;
using Baltoro.Protocol.Admin;
using Baltoro.Protocol.Errors;
using Baltoro.Server.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Baltoro.Server.Admin;

/// <summary>
/// Keys. A member manages the keys that act for it, administrators all keys of their organization; nobody touches a key whose role is
/// above one's own, because rotating it would hand that role over.
/// </summary>
internal sealed class KeyRoutes(AdminGate gate, KeyService keys, KeyIssuing issuing)
{
    public void Map(IEndpointRouteBuilder routes, ServerAdmin admin)
    {
        routes.MapGet("/admin/v1/keys", gate.Behind(Permission.Read, call => ListAsync(call, admin)))
            .Document("Keys, of one organization, project or member where named", typeof(AdminPage<KeyEntry>));
        routes.MapPost("/admin/v1/keys", gate.Behind(Permission.OwnKeys, call => issuing.CreateAsync(call, admin), checksMore: true))
            .Document("Make a key; the answer shows it once", typeof(KeyEntry), typeof(KeyBody), StatusCodes.Status201Created);
        routes.MapGet("/admin/v1/keys/{key}", gate.Behind(Permission.Read, GetAsync)).Document("One key", typeof(KeyEntry));
        routes.MapPatch("/admin/v1/keys/{key}", gate.Behind(Permission.OwnKeys, call => UpdateAsync(call, admin)))
            .Document("Change a key", typeof(KeyEntry), typeof(KeyBody));
        routes.MapDelete("/admin/v1/keys/{key}", gate.Behind(Permission.OwnKeys, call => RevokeAsync(call, admin)))
            .Document("Revoke a key at once", typeof(KeyEntry));
        routes.MapPost("/admin/v1/keys/{key}/rotate", gate.Behind(Permission.OwnKeys, call => RotateAsync(call, admin), checksMore: true))
            .Document("Give a key a new secret; the answer shows it once", typeof(KeyEntry), typeof(RotateBody));
    }

    /// <summary>The key of the route where the caller may see it.</summary>
    public async ValueTask<ApiKey?> FindAsync(AdminCall call)
    {
        ApiKey? key = await keys.FindAsync(call.Route("key"), call.Aborted).ConfigureAwait(false);
        return key is not null && call.Sees(key.OrganizationId) ? key : null;
    }

    private async ValueTask<AdminAnswer> ListAsync(AdminCall call, ServerAdmin admin)
    {
        (string? organization, AdminAnswer? refusal) = await OrganizationRoutes.FilterAsync(call, admin).ConfigureAwait(false);
        refusal ??= organization is null ? null : await MissingFilterAsync(call, admin, organization).ConfigureAwait(false);
        if (refusal is { } answer)
        {
            return answer;
        }

        KeyQuery query = new() { OrganizationId = organization, ProjectId = call.Query("project"), MemberId = call.Query("member") };
        return await AdminPaging.ListAsync(
            call,
            async id => await keys.FindAsync(id, call.Aborted).ConfigureAwait(false) is { } key && call.Sees(key.OrganizationId),
            (after, limit) => keys.ListAsync(query with { AfterId = after, Limit = limit }, call.Aborted),
            AdminEntries.Of,
            key => key.Id,
            AdminJson.Wire.KeyPage).ConfigureAwait(false);
    }

    /// <summary>A project or member to filter by that the organization does not have.</summary>
    private static async ValueTask<AdminAnswer?> MissingFilterAsync(AdminCall call, ServerAdmin admin, string organization)
    {
        KeyRequest named = new()
        {
            OrganizationId = organization,
            ProjectId = call.Query("project") ?? "",
            MemberId = call.Query("member") ?? "",
        };
        return await KeyReferences.FindMissingAsync(admin.Directory.Store, named, call.Aborted).ConfigureAwait(false) is (string what, string id)
            ? AdminAnswer.NotFound(what, id)
            : null;
    }

    private async ValueTask<AdminAnswer> GetAsync(AdminCall call) =>
        await FindAsync(call).ConfigureAwait(false) is { } key ? Show(key) : Missing(call);

    private async ValueTask<AdminAnswer> UpdateAsync(AdminCall call, ServerAdmin admin)
    {
        if (await FindAsync(call).ConfigureAwait(false) is not { } key)
        {
            return Missing(call);
        }

        if (await issuing.TouchProblemAsync(call, admin, key).ConfigureAwait(false) is { } denied)
        {
            return denied;
        }

        (ApiKey? changed, AdminAnswer wrong) = await issuing.ReadChangeAsync(call, admin, key).ConfigureAwait(false);
        if (changed is null)
        {
            return wrong;
        }

        (KeyProblem problem, string message) = await keys.UpdateAsync(key, changed, call.Actor, call.Aborted).ConfigureAwait(false);
        return problem == KeyProblem.None ? Show(changed) : KeyIssuing.AnswerOf(problem, message);
    }

    private async ValueTask<AdminAnswer> RevokeAsync(AdminCall call, ServerAdmin admin)
    {
        if (await FindAsync(call).ConfigureAwait(false) is not { } key)
        {
            return Missing(call);
        }

        if (await issuing.TouchProblemAsync(call, admin, key).ConfigureAwait(false) is { } denied)
        {
            return denied;
        }

        await keys.RevokeAsync(key.Id, call.Actor, call.Aborted).ConfigureAwait(false);
        return await keys.FindAsync(key.Id, call.Aborted).ConfigureAwait(false) is { } revoked ? Show(revoked) : Missing(call);
    }

    private async ValueTask<AdminAnswer> RotateAsync(AdminCall call, ServerAdmin admin)
    {
        long seconds = call.Fields?.Integer("grace_seconds") ?? 0;
        long most = (long)KeyService.MostGrace.TotalSeconds;
        if (seconds < 0 || seconds > most)
        {
            call.Problem.Report(WireError.Field("grace_seconds", $"must be from 0 to {most}, found {seconds}"));
        }

        if (call.Mistake() is { } mistake)
        {
            return AdminAnswer.Refused(mistake);
        }

        if (await FindAsync(call).ConfigureAwait(false) is not { } key)
        {
            return Missing(call);
        }

        if ((await issuing.TouchProblemAsync(call, admin, key).ConfigureAwait(false)
            ?? await KeyIssuing.HandOutProblemAsync(call, admin, key).ConfigureAwait(false)) is { } denied)
        {
            return denied;
        }

        if (call.IsRepeat)
        {
            return AdminAnswer.MayRepeat;
        }

        KeyResult result = await keys.RotateAsync(key.Id, TimeSpan.FromSeconds(seconds), call.Actor, call.Aborted).ConfigureAwait(false);
        return result.Issued is { } issued
            ? KeyIssuing.Show(issued, StatusCodes.Status200OK)
            : KeyIssuing.AnswerOf(result.Problem, result.Message);
    }

    private static AdminAnswer Show(ApiKey key) => AdminAnswer.Of(AdminEntries.Of(key), AdminJson.Wire.KeyEntry);

    private static AdminAnswer Missing(AdminCall call) => AdminAnswer.NotFound("key", call.Route("key"));
}
