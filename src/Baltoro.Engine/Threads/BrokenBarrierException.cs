namespace Baltoro.Engine.Threads;

/// <summary>Tells a waiting worker that another one failed; the pool reports the first failure instead of this.</summary>
internal sealed class BrokenBarrierException : Exception
{
    public BrokenBarrierException()
        : base("another worker failed")
    {
    }
}
