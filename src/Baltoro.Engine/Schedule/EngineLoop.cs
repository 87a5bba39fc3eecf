using System.Collections.Concurrent;
using Baltoro.Engine.Cache;
using Baltoro.Engine.Diagnostics;
using Baltoro.Engine.Model;
using Baltoro.Engine.Sampling;

namespace Baltoro.Engine.Schedule;

/// <summary>
/// The one thread that owns all serving state: Plan → Reserve pages → Run → Sample → Commit. Other threads only enqueue,
/// ask for a cancel, and read events.
/// </summary>
internal sealed class EngineLoop : IDisposable
{
    private readonly IModelRunner _runner;
    private readonly LatentCache _cache;
    private readonly PagePool _pool;
    private readonly Scheduler _scheduler;
    private readonly DraftPolicy? _drafts;
    private readonly TimeProvider _clock;
    private readonly long _deadlineTicks;
    private readonly ImageQueue? _images;
    private readonly Sampler _sampler;
    private readonly ConstraintStep _constraint;
    private readonly ConcurrentQueue<Sequence> _inbox = new();
    private readonly AutoResetEvent _wake = new(false);
    private readonly Thread _thread;
    private readonly StepPlan _plan = new();
    private readonly List<Sequence> _scheduled = [];
    private readonly List<Sequence> _ended = [];
    private readonly Lock _statsLock = new();
    private EngineStats _stats;
    private long _steps;
    private long _promptTokens;
    private long _generatedTokens;
    private volatile bool _stopping;

    public EngineLoop(IModelRunner runner, LatentCache cache, EngineOptions options)
    {
        _runner = runner;
        _cache = cache;
        _pool = new PagePool(cache.PageCount);
        _drafts = options.Speculation == SpeculationMode.Off ? null : new DraftPolicy(options.Speculation);
        _clock = options.Clock;
        _deadlineTicks = (long)(options.QueueDeadline.TotalSeconds * options.Clock.TimestampFrequency);
        _images = runner.Images is null ? null : new ImageQueue(runner.Images, options.ImageCacheBytes);
        _scheduler = new Scheduler(_pool, options, _drafts, _images);
        _sampler = new Sampler(runner.VocabularySize);
        _constraint = new ConstraintStep(runner.VocabularySize);
        PublishStats();
        _thread = new Thread(RunLoop) { Name = "baltoro-engine", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Raised on the owner thread when a sequence has ended; it no longer counts against the limits.</summary>
    public event Action<Sequence>? SequenceEnded;

    public EngineStats Stats
    {
        get
        {
            lock (_statsLock)
            {
                return _stats;
            }
        }
    }

    public void Submit(Sequence sequence)
    {
        _inbox.Enqueue(sequence);
        Wake();
    }

    public void Wake() => _wake.Set();

    /// <summary>Ends every sequence as cancelled and joins the thread.</summary>
    public void Dispose()
    {
        _stopping = true;
        Wake();
        _thread.Join();
        _wake.Dispose();
    }

    private void RunLoop()
    {
        while (!_stopping)
        {
            TakeInbox();
            EndCancelled();
            EndOverdue();
            _scheduler.Plan(_plan, _scheduled);
            bool stepped = _plan.Slices.Count > 0;
            if (stepped)
            {
                Step();
            }

            bool encoded = EncodeSlice(isIdle: !stepped);
            PublishStats();
            if (!stepped && !encoded)
            {
                _wake.WaitOne();
            }
        }

        Shutdown();
    }

    /// <summary>A slice of image work between two steps; what goes wrong in it ends the sequence it was for.</summary>
    private bool EncodeSlice(bool isIdle)
    {
        if (_images is null)
        {
            return false;
        }

        try
        {
            return _images.Advance(_scheduler.Waiting, isIdle);
        }
        catch (Exception fault) when (_images.Current is not null)
        {
            Sequence sequence = _images.Current;
            _images.Drop();
            _scheduler.RemoveWaiting(sequence);
            End(sequence, FinishReason.Fault, fault.ToString());
            return true;
        }
    }

    private void TakeInbox()
    {
        while (_inbox.TryDequeue(out Sequence? sequence))
        {
            _scheduler.Enqueue(sequence);
        }
    }

    private void EndCancelled()
    {
        _ended.Clear();
        _scheduler.RemoveCancelled(_ended);
        foreach (Sequence sequence in _ended)
        {
            End(sequence, FinishReason.Cancelled);
        }
    }

    private void EndOverdue()
    {
        if (_deadlineTicks == 0 || _scheduler.WaitingCount == 0)
        {
            return;
        }

        _ended.Clear();
        _scheduler.RemoveOverdue(_clock.GetTimestamp() - _deadlineTicks, _ended);
        foreach (Sequence sequence in _ended)
        {
            End(sequence, FinishReason.Overdue);
        }
    }

    private ReadOnlySpan<float> RunTimed()
    {
        bool isGenerating = _drafts is not null;
        int rows = 0;
        foreach (Sequence sequence in _scheduled)
        {
            isGenerating &= sequence.IsDecoding;
            rows += sequence.Slice.Tokens.Length;
        }

        long start = _clock.GetTimestamp();
        ReadOnlySpan<float> logits = _runner.Run(_plan, _cache);
        if (isGenerating)
        {
            _drafts!.ObserveStep(rows, _clock.GetElapsedTime(start).TotalSeconds);
        }

        return logits;
    }

    private void Step()
    {
        try
        {
            ReadOnlySpan<float> logits = RunTimed();
            _steps++;
            int row = 0;
            foreach (Sequence sequence in _scheduled)
            {
                _promptTokens += sequence.IsDecoding ? 0 : sequence.Slice.Tokens.Length;
                sequence.CommitRows();
                _scheduler.Publish(sequence);
                int wanted = sequence.Slice.LogitRows;
                Use(sequence, logits.Slice(row * _runner.VocabularySize, wanted * _runner.VocabularySize), wanted);
                row += wanted;
            }
        }
        catch (Exception fault)
        {
            FailStep(fault);
        }
    }

    /// <summary>Takes the logits[wanted, vocabulary] of a sequence's last rows: the prompt's report, and the next token.</summary>
    private void Use(Sequence sequence, ReadOnlySpan<float> logits, int wanted)
    {
        int vocabulary = _runner.VocabularySize;
        for (int i = 0; i < wanted && sequence.ReportsPrompt; i++)
        {
            sequence.ReportPrompt(sequence.Cached - wanted + i, logits.Slice(i * vocabulary, vocabulary));
        }

        if (wanted > 0 && sequence.Cached == sequence.Length)
        {
            int drafted = sequence.DraftCount;
            SampleOrFail(sequence, logits.Slice((wanted - 1 - drafted) * vocabulary, vocabulary));
            if (drafted > 0)
            {
                CheckDraft(sequence, logits[((wanted - drafted) * vocabulary)..], drafted);
            }
        }
    }

    /// <summary>
    /// Draws on from the guessed rows' logits[drafted, vocabulary] as long as the guesses are what was drawn: a row's result
    /// does not depend on the rows beside it (I4), so these are the tokens that steps of one row would give.
    /// </summary>
    private void CheckDraft(Sequence sequence, ReadOnlySpan<float> logits, int drafted)
    {
        int accepted = 0;
        while (accepted < drafted && sequence.TakeDraft(accepted))
        {
            SampleOrFail(sequence, logits.Slice(accepted * _runner.VocabularySize, _runner.VocabularySize));
            accepted++;
        }

        sequence.EndDraft(accepted);
        _drafts!.ObserveDraft(drafted, accepted);
    }

    /// <summary>What goes wrong in one row's draw is that sequence's fault alone.</summary>
    private void SampleOrFail(Sequence sequence, ReadOnlySpan<float> logits)
    {
        try
        {
            Sample(sequence, logits);
        }
        catch (InvariantException fault)
        {
            _scheduler.Release(sequence);
            End(sequence, FinishReason.Fault, fault.ToString());
        }
    }

    private void Sample(Sequence sequence, ReadOnlySpan<float> logits)
    {
        if (sequence.Request.Constraint is null)
        {
            Append(sequence, Draw(sequence, logits, default));
            return;
        }

        try
        {
            SampleConstrained(sequence, sequence.Request.Constraint, logits);
        }
        catch (Exception fault)
        {
            // A constraint that fails ends its own sequence; the others of the step go on.
            _scheduler.Release(sequence);
            End(sequence, FinishReason.Fault, fault.ToString());
        }
    }

    private void SampleConstrained(Sequence sequence, ITokenConstraint constraint, ReadOnlySpan<float> logits)
    {
        // Forced tokens before the first draw: their rows give the logits of the first free one.
        if (sequence.GeneratedCount == 0 && AppendForced(sequence, constraint))
        {
            return;
        }

        SampledToken token = Draw(sequence, logits, _constraint.Fill(constraint));
        constraint.Accept(token.TokenId);
        if (Append(sequence, token))
        {
            AppendForced(sequence, constraint);
        }
    }

    private SampledToken Draw(Sequence sequence, ReadOnlySpan<float> logits, ReadOnlySpan<ulong> allowed) =>
        _sampler.Draw(logits, sequence.Request.Sampling, sequence.Counts, sequence.GeneratedCount, sequence.Request.TopLogprobs, allowed);

    /// <summary>Appends what must come next; whether there was any.</summary>
    private bool AppendForced(Sequence sequence, ITokenConstraint constraint)
    {
        ReadOnlySpan<int> forced = constraint.TakeForcedTokens();
        foreach (int id in forced)
        {
            if (!Append(sequence, new SampledToken(id, 0f, null, Forced: true)))
            {
                break;
            }
        }

        return !forced.IsEmpty;
    }

    /// <summary>Appends a token and ends the sequence where it has to; whether it goes on.</summary>
    private bool Append(Sequence sequence, in SampledToken token)
    {
        sequence.Append(token);
        _generatedTokens++;
        if (sequence.StopIds.Contains(token.TokenId))
        {
            Finish(sequence, FinishReason.StopToken);
            return false;
        }

        if (sequence.AtLimit)
        {
            Finish(sequence, FinishReason.Length);
            return false;
        }

        return true;
    }

    private void Finish(Sequence sequence, FinishReason reason)
    {
        _scheduler.Release(sequence);
        End(sequence, reason);
    }

    /// <summary>A step that throws ends the sequences that took part in it; the engine goes on with the others.</summary>
    private void FailStep(Exception fault)
    {
        foreach (Sequence sequence in _scheduled)
        {
            if (_scheduler.Running.Contains(sequence))
            {
                _scheduler.Release(sequence);
                End(sequence, FinishReason.Fault, fault.ToString());
            }
        }
    }

    private void End(Sequence sequence, FinishReason reason, string? faultMessage = null)
    {
        sequence.End(reason, faultMessage);
        SequenceEnded?.Invoke(sequence);
    }

    private void Shutdown()
    {
        TakeInbox();
        foreach (Sequence sequence in _scheduler.Running)
        {
            sequence.RequestCancel();
        }

        foreach (Sequence sequence in _scheduler.Waiting)
        {
            sequence.RequestCancel();
        }

        EndCancelled();
        PublishStats();
    }

    private void PublishStats()
    {
        lock (_statsLock)
        {
            _stats = new EngineStats(
                _scheduler.Running.Count,
                _scheduler.WaitingCount + _inbox.Count,
                _pool.FreePages,
                _pool.CachedPages,
                _pool.TotalPages,
                _steps,
                _promptTokens,
                _generatedTokens,
                _scheduler.Preemptions,
                _drafts?.Drafted ?? 0,
                _drafts?.Accepted ?? 0,
                _images?.Encoded ?? 0);
        }
    }
}
