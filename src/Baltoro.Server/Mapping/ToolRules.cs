using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Baltoro.Kimi.Cards;
using Baltoro.Kimi.Conversation;
using Baltoro.Kimi.Schema;
using Baltoro.Protocol.Chat;
using Baltoro.Protocol.Errors;
using Baltoro.Protocol.Json;

namespace Baltoro.Server.Mapping;

/// <summary>
/// Declared tools: number, names, and schemas whose root is an object. The platform profile has the platform's name
/// pattern, its schema dialect and strict by default; the seed profile has OpenAI's pattern, and a tool that does not say
/// is strict where its schema can be enforced.
/// </summary>
internal static partial class ToolRules
{
    private const int MaxTools = 128;
    private const string PlatformPattern = "^[a-zA-Z_][a-zA-Z0-9-_]{2,63}$";
    private const string SeedPattern = "^[a-zA-Z0-9_-]{1,64}$";

    public static WireError? TryMap(IReadOnlyList<WireTool> wire, CardProfile profile, out IReadOnlyList<ToolDefinition> tools)
    {
        tools = [];
        if (wire.Count > MaxTools)
        {
            string field = wire[0].Path[..wire[0].Path.IndexOf('[', StringComparison.Ordinal)];
            return WireError.Field(field, string.Create(CultureInfo.InvariantCulture, $"must have at most {MaxTools} entries, found {wire.Count}"));
        }

        HashSet<string> names = new(StringComparer.Ordinal);
        List<ToolDefinition> mapped = [];
        foreach (WireTool tool in wire)
        {
            if ((CheckName(tool, profile) ?? CheckParameters(tool, profile)) is { } error)
            {
                return error;
            }

            if (!names.Add(tool.Name))
            {
                return WireError.Exact($"function name {tool.Name} is duplicated", $"{tool.FunctionPath}.name");
            }

            mapped.Add(new ToolDefinition(tool.Name, tool.Description, tool.Parameters, tool.Strict ?? true)
            {
                MayRelax = tool.Strict is null && profile == CardProfile.Seed,
                Field = tool.FunctionPath,
            });
        }

        tools = mapped;
        return null;
    }

    private static WireError? CheckName(WireTool tool, CardProfile profile)
    {
        if (tool.Type == "builtin_function")
        {
            return WireError.Field(
                $"{tool.Path}.type", $"'builtin_function' is not supported by this server (function '{JsonDescription.Cut(tool.Name)}'); declare a function of your own");
        }

        (Regex pattern, string text) = profile switch
        {
            CardProfile.Platform => (PlatformName(), PlatformPattern),
            CardProfile.Seed => (SeedName(), SeedPattern),
            _ => throw new InvalidOperationException($"unknown profile {profile}"),
        };
        return pattern.IsMatch(tool.Name)
            ? null
            : WireError.Field($"{tool.FunctionPath}.name", $"must match {text}, found '{JsonDescription.Cut(tool.Name)}'");
    }

    private static WireError? CheckParameters(WireTool tool, CardProfile profile)
    {
        string path = $"{tool.FunctionPath}.parameters";
        if (tool.Parameters is not { } schema)
        {
            return profile == CardProfile.Platform && tool.Type != "builtin_function" ? NoObject(path) : null;
        }

        if (schema.ValueKind != JsonValueKind.Object)
        {
            return WireError.Field(path, $"must be an object, found {JsonDescription.Of(schema)}");
        }

        bool hasType = schema.TryGetProperty("type", out JsonElement type);
        bool isObject = hasType ? type.ValueKind == JsonValueKind.String && type.ValueEquals("object"u8) : profile == CardProfile.Seed;
        return isObject ? CheckDialect(tool, schema, profile) : NoObject(path);
    }

    /// <summary>The platform checks strict schemas against its own subset of JSON Schema, in its own words.</summary>
    private static WireError? CheckDialect(WireTool tool, JsonElement schema, CardProfile profile) =>
        profile == CardProfile.Platform && tool.Strict is not false && MfjsValidator.Check(schema) is { } broken
            ? WireError.Exact(
                $"Invalid request: tools.function.parameters is not a valid moonshot flavored json schema, details: <{broken}>",
                $"{tool.FunctionPath}.parameters")
            : null;

    private static WireError NoObject(string path) =>
        WireError.Exact("Invalid request: tools.function.parameters.type is required and must be \"object\"", $"{path}.type");

    [GeneratedRegex(PlatformPattern, RegexOptions.CultureInvariant)]
    private static partial Regex PlatformName();

    [GeneratedRegex(SeedPattern, RegexOptions.CultureInvariant)]
    private static partial Regex SeedName();
}
