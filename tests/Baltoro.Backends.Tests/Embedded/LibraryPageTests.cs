using System.Text;
using Baltoro.Backends.Embedded;
using Baltoro.Kimi.Conversation;
using Baltoro.Kimi.Tests.Support;

namespace Baltoro.Backends.Tests.Embedded;

/// <summary>The program of docs/library.md, word for word, and that it answers.</summary>
public class LibraryPageTests
{
    [Fact]
    public async Task Sample_OfThePage_Answers()
    {
        Assert.SkipWhen(TestPaths.NanoModel is null, "models/kimi-nano is not here");
        string written = await AnswerAsync(TestPaths.NanoModel, TestContext.Current.CancellationToken);
        Assert.Contains(" tokens in, ", written, StringComparison.Ordinal);
        Assert.True(written.IndexOf('\n', StringComparison.Ordinal) > 5, $"no answer in: {written}");
    }

    [Fact]
    public void Page_Program_IsTheOneTested()
    {
        string source = File.ReadAllText(Path.Combine(TestPaths.Root, "tests", "Baltoro.Backends.Tests", "Embedded", "LibraryPageTests.cs"));
        string page = File.ReadAllText(Path.Combine(TestPaths.Root, "docs", "library.md"));
        string tested = Between(source, "// the page's program:\n", "        // its end\n").Replace("\n        ", "\n", StringComparison.Ordinal).TrimStart();
        Assert.Contains(tested, page, StringComparison.Ordinal);
    }

    private static string Between(string text, string from, string to)
    {
        int start = text.IndexOf(from, StringComparison.Ordinal) + from.Length;
        return text[start..text.IndexOf(to, start, StringComparison.Ordinal)];
    }

    private static async Task<string> AnswerAsync(string modelFolder, CancellationToken stop)
    {
        StringBuilder output = new();
        // the page's program:
        await using EmbeddedBackend backend = await EmbeddedBackend.OpenAsync(modelFolder);
        ChatRequest request = new()
        {
            RequestId = Guid.NewGuid().ToString("n"),
            TenantId = "me",
            Messages = [ChatMessage.FromText(ChatRole.User, "Why is the sky blue?")],
            Thinking = false,
            MaxCompletionTokens = 200,
            Sampling = new SamplingSettings { Temperature = 0 },
        };
        await foreach (ChatEvent next in backend.StreamAsync(request, stop))
        {
            switch (next)
            {
                case ChatEvent.TextDelta text:
                    output.Append(text.Text);
                    break;
                case ChatEvent.Usage usage:
                    output.Append($"\n{usage.Counts.PromptTokens} tokens in, {usage.Counts.CompletionTokens} out");
                    break;
                case ChatEvent.Fault fault:
                    throw new InvalidOperationException(fault.Message);
            }
        }
        // its end

        return output.ToString();
    }
}
