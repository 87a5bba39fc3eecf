using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Baltoro.Platform.Audit;
using Baltoro.Platform.Identity;
using Baltoro.Platform.Ledger;
using Baltoro.Platform.Limits;
using Baltoro.Platform.Ports;
using Baltoro.Protocol.Admin;
using Baltoro.Protocol.Errors;
using Baltoro.Protocol.Json;
using Baltoro.Server.Hosting;
using Baltoro.Storage;

namespace Baltoro.Server.Admin;

/// <summary>
/// What the command line needs of the admin API, on the store itself, also beside running servers: the same paths (behind
/// <c>/admin/v1</c>), bodies and entries. Who may open the store is an operator; the audit log calls it <c>command line</c>. Refusals are
/// <see cref="StartFailure"/>s.
/// </summary>
public sealed class StoreAdmin(PlatformStore store, IAccounts accounts, TimeProvider clock)
{
    private const string Filter = "?organization=";
    private readonly DirectoryService _directory = new(store.Identities, clock);
    private readonly LimitRequests _requests = new(store.LimitRequests, accounts, store.Audit, clock);
    private readonly Organizations _organizations = new(store.Identities);

    /// <summary>One request; answers what the API would.</summary>
    /// <exception cref="StartFailure">It is refused.</exception>
    public async Task<JsonElement> SendAsync(HttpMethod method, string path, string? body, CancellationToken cancellationToken)
    {
        using JsonDocument document = JsonDocument.Parse(body ?? "{}");
        ReadProblem problem = new();
        JsonFields fields = new(document.RootElement, "", problem);
        string[] parts = PartsOf(path);
        if (parts is ["organizations", string organization, _, ..])
        {
            await RequireAsync(organization, cancellationToken).ConfigureAwait(false);
        }

        AdminAnswer answer = await (parts switch
        {
            ["organizations", ..] and not [.., "limits"] => DirectoryAsync(method.Method, parts, fields, cancellationToken),
            ["limits", "requests", string id, string decision] => DecideAsync(id, decision == "approve", cancellationToken),
            _ => LimitsAsync(method == HttpMethod.Put, parts, fields, problem, cancellationToken),
        }).ConfigureAwait(false);
        if ((answer.Error ?? problem.First) is { } error)
        {
            throw new StartFailure(error.Code == ErrorCode.InvalidRequest ? ExitCode.Usage : ExitCode.Failure, error.Message);
        }

        using JsonDocument shown = JsonDocument.Parse(answer.Body);
        return shown.RootElement.Clone();
    }

    /// <summary>All entries of a list.</summary>
    /// <exception cref="StartFailure">Its organization is not there.</exception>
    public async Task<IReadOnlyList<JsonElement>> ListAsync(string path, CancellationToken cancellationToken)
    {
        int mark = path.IndexOf(Filter, StringComparison.Ordinal);
        string? filter = mark < 0 ? null : Uri.UnescapeDataString(path[(mark + Filter.Length)..]);
        string[] parts = PartsOf(mark < 0 ? path : path[..mark]);
        if ((filter ?? (parts is ["organizations", string named, _] ? named : null)) is { } organization)
        {
            await RequireAsync(organization, cancellationToken).ConfigureAwait(false);
        }

        IDirectoryStore identities = _directory.Store;
        return parts switch
        {
            ["organizations"] => Show(
                await identities.ListOrganizationsAsync(null, int.MaxValue, cancellationToken).ConfigureAwait(false),
                AdminEntries.Of, AdminJson.Wire.OrganizationEntry),
            ["organizations", string of, "projects"] => Show(
                await identities.ListProjectsAsync(of, null, int.MaxValue, cancellationToken).ConfigureAwait(false),
                AdminEntries.Of, AdminJson.Wire.ProjectEntry),
            ["organizations", string of, "members"] => Show(
                await identities.ListMembersAsync(of, null, int.MaxValue, cancellationToken).ConfigureAwait(false),
                AdminEntries.Of, AdminJson.Wire.MemberEntry),
            ["limits", "requests"] => Show(
                await store.LimitRequests.ListAsync(filter, cancellationToken).ConfigureAwait(false), AdminEntries.Of, AdminJson.Wire.LimitRequestEntry),
            ["audit"] => Show(
                await store.Audit.ListAsync(filter, int.MaxValue, cancellationToken).ConfigureAwait(false), AdminEntries.Of, AdminJson.Wire.AuditEntry),
            _ => throw new InvalidOperationException($"no list of the command line: {path}"),
        };
    }

    private async ValueTask RequireAsync(string organization, CancellationToken cancellationToken)
    {
        if (!await _organizations.ExistsAsync(organization, cancellationToken).ConfigureAwait(false))
        {
            throw new StartFailure(ExitCode.Failure, $"there is no organization '{organization}'");
        }
    }

    private async ValueTask<AdminAnswer> DirectoryAsync(string method, string[] parts, JsonFields fields, CancellationToken cancellationToken)
    {
        switch ((method, parts))
        {
            case ("POST", ["organizations"]):
                string id = fields.RequiredString("id");
                return AdminResults.Of(
                    await _directory.CreateOrganizationAsync(id, fields.RequiredString("name"), Actor.CommandLine, cancellationToken).ConfigureAwait(false),
                    "organization", id, made => AdminAnswer.Of(AdminEntries.Of(made), AdminJson.Wire.OrganizationEntry));
            case ("POST", [_, string of, "projects"]):
                return AdminResults.Of(
                    await _directory.CreateProjectAsync(of, fields.RequiredString("name"), Actor.CommandLine, cancellationToken).ConfigureAwait(false),
                    "organization", of, Show);
            case ("PATCH", [_, string of, "projects", string named]):
                return await _directory.Store.FindProjectAsync(of, named, cancellationToken).ConfigureAwait(false) is { } project
                    ? AdminResults.Of(
                        await _directory.UpdateProjectAsync(project, null, fields.Boolean("archived"), Actor.CommandLine, cancellationToken).ConfigureAwait(false),
                        "project", named, Show)
                    : AdminAnswer.NotFound("project", named);
            case ("PATCH", [_, string of, "terms"]):
                AccountTerms terms = AdminTerms.Change(await accounts.TermsAsync(of, cancellationToken).ConfigureAwait(false), fields);
                return await AdminTerms.SetAsync(accounts, of, terms, Actor.CommandLine, cancellationToken).ConfigureAwait(false);
            case (_, [_, string of, "members", ..]):
                return await MemberAsync(of, parts is [_, _, _, string of2] ? of2 : null, method, fields, cancellationToken).ConfigureAwait(false);
            default:
                throw new InvalidOperationException($"no verb of the command line: {method} {string.Join('/', parts)}");
        }
    }

    private async ValueTask<AdminAnswer> MemberAsync(
        string organization, string? id, string method, JsonFields fields, CancellationToken cancellationToken)
    {
        Role? role = fields.String("role") is { } name ? RoleOf(name) : null;
        if (id is null)
        {
            string email = fields.RequiredString("email");
            return AdminResults.Of(
                await _directory.CreateMemberAsync(organization, email, email, role ?? Role.Member, Actor.CommandLine, cancellationToken).ConfigureAwait(false),
                "member", email, Show);
        }

        if (await _directory.Store.FindMemberAsync(organization, id, cancellationToken).ConfigureAwait(false) is not { } member)
        {
            return AdminAnswer.NotFound("member", id);
        }

        if (method != HttpMethod.Delete.Method)
        {
            return AdminResults.Of(
                await _directory.UpdateMemberAsync(member, null, role, Actor.CommandLine, cancellationToken).ConfigureAwait(false), "member", id, Show);
        }

        ChangeCode code = await _directory.RemoveMemberAsync(member, Actor.CommandLine, cancellationToken).ConfigureAwait(false);
        return code == ChangeCode.Done
            ? AdminAnswer.Of(new RemovedEntry(id), AdminJson.Wire.RemovedEntry)
            : AdminResults.Of(code, "member", id);
    }

    private async ValueTask<AdminAnswer> LimitsAsync(
        bool sets, string[] parts, JsonFields fields, ReadProblem problem, CancellationToken cancellationToken)
    {
        (string organization, string scope) = (parts[^1] == "limits" ? parts : []) switch
        {
            ["organizations", string of, _] => (of, ScopeName.Organization),
            ["organizations", string of, "projects", string id, _] =>
                await _directory.Store.FindProjectAsync(of, id, cancellationToken).ConfigureAwait(false) is not null
                    ? (of, ScopeName.OfProject(id))
                    : throw new StartFailure(ExitCode.Failure, $"there is no project '{id}'"),
            ["keys", string id, _] => await store.Keys.FindAsync(id, cancellationToken).ConfigureAwait(false) is { } key
                ? (key.OrganizationId, ScopeName.OfKey(id))
                : throw new StartFailure(ExitCode.Failure, $"no key has the id '{id}'"),
            _ => throw new InvalidOperationException($"no verb of the command line: {string.Join('/', parts)}"),
        };
        LimitSet wanted = AdminFields.Limits(fields, problem);
        if (sets && problem.First is null)
        {
            await accounts.SetLimitsAsync(organization, scope, wanted, Actor.CommandLine, cancellationToken).ConfigureAwait(false);
        }

        LimitSet limits = await accounts.CustomLimitsAsync(organization, scope, cancellationToken).ConfigureAwait(false);
        return await AdminEntries.LimitsAsync(accounts, organization, scope, limits, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<AdminAnswer> DecideAsync(string id, bool approve, CancellationToken cancellationToken)
    {
        if (await _requests.DecideAsync(id, approve, Actor.CommandLine, cancellationToken).ConfigureAwait(false) is { } decided)
        {
            return AdminAnswer.Of(AdminEntries.Of(decided), AdminJson.Wire.LimitRequestEntry);
        }

        return await store.LimitRequests.FindAsync(id, cancellationToken).ConfigureAwait(false) is { } closed
            ? AdminAnswer.Conflict($"The request '{id}' is {AdminEntries.Of(closed).State} already")
            : AdminAnswer.NotFound("limit request", id);
    }

    private static Role RoleOf(string name) => RoleNames.OfMembers.Contains(name) && RoleNames.Parse(name) is { } role
        ? role
        : throw new StartFailure(ExitCode.Usage, $"--role must be one of {string.Join(", ", RoleNames.OfMembers)}, found '{name}'");

    private static AdminAnswer Show(Project project) => AdminAnswer.Of(AdminEntries.Of(project), AdminJson.Wire.ProjectEntry);

    private static AdminAnswer Show(Member member) => AdminAnswer.Of(AdminEntries.Of(member), AdminJson.Wire.MemberEntry);

    private static List<JsonElement> Show<T, TEntry>(IEnumerable<T> found, Func<T, TEntry> show, JsonTypeInfo<TEntry> typeInfo) =>
        [.. found.Select(item => JsonSerializer.SerializeToElement(show(item), typeInfo))];

    private static string[] PartsOf(string path) => [.. path.Split('/', StringSplitOptions.RemoveEmptyEntries).Select(Uri.UnescapeDataString)];
}
