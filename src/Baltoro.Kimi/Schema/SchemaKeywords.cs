using System.Collections.Frozen;

namespace Baltoro.Kimi.Schema;

/// <summary>Keywords of JSON Schema (any draft) that the grammar does not enforce, with the reason given to the caller.</summary>
internal static class SchemaKeywords
{
    /// <summary>Assertions that are refused unless their value asserts nothing.</summary>
    public static FrozenSet<string> Refused { get; } = FrozenSet.Create(
        "not",
        "if",
        "patternProperties",
        "unevaluatedProperties",
        "unevaluatedItems",
        "dependentRequired",
        "dependentSchemas",
        "dependencies",
        "contains",
        "minContains",
        "maxContains",
        "uniqueItems",
        "additionalItems",
        "$dynamicRef",
        "$recursiveRef");

    /// <summary>String formats that are enforced (exactly, or by a subset of what the format allows).</summary>
    public static FrozenSet<string> StringFormats { get; } = FrozenSet.Create(
        "date-time", "date", "time", "uuid", "email", "ipv4", "ipv6", "uri", "hostname", "duration");

    /// <summary>Number formats of OpenAPI; int32 and int64 bound integers, the others assert nothing.</summary>
    public static FrozenSet<string> NumberFormats { get; } = FrozenSet.Create("int32", "int64", "float", "double");
}
