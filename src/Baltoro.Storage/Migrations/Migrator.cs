using System.Data.Common;
using System.Globalization;
using System.Reflection;

namespace Baltoro.Storage.Migrations;

/// <summary>
/// Applies the numbered scripts of one dialect in order, each once and in a transaction of its own; what is done is
/// listed in the table <c>migration</c>. Forward only.
/// </summary>
internal static class Migrator
{
    /// <summary>Brings a database up to date.</summary>
    /// <param name="connection">Open connection.</param>
    /// <param name="dialect">Folder of the scripts: <c>Sqlite</c> or <c>Postgres</c>.</param>
    /// <param name="where">Name of the database for messages.</param>
    /// <param name="beginExclusive">Starts a transaction that excludes other migrators until it ends.</param>
    /// <param name="clock">Time written beside each script.</param>
    /// <param name="only">The scripts to apply, for a database that is to be as an earlier program left it; null: all.</param>
    /// <exception cref="StorageException">The database was written by a newer program.</exception>
    public static void Run(
        DbConnection connection, string dialect, string where, Func<DbTransaction> beginExclusive, TimeProvider clock,
        IReadOnlyCollection<int>? only = null)
    {
        List<(int Number, string Resource)> scripts = Scripts(dialect);
        using DbTransaction transaction = beginExclusive();
        Execute(connection, transaction,
            "CREATE TABLE IF NOT EXISTS migration (number INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at BIGINT NOT NULL)");
        HashSet<int> done = ReadDone(connection, transaction);
        int[] unknown = [.. done.Except(scripts.Select(script => script.Number)).Order()];
        if (unknown.Length > 0)
        {
            throw new StorageException(
                $"database {where}: schema {unknown[^1]} is newer than this program's {scripts[^1].Number}; use the program that wrote it");
        }

        foreach ((int number, string resource) in scripts.Where(script => !done.Contains(script.Number) && only?.Contains(script.Number) != false))
        {
            Execute(connection, transaction, Read(resource));
            string file = resource[Prefix(dialect).Length..];
            long at = clock.GetUtcNow().ToUnixTimeMilliseconds();
            Execute(connection, transaction, string.Create(
                CultureInfo.InvariantCulture, $"INSERT INTO migration (number, name, applied_at) VALUES ({number}, '{file}', {at})"));
        }

        transaction.Commit();
    }

    private static string Prefix(string dialect) => $"Baltoro.Storage.Migrations.{dialect}.";

    /// <summary>The scripts of a dialect, in order.</summary>
    internal static List<(int Number, string Resource)> Scripts(string dialect) =>
    [
        .. Assembly.GetExecutingAssembly().GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix(dialect), StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(name => (int.Parse(name.AsSpan(Prefix(dialect).Length, 4), NumberStyles.None, CultureInfo.InvariantCulture), name)),
    ];

    private static HashSet<int> ReadDone(DbConnection connection, DbTransaction transaction)
    {
        using DbCommand command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = "SELECT number FROM migration";
        using DbDataReader reader = command.ExecuteReader();
        HashSet<int> done = [];
        while (reader.Read())
        {
            done.Add(reader.GetInt32(0));
        }

        return done;
    }

    private static void Execute(DbConnection connection, DbTransaction transaction, string sql)
    {
        using DbCommand command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static string Read(string resource)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(resource)
            ?? throw new InvalidOperationException($"migration {resource} is not in the program");
        using StreamReader reader = new(stream);
        return reader.ReadToEnd();
    }
}
