using Baltoro.Platform.Identity;
using Baltoro.Platform.Limits;
using Baltoro.Protocol.Admin;
using Baltoro.Server.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Baltoro.Server.Admin;

/// <summary>Limits set for organizations (by operators), projects and keys (by administrators), beside those of the tier. All of them hold.</summary>
internal sealed class LimitRoutes(AdminGate gate, KeyRoutes keys, KeyIssuing issuing)
{
    public void Map(IEndpointRouteBuilder routes, ServerAdmin admin)
    {
        routes.MapGet("/admin/v1/organizations/{organization}/limits", gate.Behind(Permission.Read, call => OfOrganizationAsync(call, admin)))
            .Document("Limits set for an organization over all its keys", typeof(LimitsEntry));
        routes.MapPut("/admin/v1/organizations/{organization}/limits", gate.Behind(Permission.Operate, call => OfOrganizationAsync(call, admin)))
            .Document("Set the limits of an organization over all its keys", typeof(LimitsEntry), typeof(LimitsBody));
        routes.MapGet(
                "/admin/v1/organizations/{organization}/projects/{project}/limits", gate.Behind(Permission.Read, call => OfProjectAsync(call, admin)))
            .Document("Limits set for a project over all its keys", typeof(LimitsEntry));
        routes.MapPut(
                "/admin/v1/organizations/{organization}/projects/{project}/limits", gate.Behind(Permission.Projects, call => OfProjectAsync(call, admin)))
            .Document("Set the limits of a project over all its keys", typeof(LimitsEntry), typeof(LimitsBody));
        routes.MapGet("/admin/v1/keys/{key}/limits", gate.Behind(Permission.Read, call => OfKeyAsync(call, admin, changes: false)))
            .Document("Limits set for a key", typeof(LimitsEntry));
        routes.MapPut("/admin/v1/keys/{key}/limits", gate.Behind(Permission.OwnKeys, call => OfKeyAsync(call, admin, changes: true)))
            .Document("Set the limits of a key", typeof(LimitsEntry), typeof(LimitsBody));
    }

    private static async ValueTask<AdminAnswer> OfOrganizationAsync(AdminCall call, ServerAdmin admin)
    {
        (Organization? organization, AdminAnswer missing) = await OrganizationRoutes.FindAsync(call, admin).ConfigureAwait(false);
        return organization is null
            ? missing
            : await AnswerAsync(call, admin, organization.Id, ScopeName.Organization).ConfigureAwait(false);
    }

    private static async ValueTask<AdminAnswer> OfProjectAsync(AdminCall call, ServerAdmin admin)
    {
        string id = call.Route("project");
        return await admin.Directory.Store.FindProjectAsync(call.Organization, id, call.Aborted).ConfigureAwait(false) is null
            ? AdminAnswer.NotFound("project", id)
            : await AnswerAsync(call, admin, call.Organization, ScopeName.OfProject(id)).ConfigureAwait(false);
    }

    private async ValueTask<AdminAnswer> OfKeyAsync(AdminCall call, ServerAdmin admin, bool changes)
    {
        if (await keys.FindAsync(call).ConfigureAwait(false) is not { } key)
        {
            return AdminAnswer.NotFound("key", call.Route("key"));
        }

        return changes && await issuing.TouchProblemAsync(call, admin, key).ConfigureAwait(false) is { } denied
            ? denied
            : await AnswerAsync(
                call, admin, key.OrganizationId, ScopeName.OfKey(key.Id),
                wanted => KeyIssuing.LimitsProblemAsync(call, admin, key, wanted)).ConfigureAwait(false);
    }

    /// <summary>Sets what a body says, if there is one, and shows what holds then.</summary>
    private static async ValueTask<AdminAnswer> AnswerAsync(
        AdminCall call, ServerAdmin admin, string organization, string scope, Func<LimitSet, ValueTask<AdminAnswer?>>? refuse = null)
    {
        if (call.Fields is not null)
        {
            LimitSet wanted = AdminFields.Limits(call.Fields, call.Problem);
            if (call.Mistake() is { } mistake)
            {
                return AdminAnswer.Refused(mistake);
            }

            if (refuse is not null && await refuse(wanted).ConfigureAwait(false) is { } denied)
            {
                return denied;
            }

            await admin.Accounts.SetLimitsAsync(organization, scope, wanted, call.Actor, call.Aborted).ConfigureAwait(false);
        }
        else if (Microsoft.AspNetCore.Http.HttpMethods.IsPut(call.Http.Request.Method))
        {
            return AdminAnswer.Refused(Protocol.Errors.WireError.Exact("Invalid request: the body is empty; expected a JSON object"));
        }

        LimitSet limits = await admin.Accounts.CustomLimitsAsync(organization, scope, call.Aborted).ConfigureAwait(false);
        return await AdminEntries.LimitsAsync(admin.Accounts, organization, scope, limits, call.Aborted).ConfigureAwait(false);
    }
}
