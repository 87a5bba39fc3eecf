using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Baltoro.Cli.Client;
using Baltoro.Cli.Composition;
using Baltoro.Cli.Keys;
using Baltoro.Cli.Output;
using Baltoro.Platform.Identity;
using Baltoro.Platform.Limits;
using Baltoro.Platform.Tiers;
using Baltoro.Server.Hosting;

namespace Baltoro.Cli.Commands;

/// <summary><c>baltoro keys create|list|revoke|rotate</c> on the store itself, also beside a running server, or with <c>--url</c> through the admin API.</summary>
internal sealed class KeysCommand(CommandContext context)
{
    private readonly Option<string?> _data = new("--data") { Description = "Data directory" };
    private readonly AdminOptions _admin = new();
    private readonly Option<bool> _json = new("--json") { Description = "Print JSON" };
    private readonly Argument<string> _id = new("id") { Description = "Id of the key, ak-…" };
    private readonly Option<string> _name = new("--name") { Description = "Name", DefaultValueFactory = _ => "default" };
    private readonly Option<string> _tier = new("--tier") { Description = "Tier", DefaultValueFactory = _ => Tier.Free };

    private readonly Option<string?> _organization = new("--org") { Description = $"Organization; {Organization.LocalId} without it" };
    private readonly Option<string?> _anyOrganization = new("--org") { Description = "Organization; all that may be seen without it" };

    private readonly Option<long?> _rpm = new("--rpm") { Description = "Requests per minute of this key" };
    private readonly Option<long?> _tpm = new("--tpm") { Description = "Tokens per minute of this key" };
    private readonly Option<string?> _budget = new("--budget-usd") { Description = "Dollars this key may spend in all" };
    private readonly Option<bool> _isAdmin = new("--admin") { Description = "Make an admin key" };
    private readonly Option<string?> _role = new("--role") { Description = "Role of an admin key: viewer, member, admin, owner, operator (without it, where no --org is named)" };
    private readonly Option<string?> _project = new("--project") { Description = "Project of the key, pj-…" };
    private readonly Option<string?> _member = new("--member") { Description = "Member the key acts for, mb-…" };
    private readonly Option<string[]> _models = new("--model") { Description = "A model the key may use; repeat it for more" };
    private readonly Option<string[]> _networks = new("--network") { Description = "A network the key may be used from, such as 10.0.0.0/8; repeat it for more" };
    private readonly Option<string[]> _scopes = new("--scope") { Description = "A scope: inference, account, admin.read, admin.write; repeat it for more" };
    private readonly Option<int?> _expires = new("--expires-days") { Description = "Days after which the key expires" };
    private readonly Option<long> _grace = new("--grace-seconds") { Description = "How long the old secret goes on", DefaultValueFactory = _ => 0 };

    public Command Build()
    {
        Command create = new("create", "Create a key and show it once")
        {
            _name, _tier, _organization, _rpm, _tpm, _budget, _isAdmin, _role, _project, _member, _models, _networks, _scopes, _expires,
            _data, _json,
        };
        create.SetAction(CreateAsync);
        Command list = new("list", "List keys") { _anyOrganization, _data, _json };
        list.SetAction(ListAsync);
        Command revoke = new("revoke", "Revoke a key at once") { _id, _data, _json };
        revoke.SetAction(RevokeAsync);
        Command rotate = new("rotate", "Replace a key's secret and show the new key once") { _id, _grace, _data, _json };
        rotate.SetAction(RotateAsync);
        Command[] verbs = [create, list, revoke, rotate];
        foreach (Command verb in verbs)
        {
            _admin.AddTo(verb);
        }

        Command keys = new("keys", "Manage API keys");
        Array.ForEach(verbs, keys.Add);
        return keys;
    }

    private async Task<int> CreateAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        KeyOrder order = new(ReadKey(parsed), ReadLimits(parsed));
        await using IKeyDesk desk = Open(parsed, create: true);
        IssuedRow issued = await desk.CreateAsync(order, cancellationToken).ConfigureAwait(false);
        if (issued.MakesOrganization)
        {
            await context.Error.WriteLineAsync($"made the organization '{issued.Organization}'").ConfigureAwait(false);
        }

        return await PrintAsync(parsed, issued, desk.Place).ConfigureAwait(false);
    }

    private KeyRequest ReadKey(ParseResult parsed)
    {
        bool isAdmin = parsed.GetValue(_isAdmin);
        string member = parsed.GetValue(_member) ?? "";
        string? role = parsed.GetValue(_role) ?? (isAdmin && member.Length == 0 ? StandardRole(parsed) : null);
        if (NetworkList.TryParse(parsed.GetValue(_networks) ?? [], out string problem) is not { } networks)
        {
            throw new StartFailure(ExitCode.Usage, $"--network: {problem}");
        }

        string[] scopes = parsed.GetValue(_scopes) ?? [];
        return new KeyRequest
        {
            Name = parsed.GetRequiredValue(_name),
            Tier = parsed.GetRequiredValue(_tier),
            OrganizationId = parsed.GetValue(_organization) ?? Organization.LocalId,
            ProjectId = parsed.GetValue(_project) ?? "",
            MemberId = member,
            Kind = isAdmin ? KeyKind.Admin : KeyKind.Api,
            Role = role is null
                ? Role.None
                : RoleNames.Parse(role) ?? throw new StartFailure(
                    ExitCode.Usage, $"--role must be operator, {string.Join(", ", RoleNames.OfMembers)}, found '{role}'"),
            Scopes = scopes.Length == 0
                ? null
                : KeyScopeNames.Parse(scopes) ?? throw new StartFailure(
                    ExitCode.Usage, $"--scope must be one of {string.Join(", ", KeyScopeNames.All)}, found '{string.Join(", ", scopes)}'"),
            Models = parsed.GetValue(_models) ?? [],
            Networks = networks,
            ExpiresAt = parsed.GetValue(_expires) is { } days ? ReadExpiry(days) : null,
        };
    }

    /// <summary>Without an organization the key is the operator's of the installation; whoever gets one of an organization is told apart by name only.</summary>
    private string StandardRole(ParseResult parsed) => parsed.GetValue(_organization) is null
        ? RoleNames.Of(Role.Operator)
        : throw new StartFailure(
            ExitCode.Usage,
            $"--role is needed for an admin key of an organization: {string.Join(", ", RoleNames.OfMembers)}; or --member, whose role it has");

    private DateTimeOffset ReadExpiry(int days) => days is > 0 and <= 36_500
        ? context.Services.Clock.GetUtcNow().AddDays(days)
        : throw new StartFailure(ExitCode.Usage, $"--expires-days must be from 1 to 36500, found {days}");

    private LimitSet ReadLimits(ParseResult parsed)
    {
        LimitSet limits = new()
        {
            RequestsPerMinute = parsed.GetValue(_rpm),
            TokensPerMinute = parsed.GetValue(_tpm),
            Budget = parsed.GetValue(_budget) is { } budget ? AccountOptions.ReadAmount("--budget-usd", budget) : null,
        };
        return limits.Problem() is { } problem ? throw new StartFailure(ExitCode.Usage, problem) : limits;
    }

    private async Task<int> RotateAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        await using IKeyDesk desk = Open(parsed);
        long seconds = parsed.GetRequiredValue(_grace);
        if (seconds < 0 || seconds > KeyService.MostGrace.TotalSeconds)
        {
            throw new StartFailure(ExitCode.Usage, $"--grace-seconds must be from 0 to {KeyService.MostGrace.TotalSeconds:0}, found {seconds}");
        }

        IssuedRow issued = await desk.RotateAsync(
            parsed.GetRequiredValue(_id), TimeSpan.FromSeconds(seconds), cancellationToken).ConfigureAwait(false);
        return await PrintAsync(parsed, issued, desk.Place).ConfigureAwait(false);
    }

    private async Task<int> RevokeAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        string id = parsed.GetRequiredValue(_id);
        await using IKeyDesk desk = Open(parsed);
        await desk.RevokeAsync(id, cancellationToken).ConfigureAwait(false);
        string line = parsed.GetValue(_json)
            ? JsonLine.Of(json =>
            {
                json.WriteStartObject();
                json.WriteString("id", id);
                json.WriteBoolean("revoked", true);
                json.WriteEndObject();
            })
            : $"revoked {id}";
        await context.Output.WriteLineAsync(line).ConfigureAwait(false);
        return (int)ExitCode.Success;
    }

    private async Task<int> ListAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        await using IKeyDesk desk = Open(parsed);
        IReadOnlyList<KeyRow> keys = await desk.ListAsync(parsed.GetValue(_anyOrganization), cancellationToken).ConfigureAwait(false);
        if (parsed.GetValue(_json))
        {
            await context.Output.WriteLineAsync(JsonLine.Of(json => WriteList(json, keys))).ConfigureAwait(false);
            return (int)ExitCode.Success;
        }

        DateTimeOffset now = context.Services.Clock.GetUtcNow();
        await TextTable.WriteAsync(
            context.Output, ["id", "key", "name", "organization", "kind", "role", "project", "tier", "created", "expires", "state"],
            keys.Select(key => CellsOf(key, now))).ConfigureAwait(false);
        return (int)ExitCode.Success;
    }

    /// <summary>An admin key has a role and no tier; one without a role of its own has its member's.</summary>
    private static string[] CellsOf(KeyRow key, DateTimeOffset now)
    {
        string role = key.Role.Length > 0 ? key.Role : key.IsAdmin ? "of its member" : "";
        string state = !key.IsActive ? "revoked" : key.ExpiresAt <= now ? "expired" : "active";
        return
        [
            key.Id, key.Hint, key.Name, key.Organization, key.IsAdmin ? "admin" : "api", role, key.Project, key.IsAdmin ? "" : key.Tier,
            DayOf(key.CreatedAt), key.ExpiresAt is { } end ? DayOf(end) : "", state,
        ];
    }

    private static string DayOf(DateTimeOffset moment) => moment.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private IKeyDesk Open(ParseResult parsed, bool create = false) => _admin.Find(context, parsed, _data) is { } client
        ? new RemoteKeyDesk(client)
        : new LocalKeyDesk(AccountOptions.Open(context, parsed, _data, create));

    private async Task<int> PrintAsync(ParseResult parsed, IssuedRow issued, string place)
    {
        string line = parsed.GetValue(_json)
            ? JsonLine.Of(json => WriteIssued(json, issued))
            : $"{issued.Text}\nid {issued.Id}, organization {issued.Organization}, tier {issued.Tier}; the key is shown only now\n{place}";
        await context.Output.WriteLineAsync(line).ConfigureAwait(false);
        return (int)ExitCode.Success;
    }

    private static void WriteIssued(Utf8JsonWriter json, IssuedRow issued)
    {
        json.WriteStartObject();
        json.WriteString("id", issued.Id);
        json.WriteString("key", issued.Text);
        json.WriteString("organization", issued.Organization);
        json.WriteString("tier", issued.Tier);
        json.WriteEndObject();
    }

    private static void WriteList(Utf8JsonWriter json, IReadOnlyList<KeyRow> keys)
    {
        json.WriteStartArray();
        foreach (KeyRow key in keys)
        {
            json.WriteStartObject();
            json.WriteString("id", key.Id);
            json.WriteString("hint", key.Hint);
            json.WriteString("name", key.Name);
            json.WriteString("organization", key.Organization);
            json.WriteString("tier", key.Tier);
            json.WriteString("created_at", key.CreatedAt);
            json.WriteBoolean("active", key.IsActive);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
