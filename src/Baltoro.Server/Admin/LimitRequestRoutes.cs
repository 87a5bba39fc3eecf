using Baltoro.Platform.Audit;
using Baltoro.Platform.Identity;
using Baltoro.Platform.Limits;
using Baltoro.Protocol.Admin;
using Baltoro.Protocol.Errors;
using Baltoro.Server.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Baltoro.Server.Admin;

/// <summary>Decisions on wishes for other limits. An approved one holds for the next request, on every node.</summary>
internal sealed class LimitRequestRoutes(AdminGate gate)
{
    public void Map(IEndpointRouteBuilder routes, ServerAdmin admin)
    {
        routes.MapGet("/admin/v1/limits/requests", gate.Behind(Permission.Read, call => ListAsync(call, admin)))
            .Document("Wishes for other limits, oldest first", typeof(AdminPage<LimitRequestEntry>));
        routes.MapPost("/admin/v1/limits/requests", gate.Behind(Permission.AskLimits, call => AskAsync(call, admin)))
            .Document("Ask for other limits for the key's organization", typeof(LimitRequestEntry), typeof(LimitRequestBody), StatusCodes.Status201Created);
        routes.MapPost("/admin/v1/limits/requests/{request}/approve", gate.Behind(Permission.Operate, call => DecideAsync(call, admin, approve: true)))
            .Document("Approve; effective at once", typeof(LimitRequestEntry));
        routes.MapPost("/admin/v1/limits/requests/{request}/deny", gate.Behind(Permission.Operate, call => DecideAsync(call, admin, approve: false)))
            .Document("Deny", typeof(LimitRequestEntry));
    }

    private static async ValueTask<AdminAnswer> ListAsync(AdminCall call, ServerAdmin admin)
    {
        (string? organization, AdminAnswer? refusal) = await OrganizationRoutes.FilterAsync(call, admin).ConfigureAwait(false);
        return refusal ?? await AdminPaging.ListAsync(
            call,
            async id => await admin.Wishes.FindAsync(id, call.Aborted).ConfigureAwait(false) is { } found && call.Sees(found.OrganizationId),
            ReadAsync,
            AdminEntries.Of,
            request => request.Id,
            AdminJson.Wire.LimitRequestPage).ConfigureAwait(false);

        async ValueTask<IReadOnlyList<LimitRequest>> ReadAsync(string? after, int limit)
        {
            IReadOnlyList<LimitRequest> all = await admin.Wishes.ListAsync(organization, call.Aborted).ConfigureAwait(false);
            IEnumerable<LimitRequest> rest = after is null ? all : all.SkipWhile(request => request.Id != after).Skip(1);
            return [.. rest.Take(limit)];
        }
    }

    private static ValueTask<AdminAnswer> AskAsync(AdminCall call, ServerAdmin admin) =>
        LimitWishes.AskAsync(call, admin, call.Caller.OrganizationId);

    private static async ValueTask<AdminAnswer> DecideAsync(AdminCall call, ServerAdmin admin, bool approve)
    {
        if (call.Mistake() is { } mistake)
        {
            return AdminAnswer.Refused(mistake);
        }

        string id = call.Route("request");
        if (await admin.Requests.DecideAsync(id, approve, call.Actor, CancellationToken.None).ConfigureAwait(false) is { } decided)
        {
            return AdminAnswer.Of(AdminEntries.Of(decided), AdminJson.Wire.LimitRequestEntry);
        }

        return await admin.Wishes.FindAsync(id, call.Aborted).ConfigureAwait(false) is { } closed
            ? AdminAnswer.Conflict($"The request '{id}' is {AdminEntries.Of(closed).State} already")
            : AdminAnswer.NotFound("limit request", id);
    }
}
