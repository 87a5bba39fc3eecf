using System.Text.Json;
using Baltoro.Cli.Client;

namespace Baltoro.Cli.Eval.Checks;

/// <content>Rules about answers in JSON.</content>
internal abstract partial record EvalCheck
{
    /// <summary>The whole answer is one JSON object.</summary>
    public sealed record JsonObject : EvalCheck
    {
        public override bool Passes(ChatAnswer answer)
        {
            using JsonDocument? document = TryParse(answer.Content);
            return document?.RootElement.ValueKind == JsonValueKind.Object;
        }
    }

    /// <summary>The whole answer is this JSON value: numbers by value, members in any order.</summary>
    public sealed record JsonFields(JsonElement Value) : EvalCheck
    {
        public override bool Passes(ChatAnswer answer) => IsJson(answer.Content, Value);
    }

    private static bool IsJson(string text, JsonElement wanted)
    {
        using JsonDocument? document = TryParse(text);
        return document is not null && JsonElement.DeepEquals(document.RootElement, wanted);
    }

    private static JsonDocument? TryParse(string text)
    {
        try
        {
            return JsonDocument.Parse(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
