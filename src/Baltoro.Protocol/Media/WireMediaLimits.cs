namespace Baltoro.Protocol.Media;

/// <summary>Bounds that hold while a body is read, before a byte of a picture is decoded.</summary>
public static class WireMediaLimits
{
    /// <summary>Pictures and frames of a request.</summary>
    public const int MaxSources = 256;

    /// <summary>Bytes of one encoded picture or film.</summary>
    public const int MaxSourceBytes = 50_000_000;

    /// <summary>Characters of a reference.</summary>
    public const int MaxReferenceChars = 2_048;
}
