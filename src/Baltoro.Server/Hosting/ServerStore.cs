using Baltoro.Platform.Identity;
using Baltoro.Storage;
using Baltoro.Storage.Files;

namespace Baltoro.Server.Hosting;

/// <summary>The data directory of a running server: locked, migrated, open.</summary>
public sealed class ServerStore : IDisposable
{
    private readonly DataDirectoryLock _lock;

    private ServerStore(DataDirectoryLock held, KeyService keys)
    {
        _lock = held;
        Keys = keys;
    }

    /// <summary>Keys of this directory.</summary>
    public KeyService Keys { get; }

    /// <summary>Opens <paramref name="path"/> for the one server that may use it.</summary>
    /// <exception cref="StartFailure">Not usable, or in use by another server.</exception>
    public static ServerStore Open(string path, TimeProvider clock)
    {
        try
        {
            DataDirectory directory = DataDirectory.Open(path);
            DataDirectoryLock held = DataDirectoryLock.Take(directory, clock);
            try
            {
                return new ServerStore(held, KeyStoreFactory.Open(directory, clock));
            }
            catch (StorageException)
            {
                held.Dispose();
                throw;
            }
        }
        catch (StorageException fault)
        {
            throw new StartFailure(ExitCode.Data, fault.Message, fault);
        }
    }

    /// <summary>Lets another server use the directory.</summary>
    public void Dispose() => _lock.Dispose();
}
