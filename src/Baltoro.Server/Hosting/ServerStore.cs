using Baltoro.Platform.Identity;
using Baltoro.Platform.Ports;
using Baltoro.Platform.Receipts;
using Baltoro.Platform.Tiers;
using Baltoro.Server.Files;
using Baltoro.Storage;
using Baltoro.Storage.Files;

namespace Baltoro.Server.Hosting;

/// <summary>The data directory of a running server and the store it uses: locked, migrated, open.</summary>
public sealed class ServerStore : IAsyncDisposable
{
    private const string OnlyNode = "local";
    private readonly DataDirectoryLock _lock;
    private readonly ReceiptKey _receiptKey;

    private ServerStore(DataDirectoryLock held, StoreSettings settings, PlatformStore platform, string nodeId, FileLibrary files)
    {
        _lock = held;
        Settings = settings;
        Platform = platform;
        NodeId = nodeId;
        Files = files;
        SharedLimits = platform.OpenSharedLimits();
        _receiptKey = platform.Money.OpenReceiptKey();
        Receipts = new ReceiptService(platform.Accounts, platform.Money.Receipts, _receiptKey, platform.Money.RootLog);
    }

    /// <summary>Everything that is stored.</summary>
    public PlatformStore Platform { get; }

    /// <summary>Keys of this store.</summary>
    public KeyService Keys => Platform.Keys;

    /// <summary>Uploaded files.</summary>
    public FileLibrary Files { get; }

    /// <summary>Limits, balances and ledger of this store.</summary>
    public IAccountStore Accounts => Platform.Accounts;

    /// <summary>Limits counted across nodes; null: the ledger's store counts them.</summary>
    public ISharedLimits? SharedLimits { get; }

    /// <summary>Name of this server in reservations; the same after a restart on the same data directory.</summary>
    public string NodeId { get; }

    /// <summary>Receipts, signed with this directory's key.</summary>
    public ReceiptService Receipts { get; }

    internal StoreSettings Settings { get; }

    /// <summary>Opens SQLite in <paramref name="path"/> for the one server that may use it.</summary>
    /// <exception cref="StartFailure">Not usable, or in use by another server.</exception>
    public static ServerStore Open(string path, TimeProvider clock) => Open(path, StoreSettings.Default, clock);

    /// <summary>Opens the store of <paramref name="settings"/>; the data directory is this server's alone in any case.</summary>
    /// <exception cref="StartFailure">Not usable, or the directory is in use by another server.</exception>
    public static ServerStore Open(string path, StoreSettings settings, TimeProvider clock, TierTable? tiers = null)
    {
        try
        {
            DataDirectory directory = DataDirectory.Open(path);
            DataDirectoryLock held = DataDirectoryLock.Take(directory, clock);
            try
            {
                string node = settings.Kind == StoreKind.Sqlite ? OnlyNode : NodeIdFile.OpenOrCreate(directory);
                PlatformStore platform = PlatformStore.Open(settings, directory, clock, $"baltoro serve {node}", tiers);
                return new ServerStore(held, settings, platform, node, FileLibraryFactory.Open(platform, directory, clock));
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
        await Platform.DisposeAsync().ConfigureAwait(false);
        _receiptKey.Dispose();
        _lock.Dispose();
    }
}
