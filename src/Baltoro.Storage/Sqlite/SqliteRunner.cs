using Baltoro.Storage.Sql;

namespace Baltoro.Storage.Sqlite;

/// <summary>Shared statements on SQLite.</summary>
internal sealed class SqliteRunner(SqliteDatabase database) : SqlRunner(new SqliteSource(database));
