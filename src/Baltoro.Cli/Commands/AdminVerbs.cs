using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Baltoro.Cli.Admin;
using Baltoro.Cli.Output;
using Baltoro.Server.Hosting;

namespace Baltoro.Cli.Commands;

/// <summary>Makes verbs that work on the store itself, also beside a running server, or with <c>--url</c> through the admin API.</summary>
internal sealed class AdminVerbs(CommandContext context)
{
    /// <summary>The list that may be added to before there is a data directory.</summary>
    public const string Organizations = "/organizations";

    private readonly AdminOptions _admin = new();
    private readonly Option<string?> _data = AccountOptions.Data();
    private readonly Option<bool> _json = new("--json") { Description = "Print JSON" };

    /// <summary>A verb that shows a list.</summary>
    public Command List(string name, string description, Func<ParseResult, string> path, string[] columns, params Symbol[] symbols) =>
        Of(name, description, symbols, async (parsed, cancellationToken) =>
        {
            string where = path(parsed);
            await using IAdminDesk desk = Open(parsed);
            IReadOnlyList<JsonElement> entries = await desk.ListAsync(where, cancellationToken).ConfigureAwait(false);
            if (IsJson(parsed))
            {
                await context.Output.WriteLineAsync(JsonLine.Of(json => WriteAll(json, entries))).ConfigureAwait(false);
            }
            else
            {
                await TextTable.WriteAsync(context.Output, columns, entries.Select(entry => columns.Select(column => Cell(entry, column)).ToArray()))
                    .ConfigureAwait(false);
            }
        });

    /// <summary>A verb that sends one request and shows its answer.</summary>
    public Command Send(
        string name, string description, HttpMethod method, Func<ParseResult, string> path, Action<ParseResult, Utf8JsonWriter>? body,
        params Symbol[] symbols) =>
        Of(name, description, symbols, async (parsed, cancellationToken) =>
        {
            string? text = body is null ? null : JsonLine.Of(json => body(parsed, json));
            string where = path(parsed);
            await using IAdminDesk desk = Open(parsed, create: where == Organizations);
            JsonElement answer = await desk.SendAsync(method, where, text, cancellationToken).ConfigureAwait(false);
            await context.Output.WriteLineAsync(JsonLine.Of(answer.WriteTo, indented: !IsJson(parsed))).ConfigureAwait(false);
        });

    /// <summary>A verb of any kind, with the options that all of them have.</summary>
    public Command Of(string name, string description, Symbol[] symbols, Func<ParseResult, CancellationToken, Task> runAsync)
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
        verb.SetAction(async (parsed, cancellationToken) =>
        {
            await runAsync(parsed, cancellationToken).ConfigureAwait(false);
            return (int)ExitCode.Success;
        });
        return verb;
    }

    /// <summary>The server that is named, or the store.</summary>
    public IAdminDesk Open(ParseResult parsed, bool create = false) =>
        _admin.Find(context, parsed, _data) is { } client ? client : new LocalAdminDesk(AccountOptions.Open(context, parsed, _data, create));

    public bool IsJson(ParseResult parsed) => parsed.GetValue(_json);

    /// <summary>What a column shows of an entry: words, never a name or a number of the program's own.</summary>
    private static string Cell(JsonElement entry, string column)
    {
        if (!entry.TryGetProperty(column, out JsonElement value) || value.ValueKind == JsonValueKind.Null)
        {
            return "";
        }

        return column switch
        {
            "limits" => LimitWords.Of(value),
            "action" => Words.OfAction(value.GetString() ?? ""),
            _ when column.EndsWith("_at", StringComparison.Ordinal) =>
                DateTimeOffset.FromUnixTimeSeconds(value.GetInt64()).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
            _ => Text(value),
        };
    }

    private static string Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString() ?? "",
        JsonValueKind.Object => string.Join(", ", value.EnumerateObject().Select(member => $"{member.Name} {Text(member.Value)}")),
        JsonValueKind.Array => string.Join(' ', value.EnumerateArray().Select(Text)),
        _ => value.GetRawText(),
    };

    private static void WriteAll(Utf8JsonWriter json, IReadOnlyList<JsonElement> entries)
    {
        json.WriteStartArray();
        foreach (JsonElement entry in entries)
        {
            entry.WriteTo(json);
        }

        json.WriteEndArray();
    }
}
