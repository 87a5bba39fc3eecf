using Microsoft.Data.Sqlite;

namespace Baltoro.Storage.Sqlite.Accounts;

/// <summary>
/// Moves the write-ahead log into the database beside the writer, so that the waits for the disk fall on nobody's request. Where the
/// log still grows beyond a bound, the writer moves it itself.
/// </summary>
internal sealed class SqliteCheckpointer : IAsyncDisposable
{
    private static readonly TimeSpan _interval = TimeSpan.FromMilliseconds(500);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;

    public SqliteCheckpointer(string connectionString) => _loop = Task.Run(() => RunAsync(connectionString));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task RunAsync(string connectionString)
    {
        SqliteConnection connection = new(new SqliteConnectionStringBuilder(connectionString) { Pooling = false }.ToString());
        await using (connection.ConfigureAwait(false))
        {
            using PeriodicTimer timer = new(_interval, TimeProvider.System);
            while (await NextAsync(timer).ConfigureAwait(false))
            {
                TryMove(connection);
            }
        }
    }

    private static void TryMove(SqliteConnection connection)
    {
        try
        {
            if (connection.State != System.Data.ConnectionState.Open)
            {
                connection.Open();
            }

            SqliteDatabase.Execute(connection, "PRAGMA wal_checkpoint(PASSIVE)");
        }
        catch (SqliteException)
        {
            // Busy or out of space: nothing is lost, and the writer's own checkpoint or the next round does it.
            return;
        }
    }

    private async ValueTask<bool> NextAsync(PeriodicTimer timer)
    {
        try
        {
            return await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
