using Baltoro.Platform.Limits;
using Baltoro.Protocol.Admin;
using Baltoro.Protocol.Errors;
using Baltoro.Server.Hosting;
using Microsoft.AspNetCore.Http;

namespace Baltoro.Server.Admin;

/// <summary>Asking for other limits, from the admin API and from a member's own key.</summary>
internal static class LimitWishes
{
    private const int MostReasonChars = 500;

    /// <summary>Stores a wish for an organization.</summary>
    public static async ValueTask<AdminAnswer> AskAsync(AdminCall call, ServerAdmin admin, string organization)
    {
        LimitSet limits = AdminFields.Limits(call.Fields, call.Problem);
        string reason = call.Fields?.String("reason") ?? "";
        if (limits.Budget is not null)
        {
            call.Problem.Report(WireError.Field("budget_nano_usd", "cannot be asked for; an administrator sets budgets"));
        }
        else if (limits.IsEmpty)
        {
            call.Problem.Report(WireError.Exact(
                "Invalid request: ask for at least one of concurrency, requests_per_minute, tokens_per_minute, tokens_per_day"));
        }

        if (reason.Length > MostReasonChars || reason.Any(char.IsControl))
        {
            call.Problem.Report(WireError.Field(
                "reason", $"must have at most {MostReasonChars} characters, none of them a control, found {reason.Length}"));
        }

        if (call.Mistake() is { } mistake)
        {
            return AdminAnswer.Refused(mistake);
        }

        LimitRequest? asked = await admin.Requests.AskAsync(organization, call.Actor, limits, reason, CancellationToken.None).ConfigureAwait(false);
        return asked is null
            ? AdminAnswer.Conflict($"There are {LimitRequests.MostOpen} open requests of this organization already; wait for a decision")
            : AdminAnswer.Of(AdminEntries.Of(asked), AdminJson.Wire.LimitRequestEntry, StatusCodes.Status201Created);
    }
}
