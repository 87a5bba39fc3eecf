using Baltoro.Platform.Identity;
using Baltoro.Protocol.Admin;
using Baltoro.Server.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Baltoro.Server.Admin;

/// <summary><c>/v1/limits/requests</c>: a member asks for other limits with its own key, and sees what became of it.</summary>
internal sealed class LimitWishEndpoint(AdminGate gate)
{
    private const int MostShown = 100;

    public void Map(IEndpointRouteBuilder routes, ServerAdmin admin)
    {
        routes.MapPost("/v1/limits/requests", gate.ForAccount(call => AskAsync(call, admin)))
            .Document("Ask for other limits", typeof(LimitRequestEntry), typeof(LimitRequestBody), StatusCodes.Status201Created);
        routes.MapGet("/v1/limits/requests", gate.ForAccount(call => ListAsync(call, admin)))
            .Document("The newest wishes of the key's organization", typeof(AdminPage<LimitRequestEntry>));
    }

    /// <summary>A key that acts for a member may ask when the member may; one that acts for nobody is its organization's.</summary>
    private static ValueTask<AdminAnswer> AskAsync(AdminCall call, ServerAdmin admin) =>
        call.Caller.MemberRole is { } role && !Rights.Allow(role, Permission.AskLimits)
            ? ValueTask.FromResult(AdminAnswer.Denied(
                $"This needs the role member or above; the member of this key has the role {RoleNames.Of(role)}"))
            : call.IsRepeat ? ValueTask.FromResult(AdminAnswer.MayRepeat)
            : LimitWishes.AskAsync(call, admin, call.Caller.OrganizationId);

    private static async ValueTask<AdminAnswer> ListAsync(AdminCall call, ServerAdmin admin)
    {
        LimitRequestEntry[] entries =
        [
            .. (await admin.Wishes.ListAsync(call.Caller.OrganizationId, call.Aborted).ConfigureAwait(false))
                .Reverse().Take(MostShown).Select(AdminEntries.Of),
        ];
        return AdminAnswer.Of(
            new AdminPage<LimitRequestEntry> { Data = entries, FirstId = entries.FirstOrDefault()?.Id, LastId = entries.LastOrDefault()?.Id },
            AdminJson.Wire.LimitRequestPage);
    }
}
