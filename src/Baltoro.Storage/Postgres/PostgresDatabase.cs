using Baltoro.Storage.Migrations;
using Npgsql;

namespace Baltoro.Storage.Postgres;

/// <summary>A pool of connections to one PostgreSQL database with an up-to-date schema.</summary>
public sealed class PostgresDatabase : IAsyncDisposable
{
    private const int PreparedStatements = 100;
    private const int PoolSize = 20;

    /// <summary>Any number that no other program uses as an advisory lock in this database.</summary>
    private const long MigrationLock = 0x62616c746f726f;

    private PostgresDatabase(NpgsqlDataSource source, string name)
    {
        Source = source;
        Name = name;
    }

    /// <summary>Host, port and database, for messages.</summary>
    public string Name { get; }

    internal NpgsqlDataSource Source { get; }

    /// <summary>What is wrong with a connection string, or null. Says nothing of its content, which may hold a password.</summary>
    public static string? ProblemOf(string connectionString)
    {
        const string Expected = "must be an Npgsql connection string such as Host=127.0.0.1;Database=baltoro;Username=baltoro";
        try
        {
            NpgsqlConnectionStringBuilder settings = new(connectionString);
            return string.IsNullOrEmpty(settings.Host) ? $"{Expected}; no Host is in it" : null;
        }
        catch (Exception fault) when (fault is ArgumentException or FormatException or InvalidCastException or OverflowException)
        {
            return Expected;
        }
    }

    /// <summary>Connects, and brings the schema up to date; of several nodes that start at once one does the work.</summary>
    /// <exception cref="StorageException">Not reachable, or written by a newer program. The message leaves the password out.</exception>
    public static PostgresDatabase Open(string connectionString, TimeProvider clock, string application = "baltoro") =>
        Open(connectionString, clock, only: null, application);

    /// <summary>The same with some of the schema's scripts only: a database as an earlier program left it.</summary>
    internal static PostgresDatabase Open(
        string connectionString, TimeProvider clock, IReadOnlyCollection<int>? only, string application = "baltoro")
    {
        if (ProblemOf(connectionString) is string problem)
        {
            throw new StorageException($"PostgreSQL: the connection string {problem}");
        }

        NpgsqlConnectionStringBuilder settings = new(connectionString);
        // The driver's own default would let two nodes take every connection of a server with standard settings.
        settings.MaxPoolSize = settings.ShouldSerialize("Maximum Pool Size") ? settings.MaxPoolSize : PoolSize;
        settings.MaxAutoPrepare = PreparedStatements;
        settings.AutoPrepareMinUsages = 2;
        settings.ApplicationName ??= application;
        NpgsqlDataSource source = NpgsqlDataSource.Create(settings);
        string where = $"{settings.Host}:{settings.Port}/{settings.Database}";
        try
        {
            using NpgsqlConnection connection = source.OpenConnection();
            Migrator.Run(connection, "Postgres", where, () => BeginExclusive(connection), clock, only);
            return new PostgresDatabase(source, $"PostgreSQL {where}");
        }
        catch (NpgsqlException fault)
        {
            source.Dispose();
            throw new StorageException($"PostgreSQL {where}: cannot be used ({fault.Message})", fault);
        }
    }

    /// <summary>Closes all connections.</summary>
    public ValueTask DisposeAsync() => Source.DisposeAsync();

    private static NpgsqlTransaction BeginExclusive(NpgsqlConnection connection)
    {
        NpgsqlTransaction transaction = connection.BeginTransaction();
        using NpgsqlCommand lockCommand = new("SELECT pg_advisory_xact_lock($1)", connection, transaction);
        lockCommand.Parameters.Add(new NpgsqlParameter { Value = MigrationLock });
        lockCommand.ExecuteNonQuery();
        return transaction;
    }
}
