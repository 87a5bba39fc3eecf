using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Baltoro.Backends.Media;
using Baltoro.Engine;
using Baltoro.Engine.Vision;
using Baltoro.Kimi.Conversation;
using Baltoro.Kimi.Grammar;
using Baltoro.Kimi.Grammar.Turn;
using Baltoro.Kimi.Media;
using Baltoro.Kimi.Output;
using Baltoro.Kimi.Prompt;
using Baltoro.Kimi.Text;
using Baltoro.Kimi.Tokenizer;
using Baltoro.Kimi.Vision;

namespace Baltoro.Backends.Embedded;

/// <summary>
/// Answers with the engine in this process: conversation → prompt ids → engine → parser → events. Choices run
/// concurrently over the same prompt. Safe for concurrent use.
/// </summary>
public sealed class EmbeddedBackend : IChatBackend
{
    /// <summary>Events one request may have waiting for its consumer; the readers wait beyond that.</summary>
    private const int MaxWaitingEvents = 256;

    private readonly ITokenSource _source;
    private readonly PromptRenderer _renderer;
    private readonly GenerationDefaults _defaults;
    private readonly TurnPlanner _planner;
    private readonly TokenVocabulary _vocabulary;
    private readonly MediaStage _media;
    private int _disposed;

    internal EmbeddedBackend(
        ITokenSource source,
        KimiTokenizer tokenizer,
        GenerationDefaults defaults,
        PromptOptions prompt,
        VisionSettings? vision = null,
        long maxMediaBytes = EmbeddedOptions.DefaultMediaBytes)
    {
        _source = source;
        _defaults = defaults;
        _renderer = new PromptRenderer(tokenizer, prompt, vision);
        _media = new MediaStage(vision ?? new VisionSettings(), maxMediaBytes);
        TakesImages = vision is not null;
        TakesVideo = vision is not null && source.Vision is { TakesVideo: true };
        _planner = new TurnPlanner(tokenizer.Special);
        _vocabulary = TokenVocabulary.FromTokenizer(tokenizer);
        Tokenizer = tokenizer;
    }

    /// <summary>Loads tokenizer, defaults and weights of a model folder or file and starts the engine on it.</summary>
    /// <exception cref="TokenizerFormatException">A tokenizer file is missing or garbled.</exception>
    /// <exception cref="EmbeddedModelException">The files do not fit together.</exception>
    /// <exception cref="ArgumentException">An engine option is out of range.</exception>
    public static async Task<EmbeddedBackend> OpenAsync(string modelPath, EmbeddedOptions? options = null)
    {
        options ??= new EmbeddedOptions();
        KimiTokenizer tokenizer = ModelTokenizer.Load(modelPath);
        GenerationDefaults defaults = GenerationDefaults.Load(EmbeddedModel.FolderOf(modelPath));
        EngineTokenSource source = new(InferenceEngine.Open(modelPath, options.Engine));
        if (source.VocabularySize != tokenizer.VocabularySize)
        {
            await source.DisposeAsync().ConfigureAwait(false);
            throw new EmbeddedModelException(
                modelPath, $"a vocabulary of {tokenizer.VocabularySize} ids, as the tokenizer has", $"{source.VocabularySize}");
        }

        try
        {
            VisionSettings? vision = VisionFit.SettingsOf(modelPath, source.Vision, tokenizer);
            return new EmbeddedBackend(source, tokenizer, defaults, options.Prompt, vision, options.MaxMediaBytes);
        }
        catch
        {
            await source.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The tokenizer of the model, for token counts and inspection.</summary>
    public KimiTokenizer Tokenizer { get; }

    public string Name => $"{_source.Name} (embedded)";

    public int ContextWindow => _source.ContextWindow;

    public int? TrainedContext => _source.TrainedContext;

    public bool TakesImages { get; }

    public bool TakesVideo { get; }

    /// <summary>The engine's counters as of its last step.</summary>
    public EngineStats Stats => _source.Stats;

    public bool IsReady => Volatile.Read(ref _disposed) == 0;

    /// <summary>The prompt the model would be given.</summary>
    /// <exception cref="ArgumentException">The conversation has no prompt; the message names the field.</exception>
    public RenderedPrompt Render(ChatRequest request) => request.Raw switch
    {
        null => _renderer.Render(request),
        RawPrompt.Text text => new RenderedPrompt(Encode(text.Value)),
        RawPrompt.Ids ids => new RenderedPrompt(Checked(ids.Values)),
        _ => throw new ArgumentOutOfRangeException(nameof(request), request.Raw, "no such prompt"),
    };

    /// <inheritdoc/>
    public async ValueTask<PromptQuote> QuoteAsync(ChatRequest request, CancellationToken cancellationToken)
    {
        try
        {
            RenderedPrompt prompt = Render(request);
            if (CheckBias(request.Sampling) is { } biasFault)
            {
                return PromptQuote.Refuse(biasFault.Field, biasFault.Message);
            }

            PromptQuote quote = new(prompt.Ids.Count);
            if (quote.PromptTokens < ContextWindow)
            {
                if (_media.TooLarge(prompt.Media) is { } tooLarge)
                {
                    return PromptQuote.Refuse("messages", tooLarge);
                }

                await _media.CheckAsync(prompt.Media, request.TenantId, cancellationToken).ConfigureAwait(false);

                // A prompt that cannot run is not worth compiling its schemas, which may be many and large.
                TurnPlan plan = _planner.Plan(request);
                _ = new TurnConstraint(RulesOf(plan, prompt), _vocabulary, Tokenizer);
                quote = quote with { Notice = plan.Notice };
            }

            return quote;
        }
        catch (RequestRefusedException e)
        {
            return PromptQuote.Refuse(e.Field, e.Message);
        }
        catch (MediaException e)
        {
            return PromptQuote.Refuse(e.Field, e.Message);
        }
        catch (MediaBusyException e)
        {
            return PromptQuote.Overloaded(e.Message);
        }
        catch (ArgumentException e)
        {
            return PromptQuote.Refuse(null, ArgumentText.Of(e));
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ChatEvent> StreamAsync(
        ChatRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        EmbeddedRun run = await StartAsync(request, cancellationToken).ConfigureAwait(false);
        using IDisposable? held = run.Held;
        if (run.Fault is { } fault)
        {
            yield return fault;
            yield break;
        }

        if (run.Choices.Count == 0)
        {
            // Cancelled before anything was submitted.
            yield return new ChatEvent.Usage(new ChatUsage(run.Prompt?.Ids.Count ?? 0, 0, 0, 0));
            yield break;
        }

        Channel<ChatEvent> channel = Channel.CreateBounded<ChatEvent>(new BoundedChannelOptions(MaxWaitingEvents) { SingleReader = true });
        List<ChoiceReader> choices = run.Choices;
        Task reading = RunAsync(choices, channel.Writer, cancellationToken);
        try
        {
            await foreach (ChatEvent chatEvent in channel.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
            {
                yield return chatEvent;
                if (chatEvent is ChatEvent.Fault)
                {
                    yield break;
                }
            }

            await reading.ConfigureAwait(false);
            yield return new ChatEvent.Usage(Count(run.Prompt!, choices)); // Set whenever there is a choice.
        }
        finally
        {
            await StopAsync(choices, channel.Reader, reading).ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            await _source.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Everything up to the first token: prompt, pictures, submission. Never throws for a cancel.</summary>
    private async ValueTask<EmbeddedRun> StartAsync(ChatRequest request, CancellationToken cancellationToken)
    {
        EmbeddedRun run = new();
        try
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(request.ChoiceCount, 1);
            RenderedPrompt prompt = Render(request);
            run.Prompt = prompt;
            run.Fault = CheckWindow(prompt.Ids.Count, request.MaxCompletionTokens) ?? CheckBias(request.Sampling);
            if (run.Fault is null)
            {
                TurnRules rules = RulesOf(_planner.Plan(request), prompt);
                IReadOnlyList<MediaSpan> media = await HoldMediaAsync(run, prompt, request.TenantId, cancellationToken).ConfigureAwait(false);
                if (run.Fault is null)
                {
                    Submit(request, prompt, media, rules, run.Choices);
                }
            }
        }
        catch (Exception e) when (FaultOf(e) is { } fault)
        {
            run.Fault = fault;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Told by a run without choices.
        }

        if (run.Fault is not null)
        {
            run.Choices.ForEach(c => c.Cancel());
        }

        return run;
    }

    private async ValueTask<IReadOnlyList<MediaSpan>> HoldMediaAsync(
        EmbeddedRun run, RenderedPrompt prompt, string tenantId, CancellationToken cancellationToken)
    {
        if (prompt.Media.Count == 0)
        {
            return [];
        }

        run.Held = _media.TryHold(prompt.Media);
        if (run.Held is null)
        {
            run.Fault = new ChatEvent.Fault(ChatFaultKind.Overloaded, "the pictures of running requests take all memory set aside for them");
            return [];
        }

        return await _media.PrepareAsync(prompt.Media, tenantId, cancellationToken).ConfigureAwait(false);
    }

    private ChatEvent.Fault? FaultOf(Exception fault) => fault switch
    {
        RequestRefusedException refused => new ChatEvent.Fault(ChatFaultKind.InvalidRequest, refused.Message, refused.Field),
        MediaException media => new ChatEvent.Fault(ChatFaultKind.InvalidRequest, media.Message, media.Field),
        ArgumentException => new ChatEvent.Fault(ChatFaultKind.InvalidRequest, fault.Message),
        EngineBusyException or MediaBusyException => new ChatEvent.Fault(ChatFaultKind.Overloaded, fault.Message),
        ObjectDisposedException => new ChatEvent.Fault(ChatFaultKind.Unavailable, $"{Name} is shutting down"),
        _ => null,
    };

    private ChatEvent.Fault? CheckWindow(int promptTokens, int budget)
    {
        if (promptTokens >= ContextWindow)
        {
            return new ChatEvent.Fault(
                ChatFaultKind.ContextLength, $"the prompt has {promptTokens} tokens; the window of {ContextWindow} tokens leaves no room for an answer");
        }

        return (long)promptTokens + budget > ContextWindow
            ? new ChatEvent.Fault(
                ChatFaultKind.ContextLength,
                $"the prompt has {promptTokens} tokens and the completion budget is {budget}; together {(long)promptTokens + budget} exceed the window of {ContextWindow}")
            : null;
    }

    /// <summary>Only the backend knows the vocabulary that the ids of a bias must come from.</summary>
    private ChatEvent.Fault? CheckBias(SamplingSettings sampling)
    {
        foreach (int id in sampling.LogitBias.Keys)
        {
            if ((uint)id >= (uint)_source.VocabularySize)
            {
                string field = $"logit_bias.{id}";
                return new ChatEvent.Fault(
                    ChatFaultKind.InvalidRequest, $"{field} must be named by a token id from 0 to {_source.VocabularySize - 1}", field);
            }
        }

        return null;
    }

    private static TurnRules RulesOf(TurnPlan plan, RenderedPrompt prompt) =>
        plan.Rules with { ThinkingOpen = prompt.ReasoningOpen, PriorCallCount = prompt.PriorCallCount };

    private List<int> Encode(string text)
    {
        List<int> ids = [];
        Tokenizer.Encode(text, ids);
        return ids;
    }

    private IReadOnlyList<int> Checked(IReadOnlyList<int> ids)
    {
        for (int i = 0; i < ids.Count; i++)
        {
            if ((uint)ids[i] >= (uint)Tokenizer.VocabularySize)
            {
                throw new RequestRefusedException("prompt", $"token {i} of the prompt is {ids[i]}; the vocabulary has the ids 0 to {Tokenizer.VocabularySize - 1}");
            }
        }

        return ids;
    }

    private void Submit(
        ChatRequest request, RenderedPrompt prompt, IReadOnlyList<MediaSpan> media, TurnRules rules, List<ChoiceReader> choices)
    {
        int[] ids = [.. prompt.Ids];
        ulong firstSeed = SamplingMapper.FirstSeed(request.Sampling);
        for (int choice = 0; choice < request.ChoiceCount; choice++)
        {
            OutputParserOptions options = new()
            {
                Choice = choice,
                ReasoningOpen = prompt.ReasoningOpen,
                PriorCallCount = prompt.PriorCallCount,
                Stop = request.Stop,
                HasTools = rules.ToolUse != ToolUse.None,
                HasTextGrammar = rules.Content is not null,
            };
            GenerationRequest generation = new()
            {
                RequestId = choice == 0 ? request.RequestId : $"{request.RequestId}/{choice}",
                TenantId = request.TenantId,
                PromptIds = ids,
                Media = media,
                MaxNewTokens = request.MaxCompletionTokens,
                Sampling = SamplingMapper.Resolve(request.Sampling, _defaults, unchecked(firstSeed + (ulong)choice)),
                StopIds = Tokenizer.Special.StopIds,
                TopLogprobs = request.TopLogprobs,
                PromptLogprobs = request.ReportPrompt ? request.TopLogprobs ?? 0 : null,
                Constraint = new EngineConstraint(new TurnConstraint(rules, _vocabulary, Tokenizer)),
            };
            OutputParser parser = new(Tokenizer, options);
            choices.Add(new ChoiceReader(Tokenizer, parser, _source.Submit(generation), request, prompt.Ids));
        }
    }

    private static async Task RunAsync(List<ChoiceReader> choices, ChannelWriter<ChatEvent> writer, CancellationToken cancellationToken)
    {
        try
        {
            await Task.WhenAll(choices.Select(c => c.RunAsync(writer, cancellationToken))).ConfigureAwait(false);
        }
        finally
        {
            writer.Complete();
        }
    }

    /// <summary>Ends what still runs when the consumer leaves early; after a full run there is nothing to do.</summary>
    private static async Task StopAsync(List<ChoiceReader> choices, ChannelReader<ChatEvent> reader, Task run)
    {
        if (!run.IsCompleted)
        {
            choices.ForEach(c => c.Cancel());
        }

        await foreach (ChatEvent _ in reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
        {
            // Nobody waits for it any more.
        }

        await run.ConfigureAwait(false);
    }

    /// <summary>The prompt counts once, whatever the number of choices; so does what the cache held of it.</summary>
    private static ChatUsage Count(RenderedPrompt prompt, List<ChoiceReader> choices) => new(
        prompt.Ids.Count, choices[0].CachedTokens, choices.Sum(c => c.CompletionTokens), choices.Sum(c => c.ReasoningTokens));
}
