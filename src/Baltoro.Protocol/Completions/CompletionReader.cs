using System.Text.Json;
using Baltoro.Protocol.Chat;
using Baltoro.Protocol.Errors;
using Baltoro.Protocol.Json;

namespace Baltoro.Protocol.Completions;

/// <summary>Reads the body of a raw completion by type, in two steps as <see cref="ChatRequestReader"/> does.</summary>
public sealed class CompletionReader
{
    private readonly ReadProblem _problem = new();
    private readonly JsonFields _body;

    /// <summary>Reads <paramref name="root"/>, an object that outlives the reader.</summary>
    public CompletionReader(JsonElement root) => _body = new JsonFields(root, "", _problem);

    /// <summary>The model id, or an error.</summary>
    public WireError? ReadModel(out string model)
    {
        model = _body.RequiredString("model");
        return _problem.First;
    }

    /// <summary>The whole request, or the first mistake in it.</summary>
    public WireError? Read(out CompletionRequest? request)
    {
        CommonFields fields = new(_body, _problem);
        ChatCompletionRequest common = new()
        {
            Model = _body.RequiredString("model"),
            Messages = [],
            MaxTokens = _body.Integer("max_tokens"),
            Temperature = _body.Number("temperature"),
            TopP = _body.Number("top_p"),
            TopK = _body.Integer("top_k"),
            MinP = _body.Number("min_p"),
            RepetitionPenalty = _body.Number("repetition_penalty"),
            PresencePenalty = _body.Number("presence_penalty"),
            FrequencyPenalty = _body.Number("frequency_penalty"),
            N = _body.Integer("n"),
            Seed = _body.Integer("seed"),
            LogitBias = fields.LogitBias(),
            Stop = fields.Texts("stop"),
            Stream = _body.Boolean("stream") ?? false,
            IncludeUsage = _body.Object("stream_options")?.Boolean("include_usage") ?? false,
        };
        CompletionRequest read = new(common, ReadPrompts())
        {
            Echo = _body.Boolean("echo") ?? false,
            Logprobs = _body.Integer("logprobs"),
            BestOf = _body.Integer("best_of"),
            Suffix = _body.String("suffix"),
        };
        _body.String("user");
        request = _problem.First is null ? read : null;
        return _problem.First;
    }

    /// <summary>A text, a list of texts, a list of ids, or a list of lists of ids.</summary>
    private List<WirePrompt> ReadPrompts()
    {
        if (_body.Any("prompt") is not { } prompt)
        {
            _problem.Report(WireError.Field("prompt", "is required and must be a string, an array of strings, or an array of token ids"));
            return [];
        }

        if (prompt.ValueKind != JsonValueKind.Array)
        {
            return [ReadOne(prompt, "prompt")];
        }

        if (prompt.GetArrayLength() > 0 && prompt[0].ValueKind == JsonValueKind.Number)
        {
            return [ReadIds(prompt, "prompt")];
        }

        List<WirePrompt> prompts = [];
        foreach (JsonElement item in prompt.EnumerateArray())
        {
            prompts.Add(ReadOne(item, JsonPath.Item("prompt", prompts.Count)));
        }

        return prompts;
    }

    private WirePrompt ReadOne(JsonElement item, string path) => item.ValueKind == JsonValueKind.Array
        ? ReadIds(item, path)
        : new WirePrompt(_problem.StringOf(item, path), null);

    private WirePrompt ReadIds(JsonElement array, string path)
    {
        List<int> ids = new(array.GetArrayLength());
        foreach (JsonElement item in array.EnumerateArray())
        {
            int id = 0;
            if (item.ValueKind != JsonValueKind.Number || !item.TryGetInt32(out id))
            {
                _problem.Expected(JsonPath.Item(path, ids.Count), "a token id", item);
            }

            ids.Add(id);
        }

        return new WirePrompt(null, ids);
    }
}
