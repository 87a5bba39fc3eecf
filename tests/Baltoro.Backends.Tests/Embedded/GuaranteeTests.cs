using System.Text.Json;
using Baltoro.Backends.Embedded;
using Baltoro.Backends.Tests.Support;
using Baltoro.Kimi.Conversation;
using Baltoro.Kimi.Tests.Support;
using Baltoro.Kimi.Tokenizer;

namespace Baltoro.Backends.Tests.Embedded;

/// <summary>What holds for any model, proven with one that says random things through the real engine, grammar and parser.</summary>
public class GuaranteeTests
{
    private const string Sum = """{"type":"object","properties":{"a":{"type":"integer","minimum":-5,"maximum":50},"unit":{"enum":["cm","inch"]}},"required":["a","unit"],"additionalProperties":false}""";
    private static readonly KimiTokenizer _tokenizer = TinyTokenizer.Get();
    private static readonly ToolDefinition _strict = new("sum_it", "Adds.", JsonElement.Parse(Sum), true);
    private static readonly ToolDefinition _loose = new("note", null, JsonElement.Parse("""{"type":"object","properties":{"t":{"type":"string"}}}"""), false);
    private static readonly ToolDefinition _empty = new("ping", null, null, true);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Required_RandomModel_AnswersWithSoundCallsOnly(bool thinking)
    {
        ChatRequest request = Request(thinking) with { ToolChoice = ToolChoice.Required };
        int complete = 0;
        await ForSeedsAsync(40, request, answer =>
        {
            Assert.Equal("", answer.Text);
            CheckCalls(answer, request);
            complete += answer.Finish == ChatFinishReason.ToolCalls ? 1 : 0;
        });
        Assert.True(complete > 0, "no answer was complete");
    }

    [Fact]
    public async Task Named_RandomModel_CallsThatToolOnce()
    {
        ChatRequest request = Request(false) with { ToolChoice = ToolChoice.Named("sum_it"), ParallelToolCalls = false };
        await ForSeedsAsync(20, request, answer =>
        {
            Assert.Equal(ChatFinishReason.ToolCalls, answer.Finish);
            Assert.Equal(["sum_it"], answer.Calls.Select(call => call.Name));
            CheckCalls(answer, request);
        });
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(true, false)]
    public async Task Auto_RandomModelThatLikesMarkers_NeverLeaksOne(bool thinking, bool parallel)
    {
        ChatRequest request = Request(thinking) with { ParallelToolCalls = parallel };
        int calls = 0;
        await ForSeedsAsync(40, request, answer =>
        {
            CheckCalls(answer, request);
            calls += answer.Calls.Count;
        });
        Assert.True(calls > 0, "no seed made a call");
    }

    [Fact]
    public async Task None_RandomModelThatLikesMarkers_NeverCalls() => await ForSeedsAsync(
        20, Request(false) with { ToolChoice = ToolChoice.None }, answer => Assert.Empty(answer.Calls));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Schema_RandomModel_IsSatisfied(bool thinking)
    {
        ChatRequest request = Request(thinking) with { Tools = [], ResponseFormat = new ResponseFormat.JsonSchema("n", JsonElement.Parse(Sum), true) };
        int complete = 0;
        await ForSeedsAsync(40, request, answer =>
        {
            if (answer.Finish == ChatFinishReason.Stop)
            {
                complete++;
                CheckSum(answer.Text);
            }
        });
        Assert.True(complete > 0, "no answer was complete");
    }

    [Fact]
    public async Task JsonObject_RandomModel_Parses()
    {
        ChatRequest request = Request(false) with { Tools = [], ResponseFormat = new ResponseFormat.JsonObject() };
        await ForSeedsAsync(20, request, answer =>
        {
            if (answer.Finish == ChatFinishReason.Stop)
            {
                Assert.Equal(JsonValueKind.Object, JsonElement.Parse(answer.Text).ValueKind);
            }
        });
    }

    [Fact]
    public async Task Partial_BegunDocument_IsCompletedToTheSchema()
    {
        ChatRequest request = Request(false) with
        {
            Tools = [],
            Messages = [Chat.User("Go"), Chat.Assistant("{\"a\":1") with { Partial = true }],
            ResponseFormat = new ResponseFormat.JsonSchema("n", JsonElement.Parse(Sum), true),
        };
        await ForSeedsAsync(10, request, answer => CheckSum("{\"a\":1" + answer.Text));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public async Task Logprobs_OfForcedTokens_SayThatTheyAreForced(int alternatives)
    {
        await using EmbeddedBackend backend = RandomBackend.Open(4);
        ChatRequest request = Request(false) with
        {
            Tools = [],
            ResponseFormat = new ResponseFormat.JsonSchema("n", JsonElement.Parse(Sum), true),
            TopLogprobs = alternatives,
        };
        List<TokenLogprob> told = [];
        await foreach (ChatEvent e in backend.StreamAsync(request, CancellationToken.None))
        {
            told.AddRange((e as ChatEvent.TextDelta)?.Logprobs ?? []);
        }

        string text = System.Text.Encoding.UTF8.GetString([.. told.SelectMany(token => token.Bytes.ToArray())]);
        CheckSum(text);
        string forced = System.Text.Encoding.UTF8.GetString([.. told.Where(token => token.Forced).SelectMany(token => token.Bytes.ToArray())]);
        Assert.StartsWith("{\"a\":", forced, StringComparison.Ordinal);
        Assert.Contains("\"unit\":\"", forced, StringComparison.Ordinal);
        Assert.DoesNotContain(told, token => token.Forced && (token.Logprob != 0 || token.Top.Count != Math.Min(alternatives, 1)));
        Assert.All(told.Where(token => !token.Forced), token => Assert.True(token.Logprob < 0 && token.Top.Count == alternatives, $"{token}"));
    }

    [Theory]
    [InlineData("""{"type":"object","properties":{"x":{"not":{}}}}""", "tools[0].function.parameters")]
    [InlineData("""{"type":"object","properties":{"x":{"type":"integer","minimum":3,"maximum":2}},"required":["x"]}""", "tools[0].function.parameters")]
    public async Task Quote_SchemaThatCannotBeEnforced_IsRefusedOrTold(string schema, string field)
    {
        await using EmbeddedBackend backend = RandomBackend.Open(1);
        ToolDefinition tool = new("f", null, JsonElement.Parse(schema), true);
        PromptQuote refused = await backend.QuoteAsync(Request(false) with { Tools = [tool] }, CancellationToken.None);
        Assert.Equal(field, refused.Field);
        Assert.Contains("properties.x", refused.Refusal, StringComparison.Ordinal);
        PromptQuote relaxed = await backend.QuoteAsync(Request(false) with { Tools = [tool with { MayRelax = true }] }, CancellationToken.None);
        Assert.Null(relaxed.Refusal);
        Assert.Contains("properties.x", relaxed.Notice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Quote_BegunTextOutsideTheFormat_IsRefused()
    {
        await using EmbeddedBackend backend = RandomBackend.Open(1);
        ChatRequest request = Request(false) with
        {
            Messages = [Chat.User("Go"), Chat.Assistant("Well") with { Partial = true }],
            ResponseFormat = new ResponseFormat.JsonObject(),
        };
        PromptQuote quote = await backend.QuoteAsync(request, CancellationToken.None);
        Assert.Equal("messages[1].content", quote.Field);
        Assert.Equal("messages[1].content cannot be continued to the format that response_format asks for", quote.Refusal);
    }

    [Fact]
    public async Task Choices_OfOneRequest_ShareThePrefill()
    {
        RandomRunner runner = RandomBackend.Runner(3);
        await using EmbeddedBackend backend = RandomBackend.Open(runner);
        ChatRequest request = Request(false) with
        {
            Messages = [Chat.User(new string('x', 2_000))],
            ChoiceCount = 8,
            MaxCompletionTokens = 4,
        };
        int prompt = (await backend.QuoteAsync(request, CancellationToken.None)).PromptTokens;
        await RandomBackend.AskAsync(backend, request);
        Assert.InRange(runner.RowCount, prompt, prompt + 1_000);
    }

    [Fact]
    public async Task PromptLogprobs_WarmAndCold_AreTheSameAndCoverThePrompt()
    {
        await using EmbeddedBackend backend = RandomBackend.Open(9);
        string text = string.Concat(Enumerable.Repeat("the user sys ", 20));
        ChatRequest request = Request(false) with
        {
            Messages = [],
            Tools = [],
            Raw = new RawPrompt.Text(text),
            MaxCompletionTokens = 2,
            TopLogprobs = 1,
            ReportPrompt = true,
        };
        double[] cold = await PromptAsync(backend, request);
        double[] warm = await PromptAsync(backend, request);
        Assert.Equal((await backend.QuoteAsync(request, CancellationToken.None)).PromptTokens, cold.Length);
        Assert.True(double.IsNaN(cold[0]));
        Assert.All(cold.Skip(1), value => Assert.InRange(value, -50, 0));
        Assert.Equal(cold, warm);
    }

    private static async Task<double[]> PromptAsync(EmbeddedBackend backend, ChatRequest request)
    {
        List<ChatEvent> events = [];
        await foreach (ChatEvent e in backend.StreamAsync(request, CancellationToken.None))
        {
            events.Add(e);
        }

        return [.. Assert.IsType<ChatEvent.PromptTokens>(events[0]).Tokens.Select(token => token.Logprob)];
    }

    [Fact]
    public async Task Raw_TextAndItsIds_AnswerTheSame()
    {
        await using EmbeddedBackend backend = RandomBackend.Open(5);
        List<int> ids = [];
        _tokenizer.Encode("the user sys", ids);
        ChatRequest text = Request(false) with { Messages = [], Tools = [], Raw = new RawPrompt.Text("the user sys"), Sampling = new SamplingSettings { Seed = 3 } };
        RandomAnswer first = await RandomBackend.AskAsync(backend, text);
        RandomAnswer second = await RandomBackend.AskAsync(backend, text with { Raw = new RawPrompt.Ids(ids) });
        Assert.Equal(first.Text, second.Text);
        Assert.NotEqual("", first.Text);
        PromptQuote bad = await backend.QuoteAsync(text with { Raw = new RawPrompt.Ids([1, 99_999]) }, CancellationToken.None);
        Assert.Equal("prompt", bad.Field);
    }

    private static ChatRequest Request(bool thinking) => Chat.Request(thinking, Chat.User("Go")) with
    {
        Tools = [_strict, _loose, _empty],
        MaxCompletionTokens = 160,
    };

    private static void CheckCalls(RandomAnswer answer, ChatRequest request)
    {
        Assert.Equal(answer.Finish == ChatFinishReason.ToolCalls, answer.Calls.Count > 0 && answer.Finish != ChatFinishReason.Length);
        int whole = answer.Finish == ChatFinishReason.Length ? answer.Calls.Count - 1 : answer.Calls.Count;
        Assert.True(request.ParallelToolCalls || answer.Calls.Count <= 1, "parallel calls");
        for (int i = 0; i < answer.Calls.Count; i++)
        {
            Assert.Contains(answer.Calls[i].Name, request.Tools.Select(tool => tool.Name));
            Assert.Equal($"{answer.Calls[i].Name}:{i}", answer.Calls[i].Id);
            Assert.NotEqual("", answer.Calls[i].Arguments);
        }

        foreach (ToolCall call in answer.Calls.Take(whole))
        {
            Assert.Equal(JsonValueKind.Object, JsonElement.Parse(call.Arguments).ValueKind);
            if (call.Name == "sum_it")
            {
                CheckSum(call.Arguments);
            }
            else if (call.Name == "ping")
            {
                Assert.Equal("{}", call.Arguments);
            }
        }
    }

    private static void CheckSum(string json)
    {
        JsonElement value = JsonElement.Parse(json);
        Assert.Equal(["a", "unit"], value.EnumerateObject().Select(member => member.Name).Order());
        Assert.InRange(value.GetProperty("a").GetInt32(), -5, 50);
        Assert.Contains(value.GetProperty("unit").GetString(), (string[])["cm", "inch"]);
    }

    private static async Task ForSeedsAsync(int seeds, ChatRequest request, Action<RandomAnswer> check)
    {
        for (int seed = 1; seed <= seeds; seed++)
        {
            await using EmbeddedBackend backend = RandomBackend.Open((ulong)seed);
            RandomAnswer answer = await RandomBackend.AskAsync(backend, request with { Sampling = new SamplingSettings { Seed = seed } });
            string shown = $"seed {seed}: {answer}";
            Assert.False((answer.Text + answer.Reasoning).Contains("<|", StringComparison.Ordinal), shown);
            try
            {
                check(answer);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                throw new InvalidOperationException(shown, e);
            }
        }
    }
}
