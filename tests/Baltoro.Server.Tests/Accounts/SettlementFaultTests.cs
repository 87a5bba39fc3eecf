using System.Net;
using Baltoro.Platform.Ledger;
using Baltoro.Server.Tests.Harness;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Time.Testing;

namespace Baltoro.Server.Tests.Accounts;

/// <summary>A database that refuses writes while an answer is delivered: the answer is charged later, once.</summary>
public sealed class SettlementFaultTests
{
    private const long AnswerNano = 25_200;

    [Fact]
    public async Task StoreThatRefusesSettlements_ChargesThemOnceWhenItIsBack()
    {
        FakeTimeProvider clock = new(DateTimeOffset.FromUnixTimeSeconds(1_790_000_000));
        await using TestServer server = await TestServer.StartMeteredAsync(clock);
        string journal = Path.Combine(server.DataPath, "settlements.jsonl");
        Execute(server, "CREATE TRIGGER broken BEFORE INSERT ON receipt BEGIN SELECT RAISE(ABORT, 'disk trouble'); END");
        using (HttpResponseMessage answer = await TestServer.ChatAsync(server.Client))
        {
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        Assert.True(File.Exists(journal));
        Assert.Equal(0, await ChargedAsync(server));
        Execute(server, "DROP TRIGGER broken");
        for (int round = 0; round < 200 && File.Exists(journal); round++)
        {
            clock.Advance(TimeSpan.FromSeconds(5));
            await Task.Delay(20);
        }

        Assert.False(File.Exists(journal));
        Assert.Equal(AnswerNano, await ChargedAsync(server));
        LedgerReport report = await server.Accounts.Accounts.VerifyAsync("local", default);
        Assert.True(report.IsSound, report.Problem);
        Assert.Equal(Money.Zero, (await server.Accounts.Accounts.BalanceAsync("local", default)).Reserved);
    }

    private static void Execute(TestServer server, string sql)
    {
        using SqliteConnection connection = new($"Data Source={Path.Combine(server.DataPath, "baltoro.db")}");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static async Task<long> ChargedAsync(TestServer server) =>
        (await server.Store.Accounts.ReadUsageAsync("local", 0, int.MaxValue, default)).Aggregate(Money.Zero, (sum, day) => sum + day.Charged).NanoUsd;
}
