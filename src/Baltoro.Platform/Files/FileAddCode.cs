namespace Baltoro.Platform.Files;

/// <summary>How an attempt to add a file ended.</summary>
public enum FileAddCode
{
    Added,
    TooManyFiles,
    TooManyBytes,
}
