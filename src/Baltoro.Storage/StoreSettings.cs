using Baltoro.Platform.Limits;
using Baltoro.Storage.Sqlite.Accounts;

namespace Baltoro.Storage;

/// <summary>Which store a server or a command works on. Never printed: connection strings may hold passwords.</summary>
public sealed class StoreSettings
{
    /// <summary>SQLite in the data directory.</summary>
    public static StoreSettings Default { get; } = new();

    public StoreKind Kind { get; init; } = StoreKind.Sqlite;

    /// <summary>Npgsql connection string; needed by <see cref="StoreKind.Postgres"/>.</summary>
    public string? Postgres { get; init; }

    /// <summary><c>host:port[,…]</c> and options; null: limits are counted in the ledger's database.</summary>
    public string? Redis { get; init; }

    /// <summary>What happens to requests while Redis cannot be reached.</summary>
    public SharedLimitOutage RedisOutage { get; init; } = SharedLimitOutage.Refuse;

    /// <summary>File of the key hashes' secret; null: <c>key-pepper</c> in the data directory.</summary>
    public string? PepperFile { get; init; }

    /// <summary>What a commit in SQLite survives.</summary>
    public SqliteDurability Durability { get; init; } = SqliteDurability.Process;
}
