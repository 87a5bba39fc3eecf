using Baltoro.Platform.Ledger;
using Baltoro.Platform.Limits;
using Baltoro.Platform.Ports;
using Baltoro.Platform.Prices;
using Baltoro.Storage.Postgres;
using Baltoro.Storage.Redis;
using Baltoro.Storage.Tests.Servers;
using Npgsql;
using StackExchange.Redis;

namespace Baltoro.Storage.Tests.Accounts;

/// <summary>The whole suite again with the rate limits in Redis and the ledger in PostgreSQL, and what only this pair can get wrong.</summary>
public sealed class RedisSharedLimitsTests(PostgresServer postgres, RedisServer redis)
    : AccountStoreConformance, IClassFixture<PostgresServer>, IClassFixture<RedisServer>
{
    private readonly List<PostgresDatabase> _databases = [];
    private readonly List<ConnectionMultiplexer> _connections = [];
    private SharedLimitAdmission? _gate;

    protected override ValueTask<IAccountStore> OpenNodeAsync()
    {
        PostgresDatabase database = PostgresDatabase.Open(postgres.ConnectionString, Clock);
        _databases.Add(database);
        return ValueTask.FromResult<IAccountStore>(new PostgresAccountStore(database, Clock));
    }

    private protected override ValueTask<IAdmission> AdmissionAsync(IAccountStore store, Accounting accounting)
    {
        ConnectionMultiplexer connection = RedisConnection.Open(redis.ConnectionString);
        _connections.Add(connection);
        SharedLimitAdmission gate = new(accounting, store, new RedisSharedLimits(connection, Clock), Settings(), Clock);
        _gate ??= gate;
        return ValueTask.FromResult<IAdmission>(gate);
    }

    private protected override ValueTask<IReadOnlyList<LimitUse>> LimitsAsync(string tier) =>
        _gate!.LimitsAsync(Request(tier, 0, 0), default); // set when the suite opened its first gate

    protected override async ValueTask TamperAsync(string organizationId, long sequence)
    {
        await using NpgsqlConnection connection = new(postgres.ConnectionString);
        await connection.OpenAsync();
        await using NpgsqlCommand command = new(
            "ALTER TABLE ledger_entry DISABLE TRIGGER USER; "
            + $"UPDATE ledger_entry SET amount_nano = amount_nano + 1 WHERE sequence = {sequence} AND organization_id = '{organizationId}'; "
            + "ALTER TABLE ledger_entry ENABLE TRIGGER USER",
            connection);
        await command.ExecuteNonQueryAsync();
    }

    [Fact]
    public async Task Redis_LostAllKeys_CountersAreRebuiltFromLedger()
    {
        AdmissionResult first = await Gate.AdmitAsync(Request("free", 100, 100), default);
        await Gate.SettleAsync(first.Reservation!, new TokenUsage(100, 0, 50), default);
        Assert.True((await Gate.AdmitAsync(Request("free", 100, 100), default)).MayRun);
        redis.Kill();
        Assert.Equal(AdmissionCode.Unavailable, (await Gate.AdmitAsync(Request("free", 1, 1), default)).Code);
        await redis.StartAsync();
        AdmissionResult? refused = null;
        await ServerProcess.RetryAsync(async () =>
        {
            refused = await Gate.AdmitAsync(Request("free", 1, 1), default);
            Assert.NotEqual(AdmissionCode.Unavailable, refused.Code);
        });
        Assert.Equal(LimitDimension.Concurrency, refused!.Refusal?.Dimension);
        IReadOnlyList<LimitUse> uses = await LimitsAsync("free");
        Assert.Equal(2, uses.Single(use => use.Dimension == LimitDimension.RequestsPerMinute).Used);
        Assert.Equal(350, uses.Single(use => use.Dimension == LimitDimension.TokensPerMinute).Used);
        Assert.Equal(350, uses.Single(use => use.Dimension == LimitDimension.TokensPerDay).Used);
        await VerifySoundAsync();
    }

    [Fact]
    public async Task Redis_RestartedFromAnOldSnapshot_IsNotBelieved()
    {
        Assert.True((await Gate.AdmitAsync(Request("free", 0, 0), default)).MayRun);
        await _connections[0].GetDatabase().ExecuteAsync("SAVE");
        AdmissionResult second = await Gate.AdmitAsync(Request("free", 100, 100), default);
        Assert.Equal(LimitDimension.Concurrency, second.Refusal?.Dimension);
        await Gate.VoidAsync((await Store.ListCountedAsync(Organization, default)).Single(), default);
        Assert.True((await Gate.AdmitAsync(Request("free", 100, 100), default)).MayRun);
        redis.Kill();
        await redis.StartAsync(forget: false);
        AdmissionResult? refused = null;
        await ServerProcess.RetryAsync(async () =>
        {
            refused = await Gate.AdmitAsync(Request("free", 1, 1), default);
            Assert.NotEqual(AdmissionCode.Unavailable, refused.Code);
        });
        Assert.Equal(LimitDimension.Concurrency, refused!.Refusal?.Dimension);
        IReadOnlyList<LimitUse> uses = await LimitsAsync("free");
        Assert.Equal(2, uses.Single(use => use.Dimension == LimitDimension.RequestsPerMinute).Used);
        Assert.Equal(200, uses.Single(use => use.Dimension == LimitDimension.TokensPerMinute).Used);
    }

    [Fact]
    public async Task Redis_AwayWithCountingInTheLedger_NeverPassesTheLimit()
    {
        SharedLimitAdmission gate = new(
            Accounts, Store, new RedisSharedLimits(_connections[0], Clock), Settings() with { Outage = SharedLimitOutage.CountInLedger }, Clock);
        await AdmitAndSettleAsync(gate);
        redis.Kill();
        await AdmitAndSettleAsync(gate);
        await AdmitAndSettleAsync(gate);
        AdmissionResult refused = await gate.AdmitAsync(Request("free", 1, 1), default);
        Assert.Equal((LimitDimension.RequestsPerMinute, 3L), (refused.Refusal?.Dimension, refused.Refusal?.Current ?? 0));
        Assert.Equal(3 * 15, (await Accounts.LimitsAsync(Organization, "", "ak-1", "free", default))
            .Single(use => use.Dimension == LimitDimension.TokensPerDay).Used);
        await redis.StartAsync();
        await ServerProcess.RetryAsync(() => _connections[0].GetDatabase().PingAsync());
        refused = await gate.AdmitAsync(Request("free", 1, 1), default);
        Assert.Equal((LimitDimension.RequestsPerMinute, 3L), (refused.Refusal?.Dimension, refused.Refusal?.Current ?? 0));
        Assert.Equal(3, (await gate.LimitsAsync(Request("free", 0, 0), default))
            .Single(use => use.Dimension == LimitDimension.RequestsPerMinute).Used);
        StepMs(60_000);
        await AdmitAndSettleAsync(gate);
        await VerifySoundAsync();
    }

    private async Task AdmitAndSettleAsync(IAdmission gate)
    {
        AdmissionResult admitted = await gate.AdmitAsync(Request("free", 10, 10), default);
        Assert.True(admitted.MayRun, $"{admitted.Code} {admitted.Refusal}");
        await gate.SettleAsync(admitted.Reservation!, new TokenUsage(10, 0, 5), default); // set when it may run
    }

    [Fact]
    public async Task Hold_OfLostCounters_IsNotAcceptedByLedger()
    {
        await TopUpAsync(Money.FromUsd(1));
        Assert.True((await Gate.AdmitAsync(Request("tier1", 1, 1), default)).MayRun);
        LimitHold stale = new("an epoch that never was", [], []);
        Assert.Null(await Accounts.AdmitHeldAsync(Request("tier1", 1, 1), stale, default));
    }

    [Fact]
    public async Task LedgerRefusal_GivesHoldBackWhole()
    {
        AdmissionResult refused = await Gate.AdmitAsync(Request("tier1", 1_000, 1_000), default);
        Assert.Equal(AdmissionCode.BalanceTooLow, refused.Code);
        Assert.All(await LimitsAsync("tier1"), use => Assert.Equal(0, use.Used));
    }

    [Fact]
    public async Task Crash_BetweenHoldAndLedger_FreesWithTheLeaseAndChargesNothing()
    {
        await TopUpAsync(Money.FromUsd(1));
        Reservation warm = (await Gate.AdmitAsync(Request("tier1", 1, 1), default)).Reservation!;
        await Gate.VoidAsync(warm, default);
        RedisSharedLimits limits = new(_connections[0], Clock);
        (string, LimitSet)[] scopes = [(ScopeName.OfTier("tier1"), new LimitSet { Concurrency = 50 })];
        Assert.True((await limits.AcquireAsync(new HoldRequest(Organization, "lost", scopes, 500, 60_000), default)).IsNew);
        Assert.Equal(1, (await LimitsAsync("tier1")).Single(use => use.Dimension == LimitDimension.Concurrency).Used);
        StepMs(60_001);
        Assert.Equal(0, (await LimitsAsync("tier1")).Single(use => use.Dimension == LimitDimension.Concurrency).Used);
        Assert.Equal(Money.FromUsd(1), (await Accounts.BalanceAsync(Organization, default)).Available);
    }

    public override async ValueTask DisposeAsync()
    {
        foreach (ConnectionMultiplexer connection in _connections)
        {
            await connection.DisposeAsync();
        }

        foreach (PostgresDatabase database in _databases)
        {
            await database.DisposeAsync();
        }
    }
}
