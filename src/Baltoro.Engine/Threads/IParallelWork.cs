namespace Baltoro.Engine.Threads;

/// <summary>Work that every thread of a <see cref="WorkerPool"/> executes side by side, each on its own part.</summary>
internal interface IParallelWork
{
    /// <summary>
    /// Runs on every worker at once. All workers must reach the same barriers in the same order. What a value becomes
    /// must not depend on which worker computes it (I6).
    /// </summary>
    void Execute(Worker worker);
}
