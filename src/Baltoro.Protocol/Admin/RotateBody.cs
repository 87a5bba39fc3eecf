namespace Baltoro.Protocol.Admin;

/// <summary>How a key is rotated.</summary>
public sealed record RotateBody
{
    /// <summary>How long the old secret goes on; 0 without it, 2,592,000 at most.</summary>
    public long? GraceSeconds { get; init; }
}
