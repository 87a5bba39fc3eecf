using Baltoro.Protocol.Chat;
using Baltoro.Protocol.Errors;
using Baltoro.Protocol.Json;

namespace Baltoro.Server.Mapping;

/// <summary>Fields of OpenAI's request whose feature this server does not have. They are refused by name; harmless values pass.</summary>
internal static class UnsupportedFields
{
    public static WireError? Refuse(ChatCompletionRequest wire)
    {
        if (wire.UnsupportedField is { } field)
        {
            return WireError.Field(field, "is not supported by this server; omit it");
        }

        if (wire.Store is true)
        {
            return WireError.Field("store", "must be false: this server does not keep completions");
        }

        if (wire.Modalities is [])
        {
            return WireError.Field("modalities", "must be [\"text\"], found an array of 0");
        }

        return wire.Modalities?.FirstOrDefault(modality => modality != "text") is { } other
            ? WireError.Field("modalities", $"must be [\"text\"], found '{JsonDescription.Cut(other)}'")
            : null;
    }
}
