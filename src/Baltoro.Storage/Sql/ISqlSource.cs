using System.Data.Common;

namespace Baltoro.Storage.Sql;

/// <summary>Where statements run: the one difference between the databases that shared stores see.</summary>
internal interface ISqlSource
{
    /// <summary>What messages call the database.</summary>
    string Name { get; }

    /// <summary>A connection; dispose it to give it back.</summary>
    ValueTask<DbConnection> OpenAsync(CancellationToken cancellationToken);

    /// <summary>A transaction that may write.</summary>
    ValueTask<DbTransaction> BeginAsync(DbConnection connection, CancellationToken cancellationToken);

    /// <summary>A parameter at a position from 1 on.</summary>
    DbParameter Parameter(int position, object? value);
}
