using Baltoro.Platform.Idempotency;
using Baltoro.Platform.Identity;
using Baltoro.Platform.Ports;
using Baltoro.Storage;
using Baltoro.Storage.Files;
using Baltoro.Storage.Sqlite.Accounts;

namespace Baltoro.Server.Hosting;

/// <summary>The data directory of a running server: locked, migrated, open.</summary>
public sealed class ServerStore : IAsyncDisposable
{
    private readonly DataDirectoryLock _lock;

    private readonly SqliteAccountStore _accounts;

    private ServerStore(DataDirectoryLock held, KeyService keys, SqliteAccountStore accounts, KeptResponses responses)
    {
        _lock = held;
        Keys = keys;
        _accounts = accounts;
        Responses = responses;
    }

    /// <summary>Keys of this directory.</summary>
    public KeyService Keys { get; }

    /// <summary>Limits, balances and ledger of this directory.</summary>
    public IAccountStore Accounts => _accounts;

    /// <summary>Answers kept for repeats of their request.</summary>
    public KeptResponses Responses { get; }

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
                return new ServerStore(held, keys, AccountStoreFactory.Open(directory, clock), KeptResponsesFactory.Open(directory, clock));
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
