namespace Baltoro.Engine;

/// <summary>Where and how repacked weights are kept for the next start.</summary>
public sealed record PackedCacheOptions
{
    /// <summary>Folder of the packed files, made when it is needed.</summary>
    public required string Folder { get; init; }

    /// <summary>Most bytes that all packed files take together; those not used for longest are removed first.</summary>
    public long MaxBytes { get; init; } = 64L << 30;

    /// <summary>Models of fewer bytes are repacked at each start: they take less time than a file.</summary>
    public long LeastModelBytes { get; init; } = 64L << 20;

    /// <summary>Is told, in a sentence, why a start goes on without a packed file, or makes a damaged one anew.</summary>
    public Action<string>? Report { get; init; }
}
