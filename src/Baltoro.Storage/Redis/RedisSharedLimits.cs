using System.Text.Json;
using Baltoro.Platform.Ledger;
using Baltoro.Platform.Limits;
using Baltoro.Platform.Ports;
using StackExchange.Redis;

namespace Baltoro.Storage.Redis;

/// <summary>
/// Rate limits in Redis (or Valkey): one script per step, all keys of an organization in one hash slot, time by the
/// server. The server must not evict keys (<c>maxmemory-policy noeviction</c>); it needs no persistence.
/// </summary>
/// <param name="connection">Open connection; owned by the caller.</param>
/// <param name="clock">A clock in place of the server's; for tests.</param>
public sealed class RedisSharedLimits(IConnectionMultiplexer connection, TimeProvider? clock = null) : ISharedLimits
{
    private static readonly TimeSpan RebuildRight = TimeSpan.FromSeconds(2);

    /// <inheritdoc/>
    public async ValueTask<HoldResult> AcquireAsync(HoldRequest request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        RedisAnswer answer = await AskAsync(
            request.OrganizationId, request.RequestId, request.Tokens, request.LeaseMs, peek: false, request.Scopes).ConfigureAwait(false);
        IReadOnlyList<LimitUse> uses = Uses(answer, request.Scopes);
        return answer switch
        {
            { Code: "rebuild" } => HoldResult.NeedsRebuild,
            { Code: "refused", Refusal: RedisRefusal refusal } => new HoldResult(null, false, Refusal(refusal), uses),
            { Code: "taken" or "held", Epoch: string epoch } => new HoldResult(
                new LimitHold(epoch, [.. answer.ReadTakes().Select(take => new ScopeTake(take.Scope, take.SlotMs))], uses),
                answer.Code == "taken", null, uses),
            _ => throw new StorageException($"limit script: found answer '{answer.Code}', expected rebuild, refused, taken or held"),
        };
    }

    /// <inheritdoc/>
    public async ValueTask ReturnAsync(string organizationId, string requestId, long? usedTokens, CancellationToken cancellationToken) =>
        await EvaluateAsync(
            RedisScripts.Return, organizationId, Prefix(organizationId), requestId, Math.Min(usedTokens ?? -1, int.MaxValue)).ConfigureAwait(false);

    /// <inheritdoc/>
    public async ValueTask RenewAsync(
        string organizationId, IReadOnlyList<string> requestIds, long leaseMs, CancellationToken cancellationToken)
    {
        try
        {
            IDatabase database = connection.GetDatabase();
            long until = await NowMsAsync(database).ConfigureAwait(false) + leaseMs;
            SortedSetEntry[] leases = [.. requestIds.Select(id => new SortedSetEntry(id, until))];
            await database.SortedSetUpdateAsync(Keys(organizationId)[2], leases, SortedSetWhen.Exists).ConfigureAwait(false);
        }
        catch (Exception fault) when (IsOutage(fault))
        {
            throw Unavailable(fault);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<LimitUse>> UseAsync(
        string organizationId, IReadOnlyList<(string Scope, LimitSet Limits)> scopes, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Uses(await AskAsync(organizationId, "", 0, 0, peek: true, scopes).ConfigureAwait(false), scopes);
    }

    /// <inheritdoc/>
    public async ValueTask LoadAsync(
        string organizationId, string epoch, IReadOnlyList<Reservation> counted, TokenReturn tokenReturn, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            IDatabase database = connection.GetDatabase();
            RedisLoad load = RedisCounters.Of(counted, tokenReturn, await NowMsAsync(database).ConfigureAwait(false));
            string text = JsonSerializer.Serialize(load, RedisMessages.Default.RedisLoad);
            await EvaluateAsync(RedisScripts.Load, organizationId, Prefix(organizationId), epoch, text).ConfigureAwait(false);
        }
        catch (Exception fault) when (IsOutage(fault))
        {
            throw Unavailable(fault);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<bool> TryBeginRebuildAsync(string organizationId, CancellationToken cancellationToken)
    {
        try
        {
            return await connection.GetDatabase().StringSetAsync(
                Prefix(organizationId) + "rebuild", "1", RebuildRight, When.NotExists).ConfigureAwait(false);
        }
        catch (Exception fault) when (IsOutage(fault))
        {
            throw Unavailable(fault);
        }
    }

    /// <inheritdoc/>
    public async ValueTask EndRebuildAsync(string organizationId, CancellationToken cancellationToken)
    {
        try
        {
            await connection.GetDatabase().KeyDeleteAsync(Prefix(organizationId) + "rebuild").ConfigureAwait(false);
        }
        catch (Exception fault) when (IsOutage(fault))
        {
            throw Unavailable(fault);
        }
    }

    private async ValueTask<RedisAnswer> AskAsync(
        string organizationId, string requestId, long tokens, long leaseMs, bool peek, IReadOnlyList<(string Scope, LimitSet Limits)> scopes)
    {
        RedisAsk ask = new(
            Prefix(organizationId), requestId, clock?.GetUtcNow().ToUnixTimeMilliseconds() ?? 0, tokens, leaseMs, peek,
            [
                .. scopes.Select(scope => new RedisAskScope(
                    scope.Scope, scope.Limits.Concurrency, scope.Limits.RequestsPerMinute, scope.Limits.TokensPerMinute, scope.Limits.TokensPerDay)),
            ]);
        string text = JsonSerializer.Serialize(ask, RedisMessages.Default.RedisAsk);
        RedisResult result = await EvaluateAsync(RedisScripts.Acquire, organizationId, text).ConfigureAwait(false);
        return JsonSerializer.Deserialize((string?)result ?? "null", RedisMessages.Default.RedisAnswer)
            ?? throw new StorageException("limit script: found no answer, expected JSON");
    }

    private async Task<RedisResult> EvaluateAsync(string script, string organizationId, params RedisValue[] values)
    {
        try
        {
            return await connection.GetDatabase().ScriptEvaluateAsync(script, Keys(organizationId), values).ConfigureAwait(false);
        }
        catch (Exception fault) when (IsOutage(fault))
        {
            throw Unavailable(fault);
        }
    }

    private async ValueTask<long> NowMsAsync(IDatabase database)
    {
        if (clock is not null)
        {
            return clock.GetUtcNow().ToUnixTimeMilliseconds();
        }

        RedisResult[]? parts = (RedisResult[]?)await database.ExecuteAsync("TIME").ConfigureAwait(false);
        return parts is [RedisResult seconds, RedisResult micros] ? ((long)seconds * 1_000) + ((long)micros / 1_000)
            : throw new StorageException("Redis TIME: found no two numbers");
    }

    private static IReadOnlyList<LimitUse> Uses(RedisAnswer answer, IReadOnlyList<(string Scope, LimitSet Limits)> scopes)
    {
        List<LimitUse> uses = [];
        foreach (RedisUse use in answer.ReadUses())
        {
            LimitSet limits = scopes.First(scope => scope.Scope == use.Scope).Limits;
            Add(LimitDimension.Concurrency, limits.Concurrency, use.Running, 0);
            Add(LimitDimension.RequestsPerMinute, limits.RequestsPerMinute, use.Requests, use.WindowResetMs);
            Add(LimitDimension.TokensPerMinute, limits.TokensPerMinute, use.Tokens, use.WindowResetMs);
            Add(LimitDimension.TokensPerDay, limits.TokensPerDay, use.DayTokens, use.DayResetMs);

            void Add(LimitDimension dimension, long? limit, long used, long resetMs)
            {
                if (limit is long value)
                {
                    uses.Add(new LimitUse(use.Scope, dimension, value, used, used == 0 ? 0 : resetMs));
                }
            }
        }

        return uses;
    }

    private static LimitRefusal Refusal(RedisRefusal refusal) => new(
        refusal.Scope,
        refusal.Dimension switch
        {
            "concurrency" => LimitDimension.Concurrency,
            "rpm" => LimitDimension.RequestsPerMinute,
            "tpm" => LimitDimension.TokensPerMinute,
            "tpd" => LimitDimension.TokensPerDay,
            _ => throw new StorageException($"limit script: found dimension '{refusal.Dimension}', expected concurrency, rpm, tpm or tpd"),
        },
        (long)refusal.Limit, (long)refusal.Current, (long)refusal.Requested, refusal.Frees is double frees ? (long)frees : null);

    private static string Prefix(string organizationId) => $"baltoro:{{{organizationId}}}:";

    private static RedisKey[] Keys(string organizationId) =>
        [Prefix(organizationId) + "epoch", Prefix(organizationId) + "holds", Prefix(organizationId) + "leases"];

    private static bool IsOutage(Exception fault) => fault is RedisConnectionException or RedisTimeoutException
        || (fault is RedisServerException { Message: string text } && text.StartsWith("LOADING", StringComparison.Ordinal));

    private static SharedLimitsUnavailableException Unavailable(Exception fault) =>
        new($"Redis cannot be reached: {fault.Message}", fault);
}
