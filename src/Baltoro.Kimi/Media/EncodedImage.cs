namespace Baltoro.Kimi.Media;

/// <summary>
/// A picture as it was sent: checked by its header, not decoded. Compared by reference, so that what was made of it once
/// can be found again.
/// </summary>
public sealed class EncodedImage
{
    public EncodedImage(ReadOnlyMemory<byte> bytes, ImageHeader header, string field)
    {
        Bytes = bytes;
        Header = header;
        Field = field;
    }

    /// <summary>The file.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>Format and size.</summary>
    public ImageHeader Header { get; }

    /// <summary>Where it stands in the request, for errors.</summary>
    public string Field { get; }
}
