using Baltoro.Backends.Embedded;
using Baltoro.Engine;
using Baltoro.Kimi.Conversation;
using Baltoro.Kimi.Prompt;
using Baltoro.Kimi.Tests.Support;
using Baltoro.Kimi.Tokenizer;

namespace Baltoro.Backends.Tests.Support;

/// <summary>The real backend and engine over random logits that like markers, quotes and braces.</summary>
internal static class RandomBackend
{
    private static readonly KimiTokenizer _tokenizer = TinyTokenizer.Get();

    public static EmbeddedBackend Open(ulong seed) => Open(Runner(seed));

    public static EmbeddedBackend Open(RandomRunner runner)
    {
        InferenceEngine engine = new(runner, 1, 4, new EngineOptions { Threads = 1, KvCacheBytes = 4 << 20 });
        return new EmbeddedBackend(new EngineTokenSource(engine), _tokenizer, new GenerationDefaults(), new PromptOptions());
    }

    public static RandomRunner Runner(ulong seed)
    {
        SpecialTokens special = _tokenizer.Special;
        int[] liked =
        [
            special.ToolSectionBegin, special.ToolCallBegin, special.ToolArgumentBegin, special.ToolCallEnd, special.ToolSectionEnd,
            special.ThinkEnd, special.ImEnd, '"', '}',
        ];
        return new RandomRunner(_tokenizer.VocabularySize, seed, liked, 2.5f);
    }

    public static async Task<RandomAnswer> AskAsync(EmbeddedBackend backend, ChatRequest request)
    {
        RandomAnswer answer = new();
        await foreach (ChatEvent e in backend.StreamAsync(request, CancellationToken.None))
        {
            answer = e switch
            {
                ChatEvent.ReasoningDelta delta => answer with { Reasoning = answer.Reasoning + delta.Text },
                ChatEvent.TextDelta delta => answer with { Text = answer.Text + delta.Text },
                ChatEvent.ToolCallStart start => answer with { Calls = [.. answer.Calls, new ToolCall(start.Id, start.Name, "")] },
                ChatEvent.ToolCallArguments piece => answer with
                {
                    Calls = [.. answer.Calls.SkipLast(1), answer.Calls[piece.CallIndex] with { Arguments = answer.Calls[piece.CallIndex].Arguments + piece.Json }],
                },
                ChatEvent.Finish finish => answer with { Finish = finish.Reason },
                ChatEvent.Fault fault => throw new InvalidOperationException(fault.Message),
                _ => answer,
            };
        }

        return answer;
    }
}
