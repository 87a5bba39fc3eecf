using Baltoro.Platform.Receipts;

namespace Baltoro.Platform.Ports;

/// <summary>Where roots are kept besides the database; append only.</summary>
public interface IRootLog
{
    /// <summary>Adds a root, durably.</summary>
    void Append(SignedRoot root);

    /// <summary>All roots, oldest first; a line cut by a crash at the very end is left out.</summary>
    IReadOnlyList<SignedRoot> Read();
}
