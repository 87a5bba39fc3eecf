namespace Baltoro.Platform.Ports;

/// <summary>Bytes on their way to a file, used by one caller. Disposed without <see cref="Keep"/> they are removed.</summary>
public interface IFileDraft : IDisposable
{
    /// <summary>The bytes so far, to be written and read again.</summary>
    Stream Bytes { get; }

    /// <summary>
    /// Makes the bytes, and the text found in them, those of file <paramref name="id"/>. After a crash there are either all of
    /// them or none.
    /// </summary>
    void Keep(string id, ReadOnlyMemory<byte>? text);
}
