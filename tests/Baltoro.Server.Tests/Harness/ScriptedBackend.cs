using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Baltoro.Kimi.Conversation;

namespace Baltoro.Server.Tests.Harness;

/// <summary>
/// A backend that plays a script. It keeps the contract of the real ones: a cancel ends the stream with the token
/// counts so far and without a finish, and never throws.
/// </summary>
internal sealed class ScriptedBackend : IChatBackend
{
    public string Name { get; set; } = "scripted (test)";

    public int ContextWindow { get; set; } = 262_144;

    public int? TrainedContext { get; set; } = 2_048;

    public bool IsReady { get; set; } = true;

    public bool TakesImages { get; set; }

    public bool TakesVideo { get; set; }

    public int PromptTokens { get; set; } = 12;

    /// <summary>What to say; by default "Hello." in two pieces.</summary>
    public Func<ChatRequest, CancellationToken, IAsyncEnumerable<ChatEvent>>? Script { get; set; }

    public ConcurrentQueue<ChatRequest> Requests { get; } = new();

    /// <summary>Streams that ended because they were cancelled.</summary>
    public ConcurrentQueue<string> Cancelled { get; } = new();

    public ValueTask<PromptQuote> QuoteAsync(ChatRequest request, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new PromptQuote(PromptTokens));

    public async IAsyncEnumerable<ChatEvent> StreamAsync(
        ChatRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Requests.Enqueue(request);
        IAsyncEnumerable<ChatEvent> script = Script is null
            ? Events(Answer(request, "Hel", "lo."))
            : Script(request, cancellationToken);
        await foreach (ChatEvent next in script)
        {
            yield return next;
        }

        if (cancellationToken.IsCancellationRequested)
        {
            Cancelled.Enqueue(request.RequestId);
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Plays fixed events.</summary>
    public void Play(params ChatEvent[] events) => Script = (_, _) => Events(events);

    /// <summary>One piece of text per step until cancelled, then the counts. A step waits for the gate when there is one.</summary>
    public void PlayUntilCancelled(Func<int, Task>? beforeStep = null) => Script = (_, cancel) => Endless(beforeStep, cancel);

    public static IEnumerable<ChatEvent> Answer(ChatRequest request, params string[] pieces)
    {
        for (int choice = 0; choice < request.ChoiceCount; choice++)
        {
            foreach (string piece in pieces)
            {
                yield return new ChatEvent.TextDelta(choice, piece);
            }

            yield return new ChatEvent.Finish(choice, ChatFinishReason.Stop);
        }

        yield return new ChatEvent.Usage(new ChatUsage(12, 0, pieces.Length * request.ChoiceCount, 0));
    }

    public static async IAsyncEnumerable<ChatEvent> Events(IEnumerable<ChatEvent> events)
    {
        foreach (ChatEvent next in events)
        {
            await Task.Yield();
            yield return next;
        }
    }

    private static async IAsyncEnumerable<ChatEvent> Endless(
        Func<int, Task>? beforeStep, [EnumeratorCancellation] CancellationToken cancel)
    {
        int steps = 0;
        while (!cancel.IsCancellationRequested)
        {
            if (beforeStep is null)
            {
                await Task.Yield();
            }
            else
            {
                await beforeStep(steps);
            }

            steps++;
            yield return new ChatEvent.TextDelta(0, "x");
        }

        yield return new ChatEvent.Usage(new ChatUsage(12, 0, steps, 0));
    }
}
