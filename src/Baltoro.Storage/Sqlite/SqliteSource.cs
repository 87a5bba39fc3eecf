using System.Data.Common;
using System.Globalization;
using Baltoro.Storage.Sql;
using Microsoft.Data.Sqlite;

namespace Baltoro.Storage.Sqlite;

/// <summary>Shared statements on SQLite. It works synchronously; the longest wait is the busy timeout.</summary>
internal sealed class SqliteSource(SqliteDatabase database) : ISqlSource
{
    public string Name => database.Path;

    public ValueTask<DbConnection> OpenAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult<DbConnection>(database.Connect());
    }

    public ValueTask<DbTransaction> BeginAsync(DbConnection connection, CancellationToken cancellationToken) =>
        ValueTask.FromResult<DbTransaction>(((SqliteConnection)connection).BeginTransaction(deferred: false));

    public DbParameter Parameter(int position, object? value) => new SqliteParameter
    {
        ParameterName = string.Create(CultureInfo.InvariantCulture, $"${position}"),
        Value = value ?? DBNull.Value,
    };
}
