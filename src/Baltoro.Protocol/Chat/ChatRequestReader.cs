using System.Text.Json;
using Baltoro.Protocol.Errors;
using Baltoro.Protocol.Json;

namespace Baltoro.Protocol.Chat;

/// <summary>
/// Reads the body of a chat request strictly by type. Two steps, so that an unknown model is told before anything else
/// about the body: <see cref="ReadModel"/>, then <see cref="Read"/>.
/// </summary>
public sealed class ChatRequestReader
{
    private readonly ReadProblem _problem = new();
    private readonly JsonFields _body;

    /// <summary>Reads <paramref name="root"/>, an object that outlives the reader.</summary>
    public ChatRequestReader(JsonElement root) => _body = new JsonFields(root, "", _problem);

    /// <summary>The model id, or an error.</summary>
    public WireError? ReadModel(out string model)
    {
        model = _body.RequiredString("model");
        if (_problem.First is null && model.Length == 0)
        {
            _problem.Report(WireError.Field("model", "must not be empty"));
        }

        return _problem.First;
    }

    /// <summary>The whole request, or the first mistake in it.</summary>
    public WireError? Read(out ChatCompletionRequest? request)
    {
        string model = _body.RequiredString("model");
        IReadOnlyList<WireMessage> messages = ReadMessages();
        JsonFields? kwargs = _body.Object("chat_template_kwargs");
        JsonFields? streamOptions = _body.Object("stream_options");
        CommonFields common = new(_body, _problem);
        ToolReader tools = new(_body, _problem);
        IReadOnlyList<WireTool> wireTools = tools.ReadTools(out bool isLegacy);
        ChatCompletionRequest read = new()
        {
            Model = model,
            Messages = messages,
            MaxTokens = _body.Amount("max_tokens"),
            MaxCompletionTokens = _body.Amount("max_completion_tokens"),
            Temperature = _body.Number("temperature"),
            TopP = _body.Number("top_p"),
            TopK = _body.Integer("top_k"),
            MinP = _body.Number("min_p"),
            RepetitionPenalty = _body.Number("repetition_penalty"),
            PresencePenalty = _body.Number("presence_penalty"),
            FrequencyPenalty = _body.Number("frequency_penalty"),
            N = _body.Integer("n"),
            Seed = _body.Integer("seed"),
            LogitBias = common.LogitBias(),
            Logprobs = _body.Boolean("logprobs"),
            TopLogprobs = _body.Integer("top_logprobs"),
            Stop = common.Texts("stop"),
            Stream = _body.Boolean("stream") ?? false,
            IncludeUsage = streamOptions?.Boolean("include_usage") ?? false,
            ContinuousUsage = streamOptions?.Boolean("continuous_usage_stats") ?? false,
            Thinking = ReadThinking(),
            TemplateThinking = kwargs?.Boolean("thinking"),
            ReasoningEffort = _body.String("reasoning_effort"),
            Tools = wireTools,
            IsLegacyFunctions = isLegacy,
            ToolChoice = tools.ReadChoice(isLegacy),
            ParallelToolCalls = _body.Boolean("parallel_tool_calls"),
            ResponseFormat = tools.ReadFormat(),
            Store = _body.Boolean("store"),
            Modalities = common.Texts("modalities"),
            UnsupportedField = ReadUnsupported(),
        };
        ReadWithoutEffect();
        request = _problem.First is null ? read with { UnknownMembers = _body.Unknown() } : null;
        return _problem.First;
    }

    private IReadOnlyList<WireMessage> ReadMessages()
    {
        if (_body.Array("messages") is not { } array)
        {
            _problem.Report(WireError.Field("messages", "is required and must be an array"));
            return [];
        }

        return MessageReader.Read(array, _problem);
    }

    private WireThinking? ReadThinking() =>
        _body.Object("thinking") is { } fields ? new WireThinking(fields.String("type"), fields.Unknown()) : null;

    private string? ReadUnsupported()
    {
        foreach (string name in (ReadOnlySpan<string>)["audio", "web_search_options"])
        {
            if (_body.Any(name) is not null)
            {
                return name;
            }
        }

        return null;
    }

    /// <summary>Fields that are accepted without effect; their types are checked all the same.</summary>
    private void ReadWithoutEffect()
    {
        _body.String("user");
        _body.String("safety_identifier");
        _body.String("prompt_cache_key");
        _body.String("prompt_cache_retention");
        _body.String("service_tier");
        _body.String("verbosity");
        _body.Object("metadata");
        _body.Object("prediction");
    }
}
