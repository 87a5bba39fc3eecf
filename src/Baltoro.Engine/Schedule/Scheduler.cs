using Baltoro.Engine.Cache;
using Baltoro.Engine.Diagnostics;

namespace Baltoro.Engine.Schedule;

/// <summary>
/// Decides what the next step computes. Pure in the sense that it knows no clock, no I/O and no model: its inputs are the
/// queues, the page pool and the options. Oldest first; generating sequences go before prompts; a prompt is read in
/// chunks under a row budget; when pages run out the youngest sequence gives its pages back and is computed again later.
/// Used by the engine's owner thread only.
/// </summary>
internal sealed class Scheduler
{
    private readonly PagePool _pool;
    private readonly EngineOptions _options;
    private readonly List<Sequence> _running = [];
    private readonly LinkedList<Sequence> _waiting = new();

    public Scheduler(PagePool pool, EngineOptions options)
    {
        _pool = pool;
        _options = options;
    }

    /// <summary>Sequences that hold pages, oldest first.</summary>
    public IReadOnlyList<Sequence> Running => _running;

    public IEnumerable<Sequence> Waiting => _waiting;

    public int WaitingCount => _waiting.Count;

    public long Preemptions { get; private set; }

    public void Enqueue(Sequence sequence) => _waiting.AddLast(sequence);

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

        for (LinkedListNode<Sequence>? node = _waiting.First; node is not null;)
        {
            LinkedListNode<Sequence>? next = node.Next;
            if (node.Value.CancelRequested)
            {
                ended.Add(node.Value);
                _waiting.Remove(node);
            }

            node = next;
        }
    }

    /// <summary>Takes <paramref name="sequence"/> out of the running set and gives its pages back.</summary>
    public void Release(Sequence sequence)
    {
        Check.That(_running.Remove(sequence), "a sequence that does not run is released");
        FreePages(sequence);
    }

    /// <summary>Fills <paramref name="plan"/> with the next step; an empty plan means there is nothing to do.</summary>
    public void Plan(StepPlan plan, List<Sequence> scheduled)
    {
        plan.Slices.Clear();
        scheduled.Clear();
        int prefillBudget = _options.PrefillTokensPerStep;
        for (int i = 0; i < _running.Count; i++)
        {
            Sequence sequence = _running[i];
            int budget = sequence.IsDecoding ? _options.PrefillTokensPerStep : prefillBudget;
            if (budget == 0 || !TryReserve(sequence, budget))
            {
                continue;
            }

            int rows = Add(sequence, budget, plan, scheduled);
            prefillBudget -= sequence.IsDecoding ? 0 : rows;
        }

        while (prefillBudget > 0 && _running.Count < _options.MaxRunning && _waiting.First is { } first)
        {
            Sequence sequence = first.Value;
            if (!FitsWithoutPreemption(sequence))
            {
                break;
            }

            _waiting.RemoveFirst();
            _running.Add(sequence);
            Check.That(TryReserve(sequence, prefillBudget), "pages promised to a sequence are gone");
            prefillBudget -= Add(sequence, prefillBudget, plan, scheduled);
        }
    }

    private static int Add(Sequence sequence, int budget, StepPlan plan, List<Sequence> scheduled)
    {
        int rows = sequence.ScheduleRows(budget);
        plan.Slices.Add(sequence.Slice);
        scheduled.Add(sequence);
        return rows;
    }

    /// <summary>A waiting sequence starts only when its whole text fits and a page for every running one stays free.</summary>
    private bool FitsWithoutPreemption(Sequence sequence) =>
        PagesFor(sequence.Length) + 1 + (_running.Count == 0 ? -1 : _running.Count) <= _pool.FreePages;

    /// <summary>
    /// Makes sure that pages for the next rows are there, taking them from the youngest sequences if it must. False when
    /// <paramref name="sequence"/> itself was the youngest and gave its pages back.
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
        _waiting.AddFirst(sequence);
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
