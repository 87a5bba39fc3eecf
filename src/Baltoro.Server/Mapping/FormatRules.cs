using System.Text.Json;
using System.Text.RegularExpressions;
using Baltoro.Kimi.Cards;
using Baltoro.Kimi.Conversation;
using Baltoro.Kimi.Schema;
using Baltoro.Protocol.Chat;
using Baltoro.Protocol.Errors;
using Baltoro.Protocol.Json;

namespace Baltoro.Server.Mapping;

/// <summary><c>response_format</c>. A schema is strict unless it says otherwise.</summary>
internal static partial class FormatRules
{
    private const string Block = "response_format.json_schema";
    private const string NamePattern = "^[a-zA-Z0-9_-]{1,64}$";

    public static WireError? TryMap(WireResponseFormat? wire, CardProfile profile, out ResponseFormat format)
    {
        format = ResponseFormat.FreeText;
        switch (wire?.Type)
        {
            case null or "text":
                return null;
            case "json_object":
                format = new ResponseFormat.JsonObject();
                return null;
            case "json_schema":
                return TryMapSchema(wire, profile, ref format);
            default:
                return WireError.Field(
                    "response_format.type", $"must be 'text', 'json_object' or 'json_schema', found '{JsonDescription.Cut(wire.Type)}'");
        }
    }

    private static WireError? TryMapSchema(WireResponseFormat wire, CardProfile profile, ref ResponseFormat format)
    {
        if (!wire.HasSchemaBlock)
        {
            return WireError.Field(Block, "is required when type is 'json_schema' and must be an object");
        }

        if (wire.Name is null)
        {
            return WireError.Field($"{Block}.name", "is required and must be a string");
        }

        if (!Name().IsMatch(wire.Name))
        {
            return WireError.Field($"{Block}.name", $"must match {NamePattern}, found '{JsonDescription.Cut(wire.Name)}'");
        }

        if (wire.Schema is not { } schema)
        {
            return WireError.Field($"{Block}.schema", "is required and must be an object");
        }

        if (schema.ValueKind != JsonValueKind.Object)
        {
            return WireError.Field($"{Block}.schema", $"must be an object, found {JsonDescription.Of(schema)}");
        }

        bool isStrict = wire.Strict ?? true;
        if (profile == CardProfile.Platform && isStrict && MfjsValidator.Check(schema) is { } broken)
        {
            return WireError.Exact(
                $"Invalid request: response_format.json_schema is not a valid moonshot flavored json schema, details: <{broken}>",
                $"{Block}.schema");
        }

        format = new ResponseFormat.JsonSchema(wire.Name, schema, isStrict);
        return null;
    }

    [GeneratedRegex(NamePattern, RegexOptions.CultureInvariant)]
    private static partial Regex Name();
}
