namespace Baltoro.Engine.Weights.Packed;

/// <summary>
/// The folder of packed files. One process at a time adds to it or removes from it, under a lock that ends with the process; others go
/// on without. Files are written under another name, reach the disk, and are renamed, so a file of the right name is whole.
/// </summary>
internal sealed class PackedCache(PackedCacheOptions options)
{
    public const string Extension = ".packed";
    public const string PartialExtension = ".partial";
    public const string LockName = "lock";

    /// <summary>The file of <paramref name="key"/>; null when there is none, or none that can be used.</summary>
    public PackedFile? Find(PackedKey key)
    {
        string path = PathOf(key);
        try
        {
            if (!File.Exists(path))
            {
                return null;
            }

            PackedFile file = PackedFile.Open(path, key);
            MarkUsed(path);
            return file;
        }
        catch (PackedMismatchException fault)
        {
            Report($"packed weights {path} cannot be used: {fault.Message}; they are made anew");
        }
        catch (Exception fault) when (IsFileFault(fault))
        {
            Report($"packed weights {path} cannot be read: {fault.Message}");
        }

        return null;
    }

    /// <summary>
    /// Lets <paramref name="fill"/> write the file of <paramref name="key"/> in place of whatever is there and maps it. Null, after a report, where
    /// that cannot be: another process is at it, there is no room, the folder cannot be written. What <paramref name="fill"/> itself throws is not caught.
    /// </summary>
    /// <param name="neededBytes">About how large the file will be.</param>
    public PackedBuild? Build(PackedKey key, long neededBytes, Action<IWeightStore> fill)
    {
        string path = PathOf(key);
        FileStream? hold = null;
        try
        {
            MakeFolder();
            hold = TryLock();
            if (hold is null || !HasRoom(path, neededBytes))
            {
                hold?.Dispose();
                return null;
            }

            PackedFile file = Write(path + PartialExtension, key, fill);
            return new PackedBuild(file, path, hold, Report);
        }
        catch (Exception fault) when (IsFileFault(fault))
        {
            hold?.Dispose();
            Report($"packed weights are not kept in {path}: {fault.Message} (about {neededBytes} bytes are needed)");
            return null;
        }
        catch
        {
            hold?.Dispose();
            throw;
        }
    }

    /// <summary>Where the file of <paramref name="key"/> lies when there is one.</summary>
    public string PathOf(PackedKey key) => Path.Combine(options.Folder, key.FileName);

    internal static bool IsFileFault(Exception fault) => fault is IOException or UnauthorizedAccessException or NotSupportedException;

    private static PackedFile Write(string partial, PackedKey key, Action<IWeightStore> fill)
    {
        try
        {
            using (FileStream stream = new(partial, FileMode.Create, FileAccess.Write, FileShare.Read | FileShare.Delete, bufferSize: 0))
            {
                using PackedWriter writer = new(stream);
                fill(writer);
                writer.Finish(key);
            }

            return PackedFile.Open(partial, key);
        }
        catch
        {
            File.Delete(partial);
            throw;
        }
    }

    /// <summary>Makes the folder, and those above it that are missing, for the owner only: one of them may be the data directory.</summary>
    private void MakeFolder()
    {
        Stack<string> missing = [];
        for (string? path = Path.GetFullPath(options.Folder); path is not null && !Directory.Exists(path); path = Path.GetDirectoryName(path))
        {
            missing.Push(path);
        }

        foreach (string path in missing)
        {
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(path);
            }
            else
            {
                Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }
        }
    }

    /// <summary>The folder's lock; null while another process, or another load of this one, has it.</summary>
    private FileStream? TryLock()
    {
        try
        {
            return new FileStream(Path.Combine(options.Folder, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException fault)
        {
            Report($"packed weights are not kept this time, {Path.Combine(options.Folder, LockName)} is in use: {fault.Message}");
            return null;
        }
    }

    /// <summary>Removes what is left of interrupted writes and what was not used for longest, until the new file fits.</summary>
    private bool HasRoom(string path, long neededBytes)
    {
        DirectoryInfo folder = new(options.Folder);
        foreach (FileInfo partial in folder.GetFiles("*" + PartialExtension))
        {
            partial.Delete();
        }

        if (neededBytes > options.MaxBytes)
        {
            Report($"packed weights are not kept in {path}: they take about {neededBytes} bytes, the folder may have {options.MaxBytes}");
            return false;
        }

        File.Delete(path);
        FileInfo[] files = [.. folder.GetFiles("*" + Extension).OrderBy(file => file.LastWriteTimeUtc)];
        long total = files.Sum(file => file.Length);
        foreach (FileInfo oldest in files.TakeWhile(_ => total + neededBytes > options.MaxBytes))
        {
            total -= oldest.Length;
            oldest.Delete();
        }

        long free = new DriveInfo(folder.FullName).AvailableFreeSpace;
        if (free < neededBytes)
        {
            Report($"packed weights are not kept in {path}: they take about {neededBytes} bytes, {free} are free");
            return false;
        }

        return true;
    }

    /// <summary>The time of a file is that of its last use; where it cannot be set, files age from when they were written.</summary>
    private static void MarkUsed(string path)
    {
        try
        {
            File.SetLastWriteTimeUtc(path, TimeProvider.System.GetUtcNow().UtcDateTime);
        }
        catch (Exception fault) when (IsFileFault(fault))
        {
            return;
        }
    }

    private void Report(string sentence) => options.Report?.Invoke(sentence);
}
