using System.CommandLine;
using System.Text.Json;
using Baltoro.Cli.Admin;
using Baltoro.Cli.Output;
using Baltoro.Server.Hosting;

namespace Baltoro.Cli.Commands;

/// <summary><c>baltoro limits show|set|requests|approve|deny</c>.</summary>
internal sealed class LimitsCommand(CommandContext context, AdminVerbs verbs)
{
    private readonly LimitChanges _changes = new();
    private readonly Argument<string> _id = new("id") { Description = "Id of the request, lr-…" };
    private readonly Option<string?> _anyOrganization = new("--org") { Description = "Organization; all that may be seen without it" };
    private readonly Option<string?> _organization = new("--org") { Description = "Organization over all its keys; with --project that project of it" };
    private readonly Option<string?> _project = new("--project") { Description = "Project, pj-…, of --org" };
    private readonly Option<string?> _key = new("--key") { Description = "Key, ak-…; without --org" };

    public Command Build() => new("limits", "Limits and requests for other ones")
    {
        verbs.Of("show", "Show what is set for an organization, a project or a key", [_organization, _project, _key], ShowAsync),
        verbs.Of(
            "set", "Change limits of an organization, a project or a key; what is not named stays as it is",
            [_organization, _project, _key, .. _changes.Options], SetAsync),
        verbs.List(
            "requests", "List requests for other limits",
            parsed => $"/limits/requests{(parsed.GetValue(_anyOrganization) is { } named ? $"?organization={Uri.EscapeDataString(named)}" : "")}",
            ["id", "organization", "limits", "state", "requested_by", "reason"], _anyOrganization),
        verbs.Of("approve", "Approve a request; effective at once", [_id], (parsed, cancel) => DecideAsync(parsed, "approve", cancel)),
        verbs.Of("deny", "Deny a request", [_id], (parsed, cancel) => DecideAsync(parsed, "deny", cancel)),
    };

    private async Task ShowAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        string scope = Scope(parsed);
        await using IAdminDesk desk = verbs.Open(parsed);
        await PrintAsync(parsed, await desk.SendAsync(HttpMethod.Get, scope, null, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
    }

    private async Task SetAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        string scope = Scope(parsed);
        _changes.Check(parsed);
        await using IAdminDesk desk = verbs.Open(parsed);
        JsonElement now = await desk.SendAsync(HttpMethod.Get, scope, null, cancellationToken).ConfigureAwait(false);
        string body = _changes.Merge(parsed, now.GetProperty("limits"));
        await PrintAsync(parsed, await desk.SendAsync(HttpMethod.Put, scope, body, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
    }

    private async Task DecideAsync(ParseResult parsed, string decision, CancellationToken cancellationToken)
    {
        await using IAdminDesk desk = verbs.Open(parsed);
        string path = $"/limits/requests/{Uri.EscapeDataString(parsed.GetRequiredValue(_id))}/{decision}";
        JsonElement decided = await desk.SendAsync(HttpMethod.Post, path, null, cancellationToken).ConfigureAwait(false);
        string organization = decided.GetProperty("organization").GetString() ?? "";
        string asked = LimitWords.Of(decided.GetProperty("limits"));
        string what = $"{decided.GetProperty("state").GetString()} for {organization}: {asked}";
        await context.Output.WriteLineAsync(verbs.IsJson(parsed) ? JsonLine.Of(decided.WriteTo) : what).ConfigureAwait(false);
        if (decision != "approve")
        {
            return;
        }

        JsonElement holds = await desk.SendAsync(
            HttpMethod.Get, $"/organizations/{Uri.EscapeDataString(organization)}/limits", null, cancellationToken).ConfigureAwait(false);
        if (!verbs.IsJson(parsed))
        {
            await PrintAsync(parsed, holds).ConfigureAwait(false);
        }

        if (holds.TryGetProperty("approved", out JsonElement approved)
            && LimitWords.Lower(holds.GetProperty("limits"), approved) is { Count: > 0 } lower)
        {
            await context.Error.WriteLineAsync(
                $"baltoro: warning: limits set for {organization} over all its keys still bind lower: {string.Join(", ", lower)}; "
                    + $"change them with 'baltoro limits set --org {organization}'").ConfigureAwait(false);
        }
    }

    private async Task PrintAsync(ParseResult parsed, JsonElement entry)
    {
        if (verbs.IsJson(parsed))
        {
            await context.Output.WriteLineAsync(JsonLine.Of(entry.WriteTo)).ConfigureAwait(false);
            return;
        }

        string scope = entry.GetProperty("scope").GetString() ?? "";
        string whose = scope == "organization" ? "organization" : scope.Replace('/', ' ');
        await context.Output.WriteLineAsync(
            $"set for {whose}{(scope == "organization" ? " " : " of ")}{entry.GetProperty("organization").GetString()}: "
                + LimitWords.Of(entry.GetProperty("limits"))).ConfigureAwait(false);
        if (entry.TryGetProperty("approved", out JsonElement approved) && approved.ValueKind == JsonValueKind.Object)
        {
            await context.Output.WriteLineAsync($"approved in place of its tier's: {LimitWords.Of(approved)}").ConfigureAwait(false);
        }

        await context.Output.WriteLineAsync("the limits of tier, project and key hold beside them (GET /v1/limits shows all)").ConfigureAwait(false);
    }

    private string Scope(ParseResult parsed) => (parsed.GetValue(_organization), parsed.GetValue(_project), parsed.GetValue(_key)) switch
    {
        (null, null, string key) => $"/keys/{Uri.EscapeDataString(key)}/limits",
        (string organization, null, null) => $"/organizations/{Uri.EscapeDataString(organization)}/limits",
        (string organization, string project, null) =>
            $"/organizations/{Uri.EscapeDataString(organization)}/projects/{Uri.EscapeDataString(project)}/limits",
        _ => throw new StartFailure(ExitCode.Usage, "name --key, or --org, or --org and --project"),
    };
}
