using System.Data.Common;

namespace Baltoro.Storage.Backup;

/// <summary>One database inside one transaction, as backup and restore see it. One thread at a time.</summary>
internal interface IBackupDatabase : IAsyncDisposable
{
    /// <summary>Folder of its migrations; also what the manifest calls the store.</summary>
    string Dialect { get; }

    /// <summary>Name for messages, without secrets.</summary>
    string Where { get; }

    /// <summary>Every table but the list of migrations, in an order that rows can be written in.</summary>
    ValueTask<IReadOnlyList<BackupTable>> TablesAsync(CancellationToken cancellationToken);

    /// <summary>Opens a reader over a query.</summary>
    ValueTask<DbDataReader> ReadAsync(string sql, CancellationToken cancellationToken, params object?[] values);

    /// <summary>Adds rows to a table; returns how many.</summary>
    ValueTask<long> InsertAsync(
        BackupTable table, IReadOnlyList<string> columns, IEnumerable<object?[]> rows, CancellationToken cancellationToken);

    ValueTask ExecuteAsync(string sql, CancellationToken cancellationToken);

    /// <summary>Checks what the database itself can check, then commits.</summary>
    /// <exception cref="StorageException">The content contradicts itself.</exception>
    ValueTask CommitAsync(CancellationToken cancellationToken);
}
