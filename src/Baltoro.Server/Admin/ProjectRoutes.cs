using Baltoro.Platform.Identity;
using Baltoro.Protocol.Admin;
using Baltoro.Server.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Baltoro.Server.Admin;

/// <summary>Projects of an organization. They are archived, never deleted: the ledger names them.</summary>
internal sealed class ProjectRoutes(AdminGate gate)
{
    public void Map(IEndpointRouteBuilder routes, ServerAdmin admin)
    {
        routes.MapGet("/admin/v1/organizations/{organization}/projects", gate.Behind(Permission.Read, call => ListAsync(call, admin)))
            .Document("Projects of an organization", typeof(AdminPage<ProjectEntry>));
        routes.MapPost("/admin/v1/organizations/{organization}/projects", gate.Behind(Permission.Projects, call => CreateAsync(call, admin)))
            .Document("Make a project", typeof(ProjectEntry), typeof(ProjectBody), StatusCodes.Status201Created);
        routes.MapGet("/admin/v1/organizations/{organization}/projects/{project}", gate.Behind(Permission.Read, call => GetAsync(call, admin)))
            .Document("One project", typeof(ProjectEntry));
        routes.MapPatch(
                "/admin/v1/organizations/{organization}/projects/{project}", gate.Behind(Permission.Projects, call => UpdateAsync(call, admin)))
            .Document("Rename a project, archive it or take it up again", typeof(ProjectEntry), typeof(ProjectBody));
    }

    private static ValueTask<AdminAnswer> ListAsync(AdminCall call, ServerAdmin admin) => AdminPaging.ListAsync(
        call,
        async id => await admin.Directory.Store.FindProjectAsync(call.Organization, id, call.Aborted).ConfigureAwait(false) is not null,
        (after, limit) => admin.Directory.Store.ListProjectsAsync(call.Organization, after, limit, call.Aborted),
        AdminEntries.Of,
        project => project.Id,
        AdminJson.Wire.ProjectPage);

    private static async ValueTask<AdminAnswer> CreateAsync(AdminCall call, ServerAdmin admin)
    {
        string name = call.Fields?.RequiredString("name") ?? "";
        return call.Mistake() is { } mistake
            ? AdminAnswer.Refused(mistake)
            : AdminResults.Of(
                await admin.Directory.CreateProjectAsync(call.Organization, name, call.Actor, call.Aborted).ConfigureAwait(false),
                "organization", call.Organization, value => Show(value, StatusCodes.Status201Created));
    }

    private static async ValueTask<AdminAnswer> GetAsync(AdminCall call, ServerAdmin admin)
    {
        string id = call.Route("project");
        return await admin.Directory.Store.FindProjectAsync(call.Organization, id, call.Aborted).ConfigureAwait(false) is { } project
            ? Show(project, StatusCodes.Status200OK)
            : AdminAnswer.NotFound("project", id);
    }

    private static async ValueTask<AdminAnswer> UpdateAsync(AdminCall call, ServerAdmin admin)
    {
        string? name = call.Fields?.String("name");
        bool? archived = call.Fields?.Boolean("archived");
        string id = call.Route("project");
        if (call.Mistake() is { } mistake)
        {
            return AdminAnswer.Refused(mistake);
        }

        return await admin.Directory.Store.FindProjectAsync(call.Organization, id, call.Aborted).ConfigureAwait(false) is { } project
            ? AdminResults.Of(
                await admin.Directory.UpdateProjectAsync(project, name, archived, call.Actor, call.Aborted).ConfigureAwait(false),
                "project", id, value => Show(value, StatusCodes.Status200OK))
            : AdminAnswer.NotFound("project", id);
    }

    private static AdminAnswer Show(Project project, int status) =>
        AdminAnswer.Of(AdminEntries.Of(project), AdminJson.Wire.ProjectEntry, status);
}
