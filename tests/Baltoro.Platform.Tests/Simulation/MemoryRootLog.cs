using Baltoro.Platform.Ports;
using Baltoro.Platform.Receipts;

namespace Baltoro.Platform.Tests.Simulation;

/// <summary>Roots kept outside the store.</summary>
internal sealed class MemoryRootLog(List<SignedRoot> kept) : IRootLog
{
    public void Append(SignedRoot root) => kept.Add(root);

    public IReadOnlyList<SignedRoot> Read() => kept;
}
