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

    private static ValueTask<AdminAnswer> ListAsync(AdminCall call, ServerAdmin admin)
    {
        string? organization = call.Query("organization") ?? (call.IsOperator ? null : call.Caller.OrganizationId);
        return organization is not null && !call.Sees(organization)
            ? ValueTask.FromResult(AdminAnswer.NotFound("organization", organization))
            : AdminPaging.ListAsync(
                call,
                _ => ValueTask.FromResult(true),
                (after, limit) => admin.Audit.ListAfterAsync(organization, after, limit, call.Aborted),
                AdminEntries.Of,
                change => change.Id,
                AdminJson.Wire.AuditPage);
    }

    private static AdminAnswer Tiers(ServerAdmin admin) => AdminAnswer.Of(
        new AdminPage<TierEntry> { Data = [.. admin.Settings.Tiers.Plans.Select(AdminEntries.Of)] }, AdminJson.Wire.TierPage);
}
