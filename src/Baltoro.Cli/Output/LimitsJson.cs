using System.Text.Json;
using Baltoro.Platform.Limits;

namespace Baltoro.Cli.Output;

/// <summary>Limits as the admin API takes them.</summary>
internal static class LimitsJson
{
    /// <summary>Writes an object of the limits that are set, under a name or as a body of its own.</summary>
    public static void Write(Utf8JsonWriter json, string? name, LimitSet limits)
    {
        if (name is null)
        {
            json.WriteStartObject();
        }
        else
        {
            json.WriteStartObject(name);
        }

        foreach ((string member, long? value) in ((string, long?)[])
        [
            ("concurrency", limits.Concurrency), ("requests_per_minute", limits.RequestsPerMinute),
            ("tokens_per_minute", limits.TokensPerMinute), ("tokens_per_day", limits.TokensPerDay), ("budget_nano_usd", limits.Budget?.NanoUsd),
        ])
        {
            if (value is { } number)
            {
                json.WriteNumber(member, number);
            }
        }

        json.WriteEndObject();
    }
}
