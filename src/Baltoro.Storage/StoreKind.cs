namespace Baltoro.Storage;

/// <summary>Where keys, accounts and the ledger live.</summary>
public enum StoreKind
{
    /// <summary>One file in the data directory; one server.</summary>
    Sqlite,

    /// <summary>A PostgreSQL database; any number of servers.</summary>
    Postgres,
}
