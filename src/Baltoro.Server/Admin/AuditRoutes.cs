using Baltoro.Platform.Identity;
using Baltoro.Protocol.Admin;
using Baltoro.Server.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Baltoro.Server.Admin;

/// <summary>The log of changes, newest first, and the tiers.</summary>
internal sealed class AuditRoutes(AdminGate gate)
{
    public void Map(IEndpointRouteBuilder routes, ServerAdmin admin)
    {
        routes.MapGet("/admin/v1/audit", gate.Behind(Permission.Audit, call => ListAsync(call, admin)))
            .Document("Who changed what, newest first", typeof(AdminPage<AuditEntry>));
        routes.MapGet("/admin/v1/tiers", gate.Behind(Permission.Read, _ => ValueTask.FromResult(Tiers(admin))))
            .Document("Tiers of this server, smallest first", typeof(AdminPage<TierEntry>));
    }

    private static async ValueTask<AdminAnswer> ListAsync(AdminCall call, ServerAdmin admin)
    {
        (string? organization, AdminAnswer? refusal) = await OrganizationRoutes.FilterAsync(call, admin).ConfigureAwait(false);
        return refusal ?? await AdminPaging.ListAsync(
            call,
            _ => ValueTask.FromResult(true),
            (after, limit) => admin.Audit.ListAfterAsync(organization, after, limit, call.Aborted),
            AdminEntries.Of,
            change => change.Id,
            AdminJson.Wire.AuditPage).ConfigureAwait(false);
    }

    private static AdminAnswer Tiers(ServerAdmin admin) => AdminAnswer.Of(
        new AdminPage<TierEntry> { Data = [.. admin.Settings.Tiers.Plans.Select(AdminEntries.Of)] }, AdminJson.Wire.TierPage);
}
