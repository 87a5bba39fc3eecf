namespace Baltoro.Engine.Weights.Packed;

/// <summary>
/// A packed file that was just written, mapped already. In the background it is brought to the disk and given its name; disposing waits for that
/// and frees the mapping and the folder's lock.
/// </summary>
internal sealed class PackedBuild : IDisposable
{
    private readonly Task _naming;

    /// <summary>Owns <paramref name="file"/>, whose path is not yet <paramref name="path"/>, and the lock <paramref name="hold"/>.</summary>
    public PackedBuild(PackedFile file, string path, FileStream hold, Action<string> report)
    {
        File = file;
        _naming = Task.Factory.StartNew(() => Name(file.Path, path, hold, report), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    public PackedFile File { get; }

    public void Dispose()
    {
        _naming.Wait();
        File.Dispose();
    }

    private static void Name(string partial, string path, FileStream hold, Action<string> report)
    {
        try
        {
            using (hold)
            {
                using (FileStream stream = new(partial, FileMode.Open, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete))
                {
                    stream.Flush(flushToDisk: true);
                }

                System.IO.File.Move(partial, path, overwrite: true);
            }
        }
        catch (Exception fault) when (PackedCache.IsFileFault(fault))
        {
            report($"packed weights are not kept in {path}: {fault.Message}");
        }
    }
}
