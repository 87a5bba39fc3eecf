using Baltoro.Platform.Identity;
using Baltoro.Platform.Ports;
using Baltoro.Server.Files;
using Baltoro.Storage;
using Baltoro.Storage.Files;
using Baltoro.Storage.Sqlite.Accounts;

namespace Baltoro.Server.Hosting;

/// <summary>The data directory of a running server: locked, migrated, open.</summary>
public sealed class ServerStore : IAsyncDisposable
{
    private readonly DataDirectoryLock _lock;

    private readonly SqliteAccountStore _accounts;

    private ServerStore(DataDirectoryLock held, KeyService keys, SqliteAccountStore accounts, FileLibrary files)
    {
        _lock = held;
        Keys = keys;
        Files = files;
        _accounts = accounts;
    }

    /// <summary>Keys of this directory.</summary>
    public KeyService Keys { get; }

    /// <summary>Uploaded files of this directory.</summary>
    public FileLibrary Files { get; }

    /// <summary>Limits, balances and ledger of this directory.</summary>
    public IAccountStore Accounts => _accounts;

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
                KeyService keys = KeyStoreFactory.Open(directory, clock);
                FileLibrary files = FileLibraryFactory.Open(directory, clock);
                return new ServerStore(held, keys, AccountStoreFactory.Open(directory, clock), files);
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

    /// <summary>Finishes what is being written and lets another server use the directory.</summary>
    public async ValueTask DisposeAsync()
    {
        await _accounts.DisposeAsync().ConfigureAwait(false);
        _lock.Dispose();
    }
}
