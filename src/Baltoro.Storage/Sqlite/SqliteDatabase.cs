using Baltoro.Storage.Migrations;
using Microsoft.Data.Sqlite;

namespace Baltoro.Storage.Sqlite;

/// <summary>
/// Opens connections to one SQLite file: write-ahead log (readers and other processes go on beside a writer), full
/// synchronization (a reported commit survives a power cut), foreign keys on, and a wait for a busy database.
/// </summary>
public sealed class SqliteDatabase
{
    private const int BusyTimeoutSeconds = 10;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private readonly string _connectionString;

    private SqliteDatabase(string path)
    {
        Path = path;
        _connectionString = new SqliteConnectionStringBuilder
        {
            DataSource = path,
            ForeignKeys = true,
            DefaultTimeout = BusyTimeoutSeconds,
            Mode = SqliteOpenMode.ReadWriteCreate,
        }.ToString();
    }

    /// <summary>The database file.</summary>
    public string Path { get; }

    /// <summary>Opens the file, creating it when missing, and brings its schema up to date.</summary>
    /// <exception cref="StorageException">Not a database, damaged, or newer than this program.</exception>
    public static SqliteDatabase Open(string path, TimeProvider clock) => Open(path, clock, only: null);

    /// <summary>The same with some of the schema's scripts only: a file as an earlier program left it.</summary>
    internal static SqliteDatabase Open(string path, TimeProvider clock, IReadOnlyCollection<int>? only)
    {
        SqliteDatabase database = new(path);
        try
        {
            CreateForOwner(path);
            using SqliteConnection connection = database.Connect();
            Execute(connection, "PRAGMA journal_mode = WAL");
            Migrator.Run(connection, "Sqlite", path, () => connection.BeginTransaction(deferred: false), clock, only);
        }
        catch (Exception fault) when (fault is SqliteException or IOException or UnauthorizedAccessException)
        {
            throw new StorageException($"database {path}: cannot be opened ({fault.Message})", fault);
        }

        return database;
    }

    /// <summary>A connection from the pool; dispose it to give it back.</summary>
    public SqliteConnection Connect()
    {
        SqliteConnection connection = new(_connectionString);
        connection.Open();
        Execute(connection, "PRAGMA synchronous = FULL");
        return connection;
    }

    /// <summary>SQLite gives its log files the mode of the database, so this one file decides for all.</summary>
    private static void CreateForOwner(string path)
    {
        if (OperatingSystem.IsWindows() || File.Exists(path))
        {
            return;
        }

        FileStreamOptions options = new()
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.Write,
            Share = FileShare.ReadWrite,
            UnixCreateMode = OwnerOnly,
        };
        using FileStream file = new(path, options);
    }

    /// <summary>Runs one statement that returns nothing.</summary>
    internal static void Execute(SqliteConnection connection, string sql, SqliteTransaction? transaction = null)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.Transaction = transaction;
        command.ExecuteNonQuery();
    }
}
