namespace Baltoro.Platform.Ports;

/// <summary>Keeps the bytes of uploaded files and the text found in them. Safe for concurrent use.</summary>
public interface IFileContents
{
    /// <summary>A place for bytes that are being received; gone without a trace unless kept.</summary>
    IFileDraft CreateDraft();

    /// <summary>The bytes of a file, or null when there are none.</summary>
    Stream? OpenRead(string id);

    /// <summary>The text found in a file, or null when none was kept.</summary>
    Stream? OpenText(string id);

    /// <summary>Removes bytes and text.</summary>
    void Delete(string id);

    /// <summary>Ids of what has been kept for a day or longer.</summary>
    IEnumerable<string> OldIds(TimeProvider clock);
}
