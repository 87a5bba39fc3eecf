using System.Globalization;

namespace Baltoro.Storage.Files;

/// <summary>
/// Held by the one server of a data directory. The operating system drops the lock when the process ends, however it
/// ends, so a crash leaves nothing to clean up. Commands beside the server do not take it.
/// </summary>
public sealed class DataDirectoryLock : IDisposable
{
    private readonly FileStream _file;

    private DataDirectoryLock(FileStream file) => _file = file;

    /// <summary>Takes the lock.</summary>
    /// <exception cref="StorageException">Another process holds it; the message says which.</exception>
    public static DataDirectoryLock Take(DataDirectory directory, TimeProvider clock)
    {
        FileStream file;
        try
        {
            file = new FileStream(directory.LockFile, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (UnauthorizedAccessException fault)
        {
            throw new StorageException($"lock file {directory.LockFile}: not writable ({fault.Message})", fault);
        }
        catch (IOException fault)
        {
            throw new StorageException(
                $"data directory {directory.Path} is in use by another server ({ReadHolder(directory)}); stop it or use another --data",
                fault);
        }

        string since = clock.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        File.WriteAllText(directory.LockInfoFile, $"process {Environment.ProcessId} since {since}");
        return new DataDirectoryLock(file);
    }

    /// <summary>Releases the lock; the file itself stays.</summary>
    public void Dispose() => _file.Dispose();

    private static string ReadHolder(DataDirectory directory)
    {
        try
        {
            return File.ReadAllText(directory.LockInfoFile);
        }
        catch (IOException)
        {
            return "process unknown";
        }
    }
}
