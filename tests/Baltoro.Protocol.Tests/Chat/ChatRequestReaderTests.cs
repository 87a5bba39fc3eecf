using System.Text;
using System.Text.Json;
using Baltoro.Protocol.Chat;
using Baltoro.Protocol.Errors;
using Baltoro.Protocol.Json;
using CsCheck;

namespace Baltoro.Protocol.Tests.Chat;

public class ChatRequestReaderTests
{
    private static readonly string[] Names =
    [
        "messages", "max_tokens", "max_completion_tokens", "temperature", "top_p", "top_k", "min_p", "repetition_penalty",
        "presence_penalty", "frequency_penalty", "n", "seed", "logit_bias", "logprobs", "top_logprobs", "stop", "stream",
        "stream_options", "thinking", "chat_template_kwargs", "reasoning_effort", "tools", "tool_choice", "response_format",
        "functions", "function_call", "user", "metadata", "store", "parallel_tool_calls", "service_tier",
    ];

    private static readonly string[] Values =
    [
        "null", "true", "0", "-1", "1.5", "1e400", "-1e-400", "123456789012345678901234567890", "\"\"", "\"x\"", "[]", "[1]", "[{}]",
        "[[]]", "{}", "{\"type\":1}", "{\"type\":\"text\"}", "[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"x\"}]}]", "\"\\ud800\"",
    ];

    /// <summary>Every field with every kind of value: a request, or an error that names that field; never an exception.</summary>
    [Fact]
    public void Read_AnyFieldWithAnyValue_AnswersOrNamesTheField() =>
        Gen.Select(OneOf(Names), OneOf(Values)).Sample((name, value) =>
        {
            string messages = name == "messages" ? "" : "\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],";
            WireError? error = Read($"{{\"model\":\"m\",{messages}\"{name}\":{value}}}", out ChatCompletionRequest? request);
            Assert.Equal(error is null, request is not null);
            Assert.True(error is null || error.Param?.StartsWith(name, StringComparison.Ordinal) == true, error?.Message);
        });

    [Fact]
    public void Read_UnknownMembers_AreCollected()
    {
        Read("""{"model":"m","messages":[],"thread":1,"user":"u","reasoning_history":{}}""", out ChatCompletionRequest? request);
        Assert.Equal(["thread", "reasoning_history"], request?.UnknownMembers);
    }

    [Fact]
    public void Read_WholeNumbersWrittenAsDecimals_AreIntegers()
    {
        Read("""{"model":"m","messages":[],"max_tokens":16.0,"n":1e0}""", out ChatCompletionRequest? request);
        Assert.Equal((16L, 1L), (request?.MaxTokens, request?.N));
    }

    [Fact]
    public void Read_SeveralMistakes_ReportsTheFirst()
    {
        WireError? error = Read("""{"model":"m","messages":5,"temperature":"x"}""", out _);
        Assert.Equal("messages", error?.Param);
    }

    [Fact]
    public void Read_LongFoundValue_IsCutInTheMessage()
    {
        WireError? error = Read($$"""{"model":"m","messages":[],"temperature":"{{new string('a', 5_000)}}"}""", out _);
        Assert.InRange(error?.Message.Length ?? 0, 1, 150);
    }

    private static Gen<string> OneOf(string[] texts) => Gen.Int[0, texts.Length - 1].Select(index => texts[index]);

    private static WireError? Read(string body, out ChatCompletionRequest? request)
    {
        request = null;
        WireError? error = JsonGuard.TryParse(Encoding.UTF8.GetBytes(body), out JsonDocument? document);
        using (document)
        {
            if (document is null)
            {
                return error;
            }

            ChatRequestReader reader = new(document.RootElement);
            return reader.ReadModel(out _) ?? reader.Read(out request);
        }
    }
}
