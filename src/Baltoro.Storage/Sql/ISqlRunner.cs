using System.Data.Common;

namespace Baltoro.Storage.Sql;

/// <summary>Runs single statements on a database; each is atomic and durable when it answers. Parameters are <c>$1</c>, <c>$2</c> … in both dialects.</summary>
internal interface ISqlRunner
{
    /// <summary>All rows of a query, or of a statement with RETURNING.</summary>
    ValueTask<IReadOnlyList<T>> ListAsync<T>(
        string sql, Func<DbDataReader, T> read, CancellationToken cancellationToken, params object?[] values);

    /// <summary>Runs the statements in one transaction; returns the rows each changed.</summary>
    ValueTask<IReadOnlyList<int>> WriteAsync(IReadOnlyList<SqlWrite> writes, CancellationToken cancellationToken);
}
