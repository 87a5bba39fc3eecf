using Baltoro.Kimi.Cards;
using Baltoro.Platform.Ports;
using Baltoro.Platform.Usage;
using Baltoro.Server.Hosting;
using Baltoro.Storage;
using Baltoro.Storage.Files;
using Baltoro.Storage.Sqlite.Accounts;

namespace Baltoro.Cli.Composition;

/// <summary>The accounts of a data directory for one command, also beside a running server.</summary>
internal sealed class AccountBooks : IAsyncDisposable
{
    private readonly SqliteAccountStore _store;

    private AccountBooks(SqliteAccountStore store, TimeProvider clock)
    {
        _store = store;
        Accounts = ServerAccounts.Over(store, ModelCatalog.BuiltIn, clock).Accounts;
    }

    public IAccounts Accounts { get; }

    public IAccountStore Store => _store;

    public Invoices Invoices => new(_store);

    public static AccountBooks Open(DataDirectory directory, TimeProvider clock) => new(AccountStoreFactory.Open(directory, clock), clock);

    public ValueTask DisposeAsync() => _store.DisposeAsync();
}
