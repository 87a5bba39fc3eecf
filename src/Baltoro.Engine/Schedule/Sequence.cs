using System.Threading.Channels;
using Baltoro.Engine.Cache;
using Baltoro.Engine.Diagnostics;
using Baltoro.Engine.Sampling;

namespace Baltoro.Engine.Schedule;

/// <summary>
/// One request being generated: its tokens, how many of them are in the cache, and its pages.
/// Invariant I2: 0 ≤ cached ≤ scheduled ≤ length ≤ limit. Owned by the engine's owner thread; only
/// <see cref="RequestCancel"/> may be called from elsewhere.
/// </summary>
internal sealed class Sequence
{
    /// <summary>Prompt rows of a step when all their logits are wanted; bounds the memory of the logits.</summary>
    private const int MaxReportedRows = 32;

    /// <summary>Answer length that the index of earlier text is made for.</summary>
    private const int UsualAnswerTokens = 4096;

    private readonly Channel<TokenEvent> _events;
    private readonly int _lengthLimit;
    private readonly Drafting? _drafting;
    private int[] _tokens;
    private int[] _pages = [];
    private volatile bool _cancelRequested;

    /// <param name="maxPositions">Most tokens it can have, prompt included.</param>
    /// <param name="guesses">Whether it may guess tokens ahead.</param>
    public Sequence(GenerationRequest request, int maxPositions, bool guesses = false)
    {
        Request = request;
        PromptLength = request.PromptIds.Length;
        _lengthLimit = (int)Math.Min((long)PromptLength + request.MaxNewTokens, maxPositions);
        _tokens = new int[Math.Min(_lengthLimit, PromptLength + 256)];
        request.PromptIds.Span.CopyTo(_tokens);
        Length = PromptLength;
        Media = request.Media.Count > 0 ? new SequenceMedia(request.Media) : null;
        StopIds = [.. request.StopIds];
        Counts = UsesPenalties(request.Sampling) ? new TokenCounts(request.PromptIds.Span) : null;
        Slice = new SequenceSlice { Tokens = default, StartPosition = 0, Pages = default, Form = AttentionForm.Plain, LogitRows = 0 };
        _drafting = guesses ? new Drafting(Math.Min(_lengthLimit, PromptLength + UsualAnswerTokens)) : null;
        _events = Channel.CreateBounded<TokenEvent>(new BoundedChannelOptions(request.MaxNewTokens == int.MaxValue ? int.MaxValue : request.MaxNewTokens + 1)
        {
            SingleReader = true,
            SingleWriter = true,
        });
    }

    public GenerationRequest Request { get; }

    public int PromptLength { get; }

    /// <summary>The images of the prompt; null without any.</summary>
    public SequenceMedia? Media { get; }

    /// <summary>Prompt and generated tokens together.</summary>
    public int Length { get; private set; }

    /// <summary>Tokens whose latents are in the cache.</summary>
    public int Cached { get; private set; }

    /// <summary>Tokens whose latents will be in the cache when the current step is done.</summary>
    public int Scheduled { get; private set; }

    public int PageCount { get; private set; }

    /// <summary>Prompt tokens taken from the prefix tree when the sequence first started.</summary>
    public int CachedPromptTokens { get; private set; }

    /// <summary>The tree node of the last page that is shared with or published to the prefix tree.</summary>
    public PrefixNode? TreeNode { get; set; }

    /// <summary>Leading pages that are in the prefix tree.</summary>
    public int TreePages { get; set; }

    public HashSet<int> StopIds { get; }

    /// <summary>Log probabilities of the prompt's tokens from the second on, as far as they are computed.</summary>
    public List<SampledToken> PromptReport { get; } = [];

    public bool ReportsPrompt => Request.PromptLogprobs is not null;

    public TokenCounts? Counts { get; }

    /// <summary>The rows of this sequence in the current step; reused.</summary>
    public SequenceSlice Slice { get; }

    public ChannelReader<TokenEvent> Events => _events.Reader;

    public bool CancelRequested => _cancelRequested;

    /// <summary>Whether its end event is written.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Whether it ever held pages.</summary>
    public bool HasStarted { get; set; }

    /// <summary>Clock reading of its arrival.</summary>
    public long ArrivedTimestamp { get; init; }

    /// <summary>Guessed tokens whose rows follow the real ones in the current step.</summary>
    public int DraftCount => _drafting?.Count ?? 0;

    public int GeneratedCount => Length - PromptLength;

    public bool AtLimit => Length >= _lengthLimit;

    /// <summary>Whether the next row is a generated token, so that the step costs one row.</summary>
    public bool IsDecoding => Cached >= PromptLength;

    public ReadOnlySpan<int> Pages => _pages.AsSpan(0, PageCount);

    public ReadOnlySpan<int> PromptTokens => _tokens.AsSpan(0, PromptLength);

    public void RequestCancel() => _cancelRequested = true;

    public void AddPage(int page)
    {
        if (PageCount == _pages.Length)
        {
            Array.Resize(ref _pages, Math.Max(8, _pages.Length * 2));
        }

        _pages[PageCount++] = page;
    }

    /// <summary>Replaces page number <paramref name="index"/> by an equal one of the prefix tree.</summary>
    public void SwapPage(int index, int page) => _pages[index] = page;

    /// <summary>The pages added so far hold the first <paramref name="tokens"/> prompt tokens already.</summary>
    public void AdoptPrefix(int tokens)
    {
        Check.That(Cached == 0 && tokens < PromptLength, "I2: a prefix is adopted by a sequence that has started");
        Cached = tokens;
        Scheduled = tokens;
        if (GeneratedCount == 0)
        {
            CachedPromptTokens = tokens;
        }
    }

    /// <summary>Fills <see cref="Slice"/> with the next rows: at most <paramref name="budget"/>, of one attention form.</summary>
    public int ScheduleRows(int budget)
    {
        bool isPrompt = Cached < PromptLength;
        int rows = Math.Min((isPrompt ? PromptLength : Length) - Cached, budget);
        bool wantsAll = isPrompt && ReportsPrompt;
        rows = wantsAll ? Math.Min(rows, MaxReportedRows) : rows;
        Check.That(rows > 0, "I2: a sequence without rows is scheduled");
        Scheduled = Cached + rows;
        Slice.Tokens = _tokens.AsMemory(Cached, rows);
        Slice.StartPosition = Cached;
        Slice.Pages = _pages.AsMemory(0, PageCount);
        Slice.Media = isPrompt && Media is not null ? Media.Embeddings : [];
        Slice.Form = isPrompt ? AttentionForm.Plain : AttentionForm.Absorbed;
        Slice.LogitRows = wantsAll ? rows : Scheduled == Length ? 1 : 0;
        return rows;
    }

    /// <summary>
    /// Adds guessed tokens to <see cref="Slice"/> where the last row is that of the newest token, so that each of them can be
    /// checked in the same step; at most <paramref name="room"/>, and only on pages that are there.
    /// </summary>
    public void AddDraft(DraftPolicy policy, int rowsInStep, int room)
    {
        if (_drafting is null || Slice.LogitRows != 1 || Slice.Form != AttentionForm.Absorbed)
        {
            _drafting?.Clear();
            return;
        }

        int free = Math.Min(PageCount * LatentCache.PageTokens, _lengthLimit - 1) - Length;
        int most = Math.Min(policy.Choose(_drafting.Acceptance, _drafting.StepsWithout, rowsInStep), Math.Min(free, room));
        _drafting.Propose(_tokens.AsSpan(0, Length), Math.Max(0, most));
        if (_drafting.Count > 0)
        {
            Grow(Length + _drafting.Count);
            _drafting.Tokens.CopyTo(_tokens.AsSpan(Length));
            Slice.Tokens = _tokens.AsMemory(Cached, Length + _drafting.Count - Cached);
            Slice.LogitRows = 1 + _drafting.Count;
        }
    }

    /// <summary>
    /// Whether guess number <paramref name="index"/> is the token that was drawn. Then its row, which is in the cache,
    /// counts, and the logits of that row give the next token.
    /// </summary>
    public bool TakeDraft(int index)
    {
        bool isRight = !HasEnded && Length == Cached + 1 && _drafting!.Tokens[index] == _tokens[Cached];
        if (isRight)
        {
            Cached++;
            Scheduled++;
        }

        return isRight;
    }

    /// <summary>The guesses of the step are used up; the first <paramref name="accepted"/> were right.</summary>
    public void EndDraft(int accepted) => _drafting!.Learn(accepted);

    /// <summary>The step ran: its rows are in the cache.</summary>
    public void CommitRows()
    {
        Check.That(Cached <= Scheduled && Scheduled <= Length && Length <= _lengthLimit, "I2: counters of a sequence are out of order");
        Cached = Scheduled;
        if (Media is not null && Cached >= PromptLength)
        {
            Media.Release();
        }
    }

    /// <summary>Notes what the row at <paramref name="position"/>, with these logits[vocabulary], says about the prompt's next token.</summary>
    public void ReportPrompt(int position, ReadOnlySpan<float> logits)
    {
        // A prompt that is computed again after it lost its pages has been reported already.
        if (Request.PromptLogprobs is { } count && position + 1 < PromptLength && PromptReport.Count == position)
        {
            PromptReport.Add(LogprobReport.Build(logits, _tokens[position + 1], count));
        }
    }

    public void Append(in SampledToken token)
    {
        Grow(Length + 1);
        _tokens[Length++] = token.TokenId;
        Counts?.Add(token.TokenId);
        Write(new TokenEvent(token.TokenId, token.Logprob, token.Top, null, 0, null, token.Forced));
    }

    /// <summary>Forgets the cached rows; they are computed again, generated ones in the generating form (I6).</summary>
    public void ResetCache()
    {
        Cached = 0;
        Scheduled = 0;
        PageCount = 0;
        TreeNode = null;
        TreePages = 0;
    }

    public void End(FinishReason reason, string? faultMessage = null)
    {
        HasEnded = true;
        Write(new TokenEvent(-1, 0f, null, reason, CachedPromptTokens, faultMessage));
        _events.Writer.Complete();
    }

    private void Grow(int length)
    {
        if (length > _tokens.Length)
        {
            Array.Resize(ref _tokens, (int)Math.Min(_lengthLimit, Math.Max(length, (long)_tokens.Length * 2)));
        }
    }

    private void Write(in TokenEvent tokenEvent) =>
        Check.That(_events.Writer.TryWrite(tokenEvent), "the event channel of a sequence is full or closed");

    private static bool UsesPenalties(SamplingParams sampling) =>
        sampling.RepetitionPenalty != 1f || sampling.PresencePenalty != 0f || sampling.FrequencyPenalty != 0f;
}
