namespace Baltoro.Protocol.Admin;

/// <summary>That something is gone.</summary>
public sealed record RemovedEntry(string Id)
{
    public bool Deleted { get; init; } = true;
}
