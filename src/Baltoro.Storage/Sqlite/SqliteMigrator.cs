using System.Globalization;
using System.Reflection;
using Microsoft.Data.Sqlite;

namespace Baltoro.Storage.Sqlite;

/// <summary>Applies the numbered scripts under <c>Migrations/Sqlite</c>, each in a transaction of its own, in order.</summary>
internal static class SqliteMigrator
{
    private const string ResourceFolder = "Baltoro.Storage.Migrations.Sqlite.";

    public static void Run(SqliteConnection connection, string path, TimeProvider clock)
    {
        IReadOnlyList<(int Number, string Name)> scripts = Scripts();
        int newest = scripts[^1].Number;
        int current = ReadVersion(connection);
        if (current > newest)
        {
            throw new StorageException(
                $"database {path}: schema {current} is newer than this program's {newest}; use the program that wrote it");
        }

        foreach ((int number, string name) in scripts)
        {
            Apply(connection, number, name, clock);
        }
    }

    /// <summary>Scripts in order; a gap in the numbers is a defect of the build.</summary>
    internal static IReadOnlyList<(int Number, string Name)> Scripts()
    {
        List<(int Number, string Name)> scripts = [];
        foreach (string resource in typeof(SqliteMigrator).Assembly.GetManifestResourceNames().Order(StringComparer.Ordinal))
        {
            if (resource.StartsWith(ResourceFolder, StringComparison.Ordinal))
            {
                string file = resource[ResourceFolder.Length..];
                scripts.Add((int.Parse(file.AsSpan(0, 4), NumberStyles.None, CultureInfo.InvariantCulture), resource));
            }
        }

        return scripts;
    }

    private static void Apply(SqliteConnection connection, int number, string resource, TimeProvider clock)
    {
        // Immediate: of two processes that start at once, the second waits here and then finds the work done.
        using SqliteTransaction transaction = connection.BeginTransaction(deferred: false);
        if (ReadVersion(connection, transaction) >= number)
        {
            return;
        }

        SqliteDatabase.Execute(connection, ReadScript(resource), transaction);
        SqliteDatabase.Execute(
            connection,
            "CREATE TABLE IF NOT EXISTS migration (number INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT",
            transaction);
        using SqliteCommand log = connection.CreateCommand();
        log.Transaction = transaction;
        log.CommandText = "INSERT INTO migration (number, name, applied_at) VALUES ($number, $name, $at)";
        log.Parameters.AddWithValue("$number", number);
        log.Parameters.AddWithValue("$name", resource[ResourceFolder.Length..]);
        log.Parameters.AddWithValue("$at", clock.GetUtcNow().ToUnixTimeMilliseconds());
        log.ExecuteNonQuery();
        SqliteDatabase.Execute(connection, string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version = {number}"), transaction);
        transaction.Commit();
    }

    private static int ReadVersion(SqliteConnection connection, SqliteTransaction? transaction = null)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = "PRAGMA user_version";
        return Convert.ToInt32(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    private static string ReadScript(string resource)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(resource)
            ?? throw new InvalidOperationException($"migration {resource} is not in the program");
        using StreamReader reader = new(stream);
        return reader.ReadToEnd();
    }
}
