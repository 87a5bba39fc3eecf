namespace Baltoro.Platform.Files;

/// <summary>What a file is uploaded for, as clients write it.</summary>
public static class FilePurpose
{
    /// <summary>A document whose text is wanted.</summary>
    public const string FileExtract = "file-extract";

    /// <summary>A picture to show to a model.</summary>
    public const string Image = "image";

    /// <summary>A film to show to a model.</summary>
    public const string Video = "video";

    /// <summary>Requests of a batch, one JSON object a line.</summary>
    public const string Batch = "batch";

    /// <summary>Purposes a client can choose.</summary>
    public static IReadOnlyList<string> All { get; } = [FileExtract, Image, Video, Batch];
}
