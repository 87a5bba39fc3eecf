namespace Baltoro.Storage.Files;

/// <summary>Files that only their owner may read.</summary>
internal static class OwnerFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Writes a new file durably. Where another process was first, its file counts.</summary>
    public static void Create(string path, ReadOnlySpan<byte> content)
    {
        string fresh = $"{path}.{Guid.NewGuid():N}";
        using (FileStream file = new(fresh, Options(FileMode.CreateNew)))
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }

        ExclusiveName.TryGive(fresh, path);
        File.Delete(fresh);
    }

    /// <summary>Adds to a file durably, making it when missing.</summary>
    public static void Append(string path, ReadOnlySpan<byte> content)
    {
        using FileStream file = new(path, Options(FileMode.Append));
        file.Write(content);
        file.Flush(flushToDisk: true);
    }

    private static FileStreamOptions Options(FileMode mode)
    {
        FileStreamOptions options = new() { Mode = mode, Access = FileAccess.Write, Share = FileShare.Read };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        return options;
    }
}
