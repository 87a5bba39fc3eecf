using Baltoro.Engine.Kernels;
using Baltoro.Engine.Model;
using Baltoro.Engine.Schedule;
using Baltoro.Engine.Threads;

namespace Baltoro.Engine.Ops;

/// <summary>
/// A step's attention in latent space as tasks of similar size, and what they leave behind until it is joined. A row's keys are
/// cut by their number alone, so neither neighbours nor threads change what is summed with what (I4, I6).
/// </summary>
internal sealed unsafe class DecodePlan : IDisposable
{
    /// <summary>Most chunks of a row: bounds the memory for what is to be joined.</summary>
    private const int MostChunks = 32;

    private const int Lanes = Bf16Args.PanelLanes;
    private const int TaskGranule = 64;

    private readonly int _heads;
    private readonly RowBuffer _values;
    private readonly RowBuffer _stats = new(2 * Lanes);
    private DecodeTask[] _tasks = new DecodeTask[TaskGranule];
    private long[] _keysBefore = new long[TaskGranule + 1];
    private int[] _firstTask = new int[TaskGranule];

    public DecodePlan(KimiConfig config)
    {
        _heads = config.HeadCount;
        _values = new RowBuffer(Lanes * config.LatentRank);
    }

    public int TaskCount { get; private set; }

    /// <summary>Whether the kernels can hold a model's rows: whole blocks of latents and rotated parts.</summary>
    public static bool CanHold(KimiConfig config) =>
        config.LatentRank % LatentPairArgs.RankGranule == 0 && config.RopeHeadDim % LatentPairArgs.RopeGranule == 0;

    /// <summary>Lays out the rows in absorbed form; allocates only when there are more than ever before.</summary>
    public void Fill(StepRows rows)
    {
        TaskCount = 0;
        if (rows.AbsorbedRanges.IsEmpty)
        {
            return;
        }

        if (_firstTask.Length < rows.RowCount)
        {
            _firstTask = new int[rows.RowCount];
        }

        for (int run = 0; run < rows.Runs.Length; run++)
        {
            RowRun slice = rows.Runs[run];
            for (int i = 0; i < slice.RowCount && slice.Slice.Form == AttentionForm.Absorbed; i++)
            {
                _firstTask[slice.FirstRow + i] = TaskCount;
                AddRow(run, slice.FirstRow + i, slice.StartPosition + i + 1);
            }
        }

        int capacity = (TaskCount + TaskGranule - 1) / TaskGranule * TaskGranule;
        _values.Reserve(capacity);
        _stats.Reserve(capacity);
    }

    /// <summary>A worker's share of the tasks: those whose first key falls into its share of all keys.</summary>
    public PartRange Split(Worker worker)
    {
        long all = _keysBefore[TaskCount];
        int start = At(all * worker.Index / worker.Count);
        return new PartRange(start, At(all * (worker.Index + 1) / worker.Count) - start);
    }

    public DecodeTask Task(int index) => _tasks.AsSpan(0, TaskCount)[index];

    /// <summary>[16, rank]: a task's weighted sums, head by head.</summary>
    public RowBlock Values(int task) => _values.Rows(TaskCount).Unfold(task, Lanes);

    /// <summary>A task's largest scores [16], then its sums of weights [16].</summary>
    public RowBlock Stats(int task) => _stats.Rows(TaskCount).Unfold(task, 2);

    /// <summary>The tasks of one head of one row that sees <paramref name="keys"/> keys, in the order of the keys.</summary>
    public PartRange TasksOf(int row, int head, int keys)
    {
        int chunks = (keys + ChunkKeys(keys) - 1) / ChunkKeys(keys);
        return new PartRange(_firstTask[row] + (head / Lanes * chunks), chunks);
    }

    public void Dispose()
    {
        _values.Dispose();
        _stats.Dispose();
    }

    private static int ChunkKeys(int keys)
    {
        int tiles = (keys + DecodeAttention.TileKeys - 1) / DecodeAttention.TileKeys;
        return (tiles + MostChunks - 1) / MostChunks * DecodeAttention.TileKeys;
    }

    private void AddRow(int run, int row, int keys)
    {
        int chunk = ChunkKeys(keys);
        for (int head = 0; head < _heads; head += Lanes)
        {
            for (int key = 0; key < keys; key += chunk)
            {
                if (TaskCount == _tasks.Length)
                {
                    Array.Resize(ref _tasks, 2 * TaskCount);
                    Array.Resize(ref _keysBefore, (2 * TaskCount) + 1);
                }

                int count = Math.Min(chunk, keys - key);
                _tasks[TaskCount] = new DecodeTask(run, row, head, key, count);
                _keysBefore[TaskCount + 1] = _keysBefore[TaskCount] + count;
                TaskCount++;
            }
        }
    }

    private int At(long keys)
    {
        int found = Array.BinarySearch(_keysBefore, 0, TaskCount + 1, keys);
        return found >= 0 ? found : ~found;
    }
}
