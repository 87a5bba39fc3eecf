using System.Text.Json;
using Baltoro.Protocol.Chat;
using Baltoro.Protocol.Errors;
using Baltoro.Protocol.Json;

namespace Baltoro.Server.Mapping;

/// <summary>Fields whose feature this version does not have. They are refused, never ignored; harmless values pass.</summary>
internal static class LaterFields
{
    public static WireError? Refuse(ChatCompletionRequest wire)
    {
        if (wire.Tools is { } tools)
        {
            return WireError.Field("tools", $"is not supported by this server yet; omit it or send [], found {JsonDescription.Of(tools)}");
        }

        if (wire.ToolChoice is { } choice && !IsHarmless(choice))
        {
            return WireError.Field("tool_choice", $"must be 'auto' or 'none' without tools, found {JsonDescription.Of(choice)}");
        }

        if (wire.ResponseFormatType is not (null or "text"))
        {
            return WireError.Field(
                "response_format.type",
                "must be 'text', other formats are not supported by this server yet; "
                + $"found '{JsonDescription.Cut(wire.ResponseFormatType)}'");
        }

        return wire.LegacyFunctionField is { } legacy ? WireError.Field(legacy, "is not supported; omit it") : null;
    }

    private static bool IsHarmless(JsonElement choice) =>
        choice.ValueKind == JsonValueKind.String && (choice.ValueEquals("auto"u8) || choice.ValueEquals("none"u8));
}
