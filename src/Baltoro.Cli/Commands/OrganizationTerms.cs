using System.CommandLine;
using System.Text.Json;
using Baltoro.Cli.Admin;
using Baltoro.Cli.Output;
using Baltoro.Platform.Ledger;

namespace Baltoro.Cli.Commands;

/// <summary><c>baltoro orgs tier|suspend|resume</c>.</summary>
internal sealed class OrganizationTerms(CommandContext context, AdminVerbs verbs)
{
    private const string Earned = "earned";
    private readonly Argument<string> _id = new("id") { Description = "Id of the organization" };
    private readonly Option<string> _tier = new("--tier") { Description = $"Tier; '{Earned}' for the one its keys and top-ups come to", Required = true };

    public IEnumerable<Command> Build() =>
    [
        verbs.Of("tier", "Give an organization a tier of its own", [_id, _tier], (parsed, cancel) => ChangeAsync(
            parsed, json => json.WriteString("tier", parsed.GetRequiredValue(_tier)), parsed.GetRequiredValue(_tier) == Earned, cancel)),
        verbs.Of("suspend", "Refuse an organization's requests from now on", [_id], (parsed, cancel) => ChangeAsync(
            parsed, json => json.WriteBoolean("suspended", true), false, cancel)),
        verbs.Of("resume", "Take an organization's requests again", [_id], (parsed, cancel) => ChangeAsync(
            parsed, json => json.WriteBoolean("suspended", false), false, cancel)),
    ];

    private async Task ChangeAsync(ParseResult parsed, Action<Utf8JsonWriter> write, bool takesTierAway, CancellationToken cancellationToken)
    {
        string id = parsed.GetRequiredValue(_id);
        string body = JsonLine.Of(json =>
        {
            json.WriteStartObject();
            if (takesTierAway)
            {
                json.WriteNull("tier");
            }
            else
            {
                write(json);
            }

            json.WriteEndObject();
        });
        await using IAdminDesk desk = verbs.Open(parsed);
        JsonElement terms = await desk.SendAsync(
            HttpMethod.Patch, $"/organizations/{Uri.EscapeDataString(id)}/terms", body, cancellationToken).ConfigureAwait(false);
        await context.Output.WriteLineAsync(verbs.IsJson(parsed) ? JsonLine.Of(terms.WriteTo) : LineOf(id, terms)).ConfigureAwait(false);
    }

    private static string LineOf(string id, JsonElement terms)
    {
        Money credit = new(terms.GetProperty("credit_limit_nano_usd").GetInt64());
        string state = terms.TryGetProperty("suspended", out JsonElement suspended) && suspended.GetBoolean() ? "suspended" : "active";
        return $"{id}: {state}, tier {Text("tier") ?? "of its keys"}, price book {Text("price_book") ?? "of its tier"}, "
            + $"discount {Text("discount")}, credit limit ${credit}";

        string? Text(string name) => terms.TryGetProperty(name, out JsonElement value) ? value.GetString() : null;
    }
}
