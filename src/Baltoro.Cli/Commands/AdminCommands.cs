using System.CommandLine;
using System.Text.Json;

namespace Baltoro.Cli.Commands;

/// <summary><c>baltoro orgs|projects|members|limits|audit</c> on the store itself, also beside a running server, or with <c>--url</c> through the admin API.</summary>
internal sealed class AdminCommands
{
    private readonly AdminVerbs _verbs;
    private readonly OrganizationTerms _terms;
    private readonly LimitsCommand _limits;
    private readonly Option<string> _organization = new("--org") { Description = "Organization", Required = true };
    private readonly Option<string?> _anyOrganization = new("--org") { Description = "Organization; all that may be seen without it" };
    private readonly Option<string> _name = new("--name") { Description = "Name", Required = true };
    private readonly Option<string> _email = new("--email") { Description = "Address", Required = true };
    private readonly Option<string> _role = new("--role") { Description = "viewer, member, admin or owner", Required = true };
    private readonly Argument<string> _id = new("id") { Description = "Id" };

    public AdminCommands(CommandContext context)
    {
        _verbs = new AdminVerbs(context);
        _terms = new OrganizationTerms(context, _verbs);
        _limits = new LimitsCommand(context, _verbs);
    }

    public IEnumerable<Command> Build() =>
    [
        Orgs(),
        new Command("projects", "Projects of an organization")
        {
            _verbs.List("list", "List projects", parsed => $"{Organization(parsed)}/projects", ["id", "name", "archived_at"], _organization),
            _verbs.Send("create", "Make a project", HttpMethod.Post, parsed => $"{Organization(parsed)}/projects",
                (parsed, json) => Write(json, ("name", parsed.GetRequiredValue(_name))), _organization, _name),
            _verbs.Send("archive", "Refuse a project's keys from now on", HttpMethod.Patch, parsed => $"{Organization(parsed)}/projects/{Id(parsed)}",
                (_, json) => WriteFlag(json, "archived"), _id, _organization),
        },
        new Command("members", "Members of an organization")
        {
            _verbs.List("list", "List members", parsed => $"{Organization(parsed)}/members", ["id", "email", "name", "role"], _organization),
            _verbs.Send("add", "Add a member", HttpMethod.Post, parsed => $"{Organization(parsed)}/members",
                (parsed, json) => Write(json, ("email", parsed.GetRequiredValue(_email)), ("role", parsed.GetRequiredValue(_role))),
                _organization, _email, _role),
            _verbs.Send("role", "Give a member another role", HttpMethod.Patch, parsed => $"{Organization(parsed)}/members/{Id(parsed)}",
                (parsed, json) => Write(json, ("role", parsed.GetRequiredValue(_role))), _id, _organization, _role),
            _verbs.Send("remove", "Remove a member and revoke its keys", HttpMethod.Delete, parsed => $"{Organization(parsed)}/members/{Id(parsed)}",
                null, _id, _organization),
        },
        _limits.Build(),
        _verbs.List("audit", "Who changed what, newest first", parsed => $"/audit{Filter(parsed)}",
            ["created_at", "actor", "action", "organization", "subject", "detail"], _anyOrganization),
    ];

    private Command Orgs()
    {
        Command orgs = new("orgs", "Organizations")
        {
            _verbs.List("list", "List organizations", _ => AdminVerbs.Organizations, ["id", "name"]),
            _verbs.Send("create", "Make an organization", HttpMethod.Post, _ => AdminVerbs.Organizations,
                (parsed, json) => Write(json, ("id", parsed.GetRequiredValue(_id)), ("name", parsed.GetRequiredValue(_name))), _id, _name),
        };
        foreach (Command verb in _terms.Build())
        {
            orgs.Add(verb);
        }

        return orgs;
    }

    private string Organization(ParseResult parsed) => $"/organizations/{Uri.EscapeDataString(parsed.GetRequiredValue(_organization))}";

    private string Id(ParseResult parsed) => Uri.EscapeDataString(parsed.GetRequiredValue(_id));

    private string Filter(ParseResult parsed) =>
        parsed.GetValue(_anyOrganization) is { } organization ? $"?organization={Uri.EscapeDataString(organization)}" : "";

    private static void Write(Utf8JsonWriter json, params (string Name, string Value)[] members)
    {
        json.WriteStartObject();
        foreach ((string name, string value) in members)
        {
            json.WriteString(name, value);
        }

        json.WriteEndObject();
    }

    private static void WriteFlag(Utf8JsonWriter json, string name)
    {
        json.WriteStartObject();
        json.WriteBoolean(name, true);
        json.WriteEndObject();
    }
}
