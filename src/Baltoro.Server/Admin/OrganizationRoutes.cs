using Baltoro.Platform.Identity;
using Baltoro.Platform.Ports;
using Baltoro.Protocol.Admin;
using Baltoro.Server.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Baltoro.Server.Admin;

/// <summary>Organizations.</summary>
internal sealed class OrganizationRoutes(AdminGate gate)
{
    public void Map(IEndpointRouteBuilder routes, ServerAdmin admin)
    {
        routes.MapGet("/admin/v1/organizations", gate.Behind(Permission.Read, call => ListAsync(call, admin)))
            .Document("Organizations the key may see", typeof(AdminPage<OrganizationEntry>));
        routes.MapPost("/admin/v1/organizations", gate.Behind(Permission.Operate, call => CreateAsync(call, admin)))
            .Document("Make an organization", typeof(OrganizationEntry), typeof(OrganizationBody), StatusCodes.Status201Created);
        routes.MapGet("/admin/v1/organizations/{organization}", gate.Behind(Permission.Read, call => GetAsync(call, admin)))
            .Document("One organization", typeof(OrganizationEntry));
        routes.MapPatch("/admin/v1/organizations/{organization}", gate.Behind(Permission.Organization, call => UpdateAsync(call, admin)))
            .Document("Rename an organization", typeof(OrganizationEntry), typeof(OrganizationBody));
    }

    /// <summary>The organization of the route, or the answer that there is none.</summary>
    public static async ValueTask<(Organization? Organization, AdminAnswer Answer)> FindAsync(AdminCall call, ServerAdmin admin)
    {
        Organization? organization =
            await admin.Directory.Store.FindOrganizationAsync(call.Organization, call.Aborted).ConfigureAwait(false);
        return (organization, organization is null ? AdminAnswer.NotFound("organization", call.Organization) : default);
    }

    /// <summary>The organization a list is about (null: all of them), or the answer that there is none such.</summary>
    public static async ValueTask<(string? Organization, AdminAnswer? Refusal)> FilterAsync(AdminCall call, ServerAdmin admin)
    {
        string? organization = call.Query("organization") ?? (call.IsOperator ? null : call.Caller.OrganizationId);
        bool isKnown = organization is null || organization == call.Caller.OrganizationId
            || (call.Sees(organization) && await admin.Directory.Store.FindOrganizationAsync(organization, call.Aborted).ConfigureAwait(false) is not null);
        return isKnown ? (organization, null) : (null, AdminAnswer.NotFound("organization", organization ?? ""));
    }

    private static ValueTask<AdminAnswer> ListAsync(AdminCall call, ServerAdmin admin)
    {
        IDirectoryStore store = admin.Directory.Store;
        return AdminPaging.ListAsync(
            call,
            async id => call.Sees(id) && await store.FindOrganizationAsync(id, call.Aborted).ConfigureAwait(false) is not null,
            ReadAsync,
            AdminEntries.Of,
            organization => organization.Id,
            AdminJson.Wire.OrganizationPage);

        async ValueTask<IReadOnlyList<Organization>> ReadAsync(string? after, int limit)
        {
            if (call.IsOperator)
            {
                return await store.ListOrganizationsAsync(after, limit, call.Aborted).ConfigureAwait(false);
            }

            Organization? own = await store.FindOrganizationAsync(call.Caller.OrganizationId, call.Aborted).ConfigureAwait(false);
            return own is null || after is not null ? [] : [own];
        }
    }

    private static async ValueTask<AdminAnswer> CreateAsync(AdminCall call, ServerAdmin admin)
    {
        string id = call.Fields?.RequiredString("id") ?? "";
        string name = call.Fields?.String("name") ?? id;
        return call.Mistake() is { } mistake
            ? AdminAnswer.Refused(mistake)
            : AnswerOf(
                await admin.Directory.CreateOrganizationAsync(id, name, call.Actor, call.Aborted).ConfigureAwait(false),
                id, StatusCodes.Status201Created);
    }

    private static async ValueTask<AdminAnswer> GetAsync(AdminCall call, ServerAdmin admin)
    {
        (Organization? organization, AdminAnswer missing) = await FindAsync(call, admin).ConfigureAwait(false);
        return organization is null ? missing : AdminAnswer.Of(AdminEntries.Of(organization), AdminJson.Wire.OrganizationEntry);
    }

    private static async ValueTask<AdminAnswer> UpdateAsync(AdminCall call, ServerAdmin admin)
    {
        string name = call.Fields?.RequiredString("name") ?? "";
        if (call.Mistake() is { } mistake)
        {
            return AdminAnswer.Refused(mistake);
        }

        (Organization? organization, AdminAnswer missing) = await FindAsync(call, admin).ConfigureAwait(false);
        return organization is null
            ? missing
            : AnswerOf(
                await admin.Directory.RenameAsync(organization, name, call.Actor, call.Aborted).ConfigureAwait(false),
                organization.Id, StatusCodes.Status200OK);
    }

    private static AdminAnswer AnswerOf(DirectoryResult<Organization> result, string id, int status) =>
        AdminResults.Of(result, "organization", id, value => AdminAnswer.Of(AdminEntries.Of(value), AdminJson.Wire.OrganizationEntry, status));
}
