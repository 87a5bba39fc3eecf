using Baltoro.Engine.Sampling;

namespace Baltoro.Engine.Tests.Vision;

/// <summary>Allows everything, but holds the engine at the first draw until it is opened, so that a test can submit more before.</summary>
internal sealed class GateConstraint : ITokenConstraint, IDisposable
{
    private readonly ManualResetEventSlim _open = new(false);

    public void Open() => _open.Set();

    public bool TryFillMask(Span<ulong> allowedBits) => false;

    public void Accept(int tokenId)
    {
    }

    public ReadOnlySpan<int> TakeForcedTokens()
    {
        _open.Wait();
        return [];
    }

    public void Dispose() => _open.Dispose();
}
