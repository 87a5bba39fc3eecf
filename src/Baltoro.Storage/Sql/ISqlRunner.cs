using System.Data.Common;

namespace Baltoro.Storage.Sql;

/// <summary>One database for stores that need no more than statements; <c>$1</c>, <c>$2</c> … are the parameters. Safe for concurrent use.</summary>
internal interface ISqlRunner
{
    /// <summary>Name for messages; no password in it.</summary>
    string Where { get; }

    /// <summary>All rows of one query.</summary>
    ValueTask<IReadOnlyList<T>> ListAsync<T>(
        string sql, Func<DbDataReader, T> read, CancellationToken cancellationToken, params object?[] values);

    /// <summary>Runs the statements in one transaction; returns the rows each changed.</summary>
    ValueTask<IReadOnlyList<int>> WriteAsync(IReadOnlyList<SqlWrite> writes, CancellationToken cancellationToken);
}
