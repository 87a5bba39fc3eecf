using Baltoro.Engine.Cache;
using Baltoro.Engine.Diagnostics;

namespace Baltoro.Engine.Schedule;

/// <summary>
/// Decides what the next step computes. Pure in the sense that it knows no clock, no I/O and no model: its inputs are the
/// queues, the page pool and the options. Waiting requests start in fair order between tenants. Every generating sequence gets its row in every step; prompts are
/// read in chunks beside them, under a row budget that they share evenly, so that a long prompt does not hold up short ones. When pages run out, cached prefixes are given up first, then the
/// youngest sequence gives its pages back and is computed again later. Used by the engine's owner thread only.
/// </summary>
internal sealed class Scheduler
{
    /// <summary>Waiting sequences looked at in one step, so that a long queue costs little.</summary>
    private const int WaitingScanned = 64;

    /// <summary>Fewest rows of a prompt in a step while the budget lasts; smaller chunks would only cost more steps.</summary>
    private const int LeastPromptRows = 16;

    private readonly PagePool _pool;
    private readonly PrefixSharing? _sharing;
    private readonly EngineOptions _options;
    private readonly DraftPolicy? _drafts;
    private readonly ImageQueue? _images;
    private readonly List<Sequence> _running = [];
    private readonly WaitingQueue _waiting = new();
    private readonly List<Sequence> _candidates = [];

    /// <param name="drafts">Who decides about guessing ahead, or null for none.</param>
    /// <param name="images">Images that prompts wait for, or null for a model without sight.</param>
    public Scheduler(PagePool pool, EngineOptions options, DraftPolicy? drafts = null, ImageQueue? images = null)
    {
        _drafts = drafts;
        _pool = pool;
        _sharing = options.PrefixCache ? new PrefixSharing(pool, new PrefixTree(pool)) : null;
        _options = options;
        _images = images;
    }

    /// <summary>Sequences that hold pages, oldest first.</summary>
    public IReadOnlyList<Sequence> Running => _running;

    public IEnumerable<Sequence> Waiting => _waiting.All;

    public int WaitingCount => _waiting.Count;

    public long Preemptions { get; private set; }

    public void Enqueue(Sequence sequence) => _waiting.Enqueue(sequence);

    /// <summary>Takes every cancelled sequence out and hands it to <paramref name="ended"/>.</summary>
    public void RemoveCancelled(List<Sequence> ended)
    {
        for (int i = _running.Count - 1; i >= 0; i--)
        {
            if (_running[i].CancelRequested)
            {
                ended.Add(_running[i]);
                Release(_running[i]);
            }
        }

        _waiting.Remove(static sequence => sequence.CancelRequested, ended);
    }

    /// <summary>Takes out every sequence that arrived before <paramref name="timestamp"/> and never started.</summary>
    public void RemoveOverdue(long timestamp, List<Sequence> ended) =>
        _waiting.Remove(sequence => !sequence.HasStarted && sequence.ArrivedTimestamp < timestamp, ended);

    /// <summary>Takes <paramref name="sequence"/> out of the running set and gives its pages back.</summary>
    public void Release(Sequence sequence)
    {
        Check.That(_running.Remove(sequence), "a sequence that does not run is released");
        _waiting.End(sequence);
        FreePages(sequence);
    }

    /// <summary>Takes a waiting sequence out that cannot start.</summary>
    public void RemoveWaiting(Sequence sequence) => _waiting.Remove(sequence);

    /// <summary>The step is done: shares the prompt pages that it completed.</summary>
    public void Publish(Sequence sequence) => _sharing?.Publish(sequence);

    /// <summary>Fills <paramref name="plan"/> with the next step; an empty plan means there is nothing to do.</summary>
    public void Plan(StepPlan plan, List<Sequence> scheduled)
    {
        plan.Slices.Clear();
        scheduled.Clear();
        int prefillBudget = _options.PrefillTokensPerStep;
        int prompts = PromptsInStep();
        for (int i = 0; i < _running.Count; i++)
        {
            Sequence sequence = _running[i];
            int budget = sequence.IsDecoding ? _options.PrefillTokensPerStep : Share(prefillBudget, prompts--);
            if (budget == 0 || !TryReserve(sequence, budget))
            {
                continue;
            }

            int rows = Add(sequence, budget, plan, scheduled);
            if (!sequence.IsDecoding)
            {
                prefillBudget -= rows;
            }
            else if (_drafts is not null)
            {
                sequence.AddDraft(_drafts, _running.Count, prefillBudget);
                prefillBudget -= sequence.DraftCount;
            }
        }

        StartWaiting(plan, scheduled, prefillBudget, prompts);
    }

    /// <summary>
    /// Prompts that share the next step's budget: those being read, and as many that may start, so that the first have at
    /// least half of it (others may be waiting for what they read).
    /// </summary>
    private int PromptsInStep()
    {
        int reading = 0;
        foreach (Sequence sequence in _running)
        {
            reading += sequence.IsDecoding ? 0 : 1;
        }

        int startable = Math.Min(_waiting.Count, _options.MaxRunning - _running.Count);
        return reading + Math.Min(startable, Math.Max(1, reading));
    }

    /// <summary>The part of <paramref name="budget"/> for the next of <paramref name="prompts"/> prompts; what it leaves is the others'.</summary>
    private static int Share(int budget, int prompts) => Math.Min(budget, Math.Max(LeastPromptRows, budget / Math.Max(1, prompts)));

    private void StartWaiting(StepPlan plan, List<Sequence> scheduled, int prefillBudget, int prompts)
    {
        _images?.BeginPlan();
        if (_waiting.Count == 0 || prefillBudget == 0)
        {
            return;
        }

        _waiting.FillCandidates(_candidates, WaitingScanned);
        foreach (Sequence sequence in _candidates)
        {
            if (prefillBudget == 0 || _running.Count == _options.MaxRunning)
            {
                return;
            }

            IReadOnlyList<PrefixNode> prefix = sequence.ReportsPrompt ? [] : _sharing?.Match(sequence) ?? [];
            if (_sharing is not null && PrefixSharing.IsBeingRead(sequence, prefix.Count, _running))
            {
                continue;
            }

            if (_images?.IsReady(sequence, prefix.Count * LatentCache.PageTokens) == false)
            {
                continue;
            }

            if (!FitsWithoutPreemption(sequence, prefix))
            {
                return;
            }

            _waiting.Start(sequence);
            sequence.HasStarted = true;
            _running.Add(sequence);
            _sharing?.Adopt(sequence, prefix);
            int budget = Share(prefillBudget, prompts--);
            Check.That(TryReserve(sequence, budget), "pages promised to a sequence are gone");
            int rows = Add(sequence, budget, plan, scheduled);
            prefillBudget -= sequence.IsDecoding ? 0 : rows;
        }
    }

    private int Add(Sequence sequence, int budget, StepPlan plan, List<Sequence> scheduled)
    {
        int rows = sequence.ScheduleRows(budget);
        _waiting.Charge(sequence, rows);
        plan.Slices.Add(sequence.Slice);
        scheduled.Add(sequence);
        return rows;
    }

    /// <summary>A waiting sequence starts only when its whole text fits and a page for every running one stays free.</summary>
    private bool FitsWithoutPreemption(Sequence sequence, IReadOnlyList<PrefixNode> prefix)
    {
        int fresh = PagesFor(sequence.Length) - prefix.Count;
        int spare = _running.Count == 0 ? 0 : _running.Count + 1;
        int available = _pool.FreePages + _pool.CachedPages - (_sharing?.OnlyCached(prefix) ?? 0);
        return fresh + spare <= available;
    }

    /// <summary>
    /// Makes sure that pages for the next rows are there: free ones, then cached ones, then those of the youngest
    /// sequence. False when <paramref name="sequence"/> itself was the youngest and gave its pages back.
    /// </summary>
    private bool TryReserve(Sequence sequence, int budget)
    {
        int end = sequence.Cached < sequence.PromptLength ? sequence.PromptLength : sequence.Length;
        int needed = PagesFor(Math.Min(end, sequence.Cached + budget));
        while (sequence.PageCount < needed)
        {
            if (_pool.TryAllocate(out int page))
            {
                sequence.AddPage(page);
                continue;
            }

            if (_sharing is not null && _sharing.TryEvict())
            {
                continue;
            }

            Sequence youngest = _running[^1];
            Preempt(youngest);
            if (ReferenceEquals(youngest, sequence))
            {
                return false;
            }
        }

        return true;
    }

    private void Preempt(Sequence sequence)
    {
        Check.That(_running.Count > 1, "one sequence alone does not fit into the cache");
        Preemptions++;
        _running.RemoveAt(_running.Count - 1);
        FreePages(sequence);
        _waiting.PutBack(sequence);
    }

    private void FreePages(Sequence sequence)
    {
        foreach (int page in sequence.Pages)
        {
            _pool.Release(page);
        }

        sequence.ResetCache();
    }

    private static int PagesFor(int tokens) => (tokens + LatentCache.PageTokens - 1) / LatentCache.PageTokens;
}
