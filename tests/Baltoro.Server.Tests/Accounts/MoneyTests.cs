using System.Net;
using System.Text.Json;
using Baltoro.Kimi.Cards;
using Baltoro.Kimi.Conversation;
using Baltoro.Platform.Identity;
using Baltoro.Platform.Ledger;
using Baltoro.Platform.Ports;
using Baltoro.Platform.Usage;
using Baltoro.Server.Gate;
using Baltoro.Server.Hosting;
using Baltoro.Server.Tests.Harness;
using Baltoro.Tests.Shared;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Time.Testing;

namespace Baltoro.Server.Tests.Accounts;

/// <summary>Money over real HTTP: never more than there is, exactly what was generated, nothing for a failure.</summary>
public sealed class MoneyTests
{
    /// <summary>12 prompt tokens at 1,400 and 2 completion tokens at 4,200 nano-dollars.</summary>
    private const long AnswerNano = 25_200;

    [Fact]
    public async Task HundredParallelRequests_WithBalanceForTen_BillTen()
    {
        await using TestServer server = await TestServer.StartMeteredAsync();
        (_, HttpClient client) = await server.IssueAsync("enterprise", "acme");
        await TopUpAsync(server, 10 * AnswerNano);

        HttpResponseMessage[] answers = await Task.WhenAll(
            Enumerable.Range(0, 100).Select(_ => TestServer.ChatAsync(client, "\"max_tokens\":2")));

        Assert.Equal(10, answers.Count(answer => answer.StatusCode == HttpStatusCode.OK));
        foreach (HttpResponseMessage refused in answers.Where(answer => answer.StatusCode != HttpStatusCode.OK))
        {
            Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
            Assert.Equal("false", refused.Headers.GetValues("x-should-retry").Single());
            JsonElement error = (await TestServer.JsonAsync(refused)).GetProperty("error");
            Assert.Equal("exceeded_current_quota_error", error.GetProperty("type").GetString());
            Assert.Matches(
                @"^You exceeded your current token quota: acme \d+\.\d{9}, please check your account balance$",
                error.GetProperty("message").GetString());
        }

        AccountBalanceSheet sheet = await server.Accounts.Accounts.BalanceAsync("acme", default);
        Assert.Equal((0, 0, 0), (sheet.Available.NanoUsd, sheet.Cash.NanoUsd, sheet.Reserved.NanoUsd));
        await AssertSoundAsync(server, "acme");
    }

    [Fact]
    public async Task Disconnect_BillsThePromptAndWhatWasGenerated()
    {
        await using TestServer server = await TestServer.StartMeteredAsync();
        (_, HttpClient client) = await server.IssueAsync("enterprise", "acme");
        await TopUpAsync(server, Money.NanoPerUsd);
        server.Backend.PlayUntilCancelled(step => step < 20 ? Task.CompletedTask : Task.Delay(20));
        using (HttpResponseMessage answer = await TestServer.ChatAsync(client, "\"stream\":true", readWhole: false))
        {
            byte[] some = new byte[64];
            await (await answer.Content.ReadAsStreamAsync()).ReadExactlyAsync(some);
        }

        RequestOutcome outcome = await server.Settlement.NextAsync();
        Assert.Equal(RequestEnd.Cancelled, outcome.End);
        Assert.True(outcome.Usage.CompletionTokens > 0);
        long charged = (12 * 1_400) + (outcome.Usage.CompletionTokens * 4_200L);
        AccountBalanceSheet sheet = await server.Accounts.Accounts.BalanceAsync("acme", default);
        Assert.Equal((Money.NanoPerUsd - charged, 0), (sheet.Available.NanoUsd, sheet.Reserved.NanoUsd));
        UsageDay day = Assert.Single(await server.Store.Accounts.ReadUsageAsync("acme", 0, int.MaxValue, default));
        Assert.Equal((1, 12, outcome.Usage.CompletionTokens), (day.Requests, day.UncachedTokens, (int)day.CompletionTokens));
        await AssertSoundAsync(server, "acme");
    }

    [Fact]
    public async Task FaultBeforeTheFirstToken_IsFree()
    {
        await using TestServer server = await TestServer.StartMeteredAsync();
        (_, HttpClient client) = await server.IssueAsync("enterprise", "acme");
        await TopUpAsync(server, Money.NanoPerUsd);
        server.Backend.Play(new ChatEvent.Fault(ChatFaultKind.Internal, "broken"));

        using HttpResponseMessage answer = await TestServer.ChatAsync(client);

        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        AccountBalanceSheet sheet = await server.Accounts.Accounts.BalanceAsync("acme", default);
        Assert.Equal((Money.NanoPerUsd, 0), (sheet.Available.NanoUsd, sheet.Reserved.NanoUsd));
    }

    [Fact]
    public async Task RunningStream_KeepsItsLease()
    {
        FakeTimeProvider clock = new(DateTimeOffset.FromUnixTimeSeconds(1_790_000_000));
        await using TestServer server = await TestServer.StartMeteredAsync(clock);
        TaskCompletionSource gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
        server.Backend.PlayUntilCancelled(step => step < 1 ? Task.CompletedTask : gate.Task);
        using (HttpResponseMessage running = await server.PostAsync(TestServer.Body(more: "\"stream\":true"), readWhole: false))
        {
            long first = LeaseOf(server);
            for (int step = 0; step < 10 && LeaseOf(server) == first; step++)
            {
                clock.Advance(TimeSpan.FromSeconds(5));
                for (int look = 0; look < 20 && LeaseOf(server) == first; look++)
                {
                    await Task.Delay(20);
                }
            }

            Assert.True(LeaseOf(server) > first);
        }

        gate.SetResult();
        Assert.Equal(RequestEnd.Cancelled, (await server.Settlement.NextAsync()).End);
    }

    [Fact]
    public async Task Balance_HasThePlatformsShape()
    {
        await using TestServer server = await TestServer.StartMeteredAsync();
        (_, HttpClient client) = await server.IssueAsync("free", "acme");
        await TopUpAsync(server, 49_588_940_000);
        using HttpResponseMessage answer = await client.GetAsync(new Uri("/v1/users/me/balance", UriKind.Relative));
        Assert.Equal(
            """{"code":0,"data":{"available_balance":49.58894,"voucher_balance":0,"cash_balance":49.58894},"scode":"0x0","status":true}""",
            await answer.Content.ReadAsStringAsync());
        using HttpClient stranger = new() { BaseAddress = server.BaseUri };
        using HttpResponseMessage refused = await stranger.GetAsync(new Uri("/v1/users/me/balance", UriKind.Relative));
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
    }

    [Fact]
    public async Task Quote_SaysCostComparisonAndRefusal_AndTakesNothing()
    {
        await using TestServer server = await TestServer.StartMeteredAsync();
        (_, HttpClient client) = await server.IssueAsync("enterprise", "acme");
        using StringContent body = new(TestServer.Body(more: "\"max_tokens\":1000"));
        using HttpResponseMessage answer = await client.PostAsync(new Uri("/v1/quote", UriKind.Relative), body);
        JsonElement quote = await TestServer.JsonAsync(answer);

        Assert.Equal((12 * 1_400) + (1_000 * 4_200), quote.GetProperty("largest_cost_nano_usd").GetInt64());
        Assert.Equal((12 * 1_400) + (500 * 4_200), quote.GetProperty("likely_cost_nano_usd").GetInt64());
        JsonElement other = quote.GetProperty("comparisons").EnumerateArray().Single();
        Assert.Equal(
            ("gpt-4o", 44, 58),
            (other.GetProperty("model").GetString(), other.GetProperty("input_saved_percent").GetInt32(), other.GetProperty("output_saved_percent").GetInt32()));
        Assert.False(quote.GetProperty("would_run").GetBoolean());
        Assert.Equal("exceeded_current_quota_error", quote.GetProperty("refusal").GetProperty("type").GetString());
        Assert.Empty(server.Backend.Requests);
    }

    [Fact]
    public async Task Start_AfterAServerThatDied_FreesWhatItHadReserved()
    {
        using TempFolder folder = new();
        await using ServerStore store = ServerStore.Open(folder.Path, TimeProvider.System);
        ServerAccounts accounts = ServerAccounts.Over(store.Accounts, ModelCatalog.BuiltIn, TimeProvider.System);
        await accounts.Admission.AdmitAsync(
            new AdmissionRequest
            {
                RequestId = "left",
                OrganizationId = "local",
                KeyId = "ak-1",
                KeyTier = "enterprise",
                Model = "kimi-k2-5",
                PromptTokens = 100,
                CompletionTokens = 100,
            },
            default);
        Assert.True((await accounts.Accounts.BalanceAsync("local", default)).Reserved > Money.Zero);

        await using ScriptedBackend backend = new();
        await using BaltoroServer server = await BaltoroServer.StartAsync(
            new ServerOptions { DataPath = folder.Path, Urls = ["http://127.0.0.1:0"], LogLevel = Microsoft.Extensions.Logging.LogLevel.None },
            new ServerServices { Keys = store.Keys, Models = new ModelDirectory(ModelCatalog.BuiltIn, backend), Accounts = accounts },
            default);

        Assert.Equal(Money.Zero, (await accounts.Accounts.BalanceAsync("local", default)).Reserved);
        Assert.True((await accounts.Accounts.VerifyAsync("local", default)).IsSound);
        await server.StopAsync(default);
    }

    [Fact]
    public async Task BrokenStore_Is503AndNothingRuns()
    {
        await using TestServer server = await TestServer.StartMeteredAsync();
        using (SqliteConnection connection = new($"Data Source={Path.Combine(server.DataPath, "baltoro.db")}"))
        {
            connection.Open();
            using SqliteCommand command = connection.CreateCommand();
            command.CommandText = "ALTER TABLE account RENAME TO account_gone";
            command.ExecuteNonQuery();
        }

        using HttpResponseMessage answer = await server.PostAsync(TestServer.Body());

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal("1", answer.Headers.GetValues("Retry-After").Single());
        Assert.Empty(server.Backend.Requests);
    }

    private static ValueTask<MovementResult> TopUpAsync(TestServer server, long nanoUsd) => server.Accounts.Accounts.MoveAsync(
        new MoneyMovement("acme", EntryKind.TopUp, new Money(nanoUsd), "first", "test", ""), default);

    private static long LeaseOf(TestServer server)
    {
        using SqliteConnection connection = new($"Data Source={Path.Combine(server.DataPath, "baltoro.db")}");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT lease_until FROM reservation";
        return (long)(command.ExecuteScalar() ?? 0L);
    }

    private static async Task AssertSoundAsync(TestServer server, string organization)
    {
        LedgerReport report = await server.Accounts.Accounts.VerifyAsync(organization, default);
        Assert.True(report.IsSound, report.Problem);
    }
}
