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
        routes.MapPost("/v1/limits/requests", gate.ForAccount(call => LimitWishes.AskAsync(call, admin, call.Caller.OrganizationId)))
            .Document("Ask for other limits", typeof(LimitRequestEntry), typeof(LimitRequestBody), StatusCodes.Status201Created);
        routes.MapGet("/v1/limits/requests", gate.ForAccount(call => ListAsync(call, admin)))
            .Document("The newest wishes of the key's organization", typeof(AdminPage<LimitRequestEntry>));
    }

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
