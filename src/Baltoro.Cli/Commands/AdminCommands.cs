using System.CommandLine;
using System.Text.Json;
using Baltoro.Cli.Admin;
using Baltoro.Cli.Output;
using Baltoro.Platform.Limits;
using Baltoro.Server.Hosting;
using Spectre.Console;

namespace Baltoro.Cli.Commands;

/// <summary><c>baltoro orgs|projects|members|limits|audit</c> on the store itself, also beside a running server, or with <c>--url</c> through the admin API.</summary>
internal sealed class AdminCommands(CommandContext context)
{
    private const int MaxLineChars = 400;
    private const string Organizations = "/organizations";
    private readonly AdminOptions _admin = new();
    private readonly Option<string?> _data = AccountOptions.Data();
    private readonly Option<bool> _json = new("--json") { Description = "Print JSON" };
    private readonly Option<string> _organization = new("--org") { Description = "Organization", Required = true };
    private readonly Option<string?> _anyOrganization = new("--org") { Description = "Organization; all that the key may see without it" };
    private readonly Option<string> _name = new("--name") { Description = "Name", Required = true };
    private readonly Option<string> _email = new("--email") { Description = "Address", Required = true };
    private readonly Option<string> _role = new("--role") { Description = "viewer, member, admin or owner", Required = true };
    private readonly Argument<string> _id = new("id") { Description = "Id" };
    private readonly Option<string?> _project = new("--project") { Description = "Project, pj-…" };
    private readonly Option<string?> _key = new("--key") { Description = "Key, ak-…" };
    private readonly Option<int?> _concurrency = new("--concurrency") { Description = "Requests at once" };
    private readonly Option<long?> _rpm = new("--rpm") { Description = "Requests per minute" };
    private readonly Option<long?> _tpm = new("--tpm") { Description = "Tokens per minute" };
    private readonly Option<long?> _tpd = new("--tpd") { Description = "Tokens per UTC day" };
    private readonly Option<string?> _budget = new("--budget-usd") { Description = "Dollars in all" };

    public IEnumerable<Command> Build() =>
    [
        new Command("orgs", "Organizations")
        {
            Verb("list", "List organizations", (_, _) => Organizations, ["id", "name"]),
            Verb("create", "Make an organization", HttpMethod.Post, _ => Organizations,
                (parsed, json) => Write(json, ("id", parsed.GetRequiredValue(_id)), ("name", parsed.GetRequiredValue(_name))), _id, _name),
        },
        new Command("projects", "Projects of an organization")
        {
            Verb("list", "List projects", (parsed, _) => $"{Organization(parsed)}/projects", ["id", "name", "archived_at"], _organization),
            Verb("create", "Make a project", HttpMethod.Post, parsed => $"{Organization(parsed)}/projects",
                (parsed, json) => Write(json, ("name", parsed.GetRequiredValue(_name))), _organization, _name),
            Verb("archive", "Refuse a project's keys from now on", HttpMethod.Patch, parsed => $"{Organization(parsed)}/projects/{Id(parsed)}",
                (_, json) => WriteFlag(json, "archived"), _id, _organization),
        },
        new Command("members", "Members of an organization")
        {
            Verb("list", "List members", (parsed, _) => $"{Organization(parsed)}/members", ["id", "email", "name", "role"], _organization),
            Verb("add", "Add a member", HttpMethod.Post, parsed => $"{Organization(parsed)}/members",
                (parsed, json) => Write(json, ("email", parsed.GetRequiredValue(_email)), ("role", parsed.GetRequiredValue(_role))),
                _organization, _email, _role),
            Verb("role", "Give a member another role", HttpMethod.Patch, parsed => $"{Organization(parsed)}/members/{Id(parsed)}",
                (parsed, json) => Write(json, ("role", parsed.GetRequiredValue(_role))), _id, _organization, _role),
            Verb("remove", "Remove a member and revoke its keys", HttpMethod.Delete, parsed => $"{Organization(parsed)}/members/{Id(parsed)}",
                null, _id, _organization),
        },
        new Command("limits", "Limits and requests for other ones")
        {
            Verb("show", "Show what is set for an organization, a project or a key", HttpMethod.Get, Scope, null, _anyOrganization, _project, _key),
            Verb("set", "Set the limits of an organization, a project or a key; what is not named is not limited", HttpMethod.Put, Scope,
                (parsed, json) => LimitsJson.Write(json, null, ReadLimits(parsed)),
                _anyOrganization, _project, _key, _concurrency, _rpm, _tpm, _tpd, _budget),
            Verb("requests", "List requests for other limits", (parsed, _) => $"/limits/requests{Filter(parsed)}",
                ["id", "organization", "requested_by", "state", "reason"], _anyOrganization),
            Verb("approve", "Approve a request; effective at once", HttpMethod.Post, parsed => $"/limits/requests/{Id(parsed)}/approve", null, _id),
            Verb("deny", "Deny a request", HttpMethod.Post, parsed => $"/limits/requests/{Id(parsed)}/deny", null, _id),
        },
        Verb("audit", "Who changed what, newest first", (parsed, _) => $"/audit{Filter(parsed)}",
            ["created_at", "actor", "action", "organization", "subject", "detail"], _anyOrganization),
    ];

    /// <summary>A verb that shows a list.</summary>
    private Command Verb(string name, string description, Func<ParseResult, string, string> path, string[] columns, params Symbol[] symbols)
    {
        Command verb = New(name, description, symbols);
        verb.SetAction(async (parsed, cancellationToken) =>
        {
            string where = path(parsed, name);
            await using IAdminDesk desk = Open(parsed, create: false);
            IReadOnlyList<JsonElement> entries = await desk.ListAsync(where, cancellationToken).ConfigureAwait(false);
            if (parsed.GetValue(_json))
            {
                await context.Output.WriteLineAsync(JsonLine.Of(json => WriteAll(json, entries))).ConfigureAwait(false);
            }
            else
            {
                Print(entries, columns);
            }

            return (int)ExitCode.Success;
        });
        return verb;
    }

    /// <summary>A verb that sends one request and shows its answer.</summary>
    private Command Verb(
        string name, string description, HttpMethod method, Func<ParseResult, string> path, Action<ParseResult, Utf8JsonWriter>? body,
        params Symbol[] symbols)
    {
        Command verb = New(name, description, symbols);
        verb.SetAction(async (parsed, cancellationToken) =>
        {
            string? text = body is null ? null : JsonLine.Of(json => body(parsed, json));
            string where = path(parsed);
            await using IAdminDesk desk = Open(parsed, create: where == Organizations);
            JsonElement answer = await desk.SendAsync(method, where, text, cancellationToken).ConfigureAwait(false);
            await context.Output.WriteLineAsync(JsonLine.Of(answer.WriteTo, indented: !parsed.GetValue(_json))).ConfigureAwait(false);
            return (int)ExitCode.Success;
        });
        return verb;
    }

    private Command New(string name, string description, Symbol[] symbols)
    {
        Command verb = new(name, description) { _json };
        foreach (Symbol symbol in symbols)
        {
            if (symbol is Argument argument)
            {
                verb.Add(argument);
            }
            else if (symbol is Option option)
            {
                verb.Add(option);
            }
        }

        verb.Add(_data);
        _admin.AddTo(verb);
        return verb;
    }

    /// <summary>The first organization may be made before there is a data directory.</summary>
    private IAdminDesk Open(ParseResult parsed, bool create) =>
        _admin.Find(context, parsed) is { } client ? client : new LocalAdminDesk(AccountOptions.Open(context, parsed, _data, create));

    private string Organization(ParseResult parsed) => $"/organizations/{Uri.EscapeDataString(parsed.GetRequiredValue(_organization))}";

    private string Id(ParseResult parsed) => Uri.EscapeDataString(parsed.GetRequiredValue(_id));

    private string Filter(ParseResult parsed) =>
        parsed.GetValue(_anyOrganization) is { } organization ? $"?organization={Uri.EscapeDataString(organization)}" : "";

    private string Scope(ParseResult parsed) => (parsed.GetValue(_anyOrganization), parsed.GetValue(_project), parsed.GetValue(_key)) switch
    {
        (null, null, string key) => $"/keys/{Uri.EscapeDataString(key)}/limits",
        (string organization, null, null) => $"/organizations/{Uri.EscapeDataString(organization)}/limits",
        (string organization, string project, null) =>
            $"/organizations/{Uri.EscapeDataString(organization)}/projects/{Uri.EscapeDataString(project)}/limits",
        _ => throw new StartFailure(ExitCode.Usage, "name --key, or --org, or --org and --project"),
    };

    private LimitSet ReadLimits(ParseResult parsed)
    {
        LimitSet limits = new()
        {
            Concurrency = parsed.GetValue(_concurrency),
            RequestsPerMinute = parsed.GetValue(_rpm),
            TokensPerMinute = parsed.GetValue(_tpm),
            TokensPerDay = parsed.GetValue(_tpd),
            Budget = parsed.GetValue(_budget) is { } budget ? AccountOptions.ReadAmount("--budget-usd", budget) : null,
        };
        return limits.Problem() is { } problem ? throw new StartFailure(ExitCode.Usage, problem) : limits;
    }

    private void Print(IReadOnlyList<JsonElement> entries, string[] columns)
    {
        Table table = new Table().Border(TableBorder.Minimal).AddColumns(columns);
        foreach (JsonElement entry in entries)
        {
            table.AddRow([.. columns.Select(column => new Text(entry.TryGetProperty(column, out JsonElement value) ? Cell(column, value) : ""))]);
        }

        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(context.Output) });
        console.Profile.Width = MaxLineChars;
        console.Write(table);
    }

    private static string Cell(string column, JsonElement value) => column.EndsWith("_at", StringComparison.Ordinal)
        ? DateTimeOffset.FromUnixTimeSeconds(value.GetInt64()).ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture)
        : value.ToString();

    private static void WriteAll(Utf8JsonWriter json, IReadOnlyList<JsonElement> entries)
    {
        json.WriteStartArray();
        foreach (JsonElement entry in entries)
        {
            entry.WriteTo(json);
        }

        json.WriteEndArray();
    }

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
