using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Baltoro.Cli.Composition;
using Baltoro.Cli.Output;
using Baltoro.Platform.Identity;
using Baltoro.Platform.Limits;
using Baltoro.Platform.Tiers;
using Baltoro.Server.Hosting;
using Spectre.Console;

namespace Baltoro.Cli.Commands;

/// <summary><c>baltoro keys create|list|revoke|rotate</c> on the store itself, also beside a running server.</summary>
internal sealed class KeysCommand(CommandContext context)
{
    /// <summary>Room for every column: an id that is broken over two lines can neither be copied nor searched for.</summary>
    private const int MaxLineChars = 400;

    private const string Actor = "command line";
    private readonly Option<string?> _data = new("--data") { Description = "Data directory" };
    private readonly Option<bool> _json = new("--json") { Description = "Print JSON" };
    private readonly Argument<string> _id = new("id") { Description = "Id of the key, ak-…" };
    private readonly Option<string> _name = new("--name") { Description = "Name", DefaultValueFactory = _ => "default" };
    private readonly Option<string> _tier = new("--tier") { Description = "Tier", DefaultValueFactory = _ => Tier.Free };

    private readonly Option<string> _organization =
        new("--org") { Description = "Organization", DefaultValueFactory = _ => Organization.LocalId };

    private readonly Option<long?> _rpm = new("--rpm") { Description = "Requests per minute of this key" };
    private readonly Option<long?> _tpm = new("--tpm") { Description = "Tokens per minute of this key" };
    private readonly Option<string?> _budget = new("--budget-usd") { Description = "Dollars this key may spend in all" };

    public Command Build()
    {
        Command create = new("create", "Create a key and show it once")
        {
            _name, _tier, _organization, _rpm, _tpm, _budget, _data, _json,
        };
        create.SetAction(CreateAsync);
        Command list = new("list", "List keys") { _data, _json };
        list.SetAction(ListAsync);
        Command revoke = new("revoke", "Revoke a key at once") { _id, _data, _json };
        revoke.SetAction(RevokeAsync);
        Command rotate = new("rotate", "Replace a key's secret and show the new key once") { _id, _data, _json };
        rotate.SetAction(RotateAsync);
        return new Command("keys", "Manage API keys") { create, list, revoke, rotate };
    }

    private async Task<int> CreateAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        KeyRequest request = new()
        {
            Name = parsed.GetRequiredValue(_name),
            Tier = parsed.GetRequiredValue(_tier),
            OrganizationId = parsed.GetRequiredValue(_organization),
        };
        LimitSet limits = ReadLimits(parsed);
        await using AccountBooks books = Open(parsed);
        KeyResult result = await books.Keys.CreateAsync(request, cancellationToken).ConfigureAwait(false);
        if (result.Issued is { } issued && !limits.IsEmpty)
        {
            // Nobody has the key yet: it is shown only after its limits hold.
            await books.Accounts.SetLimitsAsync(
                issued.Key.OrganizationId, ScopeName.OfKey(issued.Key.Id), limits, Actor, cancellationToken).ConfigureAwait(false);
        }

        return await PrintAsync(parsed, result).ConfigureAwait(false);
    }

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
        await using AccountBooks books = Open(parsed);
        KeyResult result = await books.Keys.RotateAsync(parsed.GetRequiredValue(_id), cancellationToken).ConfigureAwait(false);
        return await PrintAsync(parsed, result).ConfigureAwait(false);
    }

    private async Task<int> RevokeAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        string id = parsed.GetRequiredValue(_id);
        await using AccountBooks books = Open(parsed);
        KeyProblem problem = await books.Keys.RevokeAsync(id, cancellationToken).ConfigureAwait(false);
        if (problem != KeyProblem.None)
        {
            return await context.FailAsync(ExitCode.Failure, $"no key has the id '{id}'").ConfigureAwait(false);
        }

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
        await using AccountBooks books = Open(parsed);
        IReadOnlyList<ApiKey> keys = await books.Keys.ListAsync(cancellationToken).ConfigureAwait(false);
        if (parsed.GetValue(_json))
        {
            await context.Output.WriteLineAsync(JsonLine.Of(json => WriteList(json, keys))).ConfigureAwait(false);
            return (int)ExitCode.Success;
        }

        Table table = new Table().Border(TableBorder.Minimal).AddColumns("id", "key", "name", "organization", "tier", "created", "state");
        foreach (ApiKey key in keys)
        {
            string created = key.CreatedAt.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
            string[] cells = [key.Id, key.Hint, key.Name, key.OrganizationId, key.Tier, created, key.IsActive ? "active" : "revoked"];
            table.AddRow([.. cells.Select(cell => new Text(cell))]);
        }

        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(context.Output) });
        console.Profile.Width = MaxLineChars;
        console.Write(table);
        return (int)ExitCode.Success;
    }

    private AccountBooks Open(ParseResult parsed) => AccountOptions.Open(context, parsed, _data);

    private async Task<int> PrintAsync(ParseResult parsed, KeyResult result)
    {
        if (result.Issued is not { } issued)
        {
            ExitCode code = result.Problem is KeyProblem.BadName or KeyProblem.BadOrganization or KeyProblem.UnknownTier
                ? ExitCode.Usage
                : ExitCode.Failure;
            return await context.FailAsync(code, result.Message).ConfigureAwait(false);
        }

        string line = parsed.GetValue(_json)
            ? JsonLine.Of(json => WriteIssued(json, issued))
            : $"{issued.Text}\nid {issued.Key.Id}, organization {issued.Key.OrganizationId}, tier {issued.Key.Tier}; "
                + "the key is shown only now";
        await context.Output.WriteLineAsync(line).ConfigureAwait(false);
        return (int)ExitCode.Success;
    }

    private static void WriteIssued(Utf8JsonWriter json, IssuedKey issued)
    {
        json.WriteStartObject();
        json.WriteString("id", issued.Key.Id);
        json.WriteString("key", issued.Text);
        json.WriteString("organization", issued.Key.OrganizationId);
        json.WriteString("tier", issued.Key.Tier);
        json.WriteEndObject();
    }

    private static void WriteList(Utf8JsonWriter json, IReadOnlyList<ApiKey> keys)
    {
        json.WriteStartArray();
        foreach (ApiKey key in keys)
        {
            json.WriteStartObject();
            json.WriteString("id", key.Id);
            json.WriteString("hint", key.Hint);
            json.WriteString("name", key.Name);
            json.WriteString("organization", key.OrganizationId);
            json.WriteString("tier", key.Tier);
            json.WriteString("created_at", key.CreatedAt);
            json.WriteBoolean("active", key.IsActive);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
