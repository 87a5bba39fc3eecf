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
            LogitBias = ReadLogitBias(),
            Logprobs = _body.Boolean("logprobs"),
            TopLogprobs = _body.Integer("top_logprobs"),
            Stop = ReadStop(),
            Stream = _body.Boolean("stream") ?? false,
            IncludeUsage = _body.Object("stream_options")?.Boolean("include_usage") ?? false,
            Thinking = ReadThinking(),
            TemplateThinking = kwargs?.Boolean("thinking"),
            ReasoningEffort = _body.String("reasoning_effort"),
            Tools = ReadTools(),
            ToolChoice = ReadToolChoice(),
            ResponseFormatType = ReadResponseFormatType(),
            LegacyFunctionField = ReadLegacyFunctionField(),
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

    private Dictionary<string, double>? ReadLogitBias()
    {
        if (_body.Object("logit_bias") is null || _body.Any("logit_bias") is not { } element)
        {
            return null;
        }

        Dictionary<string, double> biases = new(StringComparer.Ordinal);
        foreach (JsonProperty member in element.EnumerateObject())
        {
            if (_problem.NumberOf(member.Value, JsonPath.Member("logit_bias", JsonDescription.Cut(member.Name))) is { } bias)
            {
                biases[member.Name] = bias;
            }
        }

        return biases;
    }

    private List<string>? ReadStop()
    {
        if (_body.Any("stop") is not { } stop)
        {
            return null;
        }

        if (stop.ValueKind == JsonValueKind.String)
        {
            return _problem.StringOf(stop, "stop") is { } text ? [text] : null;
        }

        if (stop.ValueKind != JsonValueKind.Array)
        {
            _problem.Expected("stop", "a string or an array of strings", stop);
            return null;
        }

        List<string> texts = [];
        int index = 0;
        foreach (JsonElement item in stop.EnumerateArray())
        {
            if (_problem.StringOf(item, JsonPath.Item("stop", index++)) is { } text)
            {
                texts.Add(text);
            }
        }

        return texts;
    }

    private WireThinking? ReadThinking() =>
        _body.Object("thinking") is { } fields ? new WireThinking(fields.String("type"), fields.Unknown()) : null;

    private JsonElement? ReadTools() =>
        _body.Array("tools") is { } tools && tools.GetArrayLength() > 0 ? tools.Clone() : null;

    private JsonElement? ReadToolChoice()
    {
        if (_body.Any("tool_choice") is not { } choice)
        {
            return null;
        }

        bool isReadable = choice.ValueKind != JsonValueKind.String || _problem.StringOf(choice, "tool_choice") is not null;
        return isReadable ? choice.Clone() : null;
    }

    private string? ReadResponseFormatType() => _body.Object("response_format")?.RequiredString("type");

    private string? ReadLegacyFunctionField()
    {
        bool hasFunctions = _body.Any("functions") is { } functions
            && (functions.ValueKind != JsonValueKind.Array || functions.GetArrayLength() > 0);
        bool hasCall = _body.Any("function_call") is not null;
        return hasFunctions ? "functions" : hasCall ? "function_call" : null;
    }

    /// <summary>Fields that are accepted without effect; their types are checked all the same.</summary>
    private void ReadWithoutEffect()
    {
        _body.String("user");
        _body.String("safety_identifier");
        _body.String("prompt_cache_key");
        _body.String("service_tier");
        _body.Boolean("store");
        _body.Boolean("parallel_tool_calls");
        _body.Object("metadata");
    }
}
