using Baltoro.Cli.Composition;
using Baltoro.Kimi.Conversation;
using Baltoro.Tests.Shared;

namespace Baltoro.Cli.Tests.Commands;

public class ChatCommandTests
{
    private static readonly ChatEvent[] Thinking =
    [
        new ChatEvent.ReasoningDelta(0, "Hm"),
        new ChatEvent.ReasoningDelta(0, "m"),
        new ChatEvent.TextDelta(0, "Hel"),
        new ChatEvent.TextDelta(0, "lo."),
        new ChatEvent.Finish(0, ChatFinishReason.Stop),
        new ChatEvent.Usage(new ChatUsage(1, 0, 4, 2)),
    ];

    [Fact]
    public async Task Chat_Prompt_StreamsAnswerAndDimsThinking()
    {
        using CliHarness cli = new() { HasColors = true };
        cli.Backend.Play(Thinking);
        (int code, string output, string error) = await cli.RunAsync(
            "", "chat", "--model", "kimi-k2-5-thinking", "--system", "S", "What", "is", "it?");

        Assert.Equal((0, "Hello.\n", "\u001b[2mHmm\u001b[0m\n"), (code, output, error));
        ChatRequest request = Assert.Single(cli.Backend.Requests);
        Assert.True(request.Thinking);
        Assert.Equal(8_192, request.MaxCompletionTokens);
        Assert.Equal(
            ["System:S", "User:What is it?"],
            request.Messages.Select(message => $"{message.Role}:{((ContentPart.Text)message.Content[0]).Value}"));
    }

    [Fact]
    public async Task Chat_IntoAPipe_WritesNoEscapes()
    {
        using CliHarness cli = new();
        cli.Backend.Play(Thinking);
        Assert.Equal((0, "Hello.\n", "Hmm\n"), await cli.RunAsync("", "chat", "What is it?"));
    }

    [Theory]
    [InlineData(false, null, "xterm", true)]
    [InlineData(false, "", "xterm", true)]
    [InlineData(false, "1", "xterm", false)]
    [InlineData(false, null, "dumb", false)]
    [InlineData(true, null, "xterm", false)]
    public void Colors_OnlyOnATerminalThatWantsThem(bool isRedirected, string? noColor, string terminal, bool allowed) => Assert.Equal(
        allowed, CliServices.AllowsColors(isRedirected, name => name == "NO_COLOR" ? noColor : name == "TERM" ? terminal : null));

    [Fact]
    public async Task Chat_Images_GoWithTheFirstThingSaid()
    {
        using CliHarness cli = new();
        using TempFolder folder = new();
        string picture = Path.Combine(folder.Path, "red.bmp");
        await File.WriteAllBytesAsync(picture, PictureMaker.Bmp(4, 3));
        (int code, _, _) = await cli.RunAsync("and now?\n/exit\n", "chat", "--image", picture, "--image", picture, "What", "is", "it?");
        Assert.Equal(0, code);
        ChatMessage message = Assert.Single(Assert.Single(cli.Backend.Requests).Messages);
        Assert.Equal((4, 3), (((ContentPart.Image)message.Content[0]).Value.Header.Width, ((ContentPart.Image)message.Content[1]).Value.Header.Height));
        Assert.Equal("What is it?", ((ContentPart.Text)message.Content[2]).Value);
    }

    [Fact]
    public async Task Chat_FileThatIsNoPicture_IsOneLineThatNamesIt()
    {
        using CliHarness cli = new();
        using TempFolder folder = new();
        string text = Path.Combine(folder.Path, "words.txt");
        await File.WriteAllTextAsync(text, "words");
        Assert.Equal(
            (2, "", $"baltoro: --image: unsupported image format: text/plain; charset=utf-8 ({text}; accepted are png, jpeg, webp, gif, bmp)\n"),
            await cli.RunAsync("", "chat", "--image", text, "Hi"));
        Assert.Equal(
            (2, "", $"baltoro: --image {text}.png: expected a picture, found no file\n"), await cli.RunAsync("", "chat", "--image", $"{text}.png", "Hi"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    public async Task Chat_EmptyPrompt_IsUsageAndNotASession(string prompt)
    {
        using CliHarness cli = new();
        Assert.Equal((2, "", "baltoro: the prompt must not be empty; leave it out for an interactive session\n"), await cli.RunAsync("Hi\n", "chat", prompt));
        Assert.Empty(cli.Backend.Requests);
    }

    [Fact]
    public async Task Chat_Interactive_KeepsTheConversation()
    {
        using CliHarness cli = new();
        (int code, string output, _) = await cli.RunAsync("one\n\ntwo\n/exit\nthree\n", "chat");

        Assert.Equal((0, "Hello.\nHello.\n"), (code, output));
        Assert.Equal(2, cli.Backend.Requests.Count);
        Assert.Equal(
            [ChatRole.User, ChatRole.Assistant, ChatRole.User], cli.Backend.Requests.Last().Messages.Select(message => message.Role));
    }

    [Fact]
    public async Task Chat_Fault_IsOneLineAndAFailure()
    {
        using CliHarness cli = new();
        cli.Backend.Play(new ChatEvent.Fault(ChatFaultKind.Internal, "broken"));
        (int code, _, string error) = await cli.RunAsync("", "chat", "Hi");
        Assert.Equal((1, "baltoro: the model failed (Internal): broken\n"), (code, error));
    }

    [Fact]
    public async Task Chat_UnknownModel_NamesTheKnownOnes()
    {
        using CliHarness cli = new();
        (int code, _, string error) = await cli.RunAsync("", "chat", "--model", "gpt-4", "Hi");
        Assert.Equal(2, code);
        Assert.Contains("--model must be one of kimi-k2-5, ", error, StringComparison.Ordinal);
    }
}
