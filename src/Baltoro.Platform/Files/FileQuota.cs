namespace Baltoro.Platform.Files;

/// <summary>What an organization may keep. The defaults are the platform's.</summary>
public sealed record FileQuota
{
    /// <summary>Files of an organization.</summary>
    public int MaxFiles { get; init; } = 1_000;

    /// <summary>Bytes of one file: 100 MB.</summary>
    public long MaxFileBytes { get; init; } = 100L << 20;

    /// <summary>Bytes of all files of an organization: 10 GB.</summary>
    public long MaxTotalBytes { get; init; } = 10L << 30;
}
