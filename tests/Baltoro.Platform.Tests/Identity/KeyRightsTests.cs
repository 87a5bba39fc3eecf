using Baltoro.Platform.Audit;
using Baltoro.Platform.Identity;
using Baltoro.Platform.Tests.Simulation;
using CsCheck;

namespace Baltoro.Platform.Tests.Identity;

/// <summary>Expiry, rotation with grace, scopes, roles, last use and audit of keys, by a clock of the test's own.</summary>
public sealed class KeyRightsTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly MemoryKeyStore _store = new();
    private readonly ManualClock _clock = new(Start);
    private readonly KeyService _keys;

    public KeyRightsTests() => _keys = new KeyService(_store, new KeyPepper(new byte[32]), _clock);

    [Fact]
    public async Task Rotate_WithGrace_BothGoOnUntilItEnds()
    {
        IssuedKey first = await CreateAsync(new KeyRequest());
        IssuedKey second = (await _keys.RotateAsync(first.Key.Id, TimeSpan.FromHours(1), "tester", default)).Issued!;
        _clock.Advance(TimeSpan.FromHours(1) - TimeSpan.FromTicks(1));
        Assert.NotNull((await _keys.CheckAsync(first.Text, default)).Caller);
        Assert.NotNull((await _keys.CheckAsync(second.Text, default)).Caller);
        _clock.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(KeyRefusal.Replaced, (await _keys.CheckAsync(first.Text, default)).Refusal);
        Assert.NotNull((await _keys.CheckAsync(second.Text, default)).Caller);
    }

    [Fact]
    public async Task Rotate_AgainWithinGrace_EndsTheOldest()
    {
        IssuedKey first = await CreateAsync(new KeyRequest());
        IssuedKey second = (await _keys.RotateAsync(first.Key.Id, TimeSpan.FromHours(1), "tester", default)).Issued!;
        IssuedKey third = (await _keys.RotateAsync(first.Key.Id, TimeSpan.FromHours(1), "tester", default)).Issued!;
        Assert.Equal(KeyRefusal.Invalid, (await _keys.CheckAsync(first.Text, default)).Refusal);
        Assert.NotNull((await _keys.CheckAsync(second.Text, default)).Caller);
        Assert.NotNull((await _keys.CheckAsync(third.Text, default)).Caller);
    }

    /// <summary>Any order of rotations, waits and a revocation: valid is the newest text, and the one before it while its grace lasts.</summary>
    [Fact]
    public void RotateWaitRevoke_InAnyOrder_ValidTextsAreThoseOfTheRule() =>
        Gen.Select(Gen.Int[0, 100], Gen.Int[0, 3], (seconds, kind) => (seconds, kind)).List[1, 12].Sample(steps =>
        {
            MemoryKeyStore store = new();
            ManualClock clock = new(Start);
            KeyService keys = new(store, new KeyPepper(new byte[32]), clock);
            IssuedKey issued = keys.CreateAsync(new KeyRequest(), default).AsTask().Result.Issued!;
            List<string> texts = [issued.Text];
            DateTimeOffset graceEnd = Start;
            bool isRevoked = false;
            foreach ((int seconds, int kind) in steps)
            {
                switch (kind)
                {
                    case 0 when !isRevoked && seconds > 90:
                        keys.RevokeAsync(issued.Key.Id, default).AsTask().Wait();
                        isRevoked = true;
                        break;
                    case 1 or 2 when !isRevoked:
                        texts.Add(keys.RotateAsync(issued.Key.Id, TimeSpan.FromSeconds(seconds), "t", default).AsTask().Result.Issued!.Text);
                        graceEnd = clock.GetUtcNow().AddSeconds(seconds);
                        break;
                    default:
                        clock.Advance(TimeSpan.FromSeconds(seconds));
                        break;
                }

                for (int i = 0; i < texts.Count; i++)
                {
                    bool expected = !isRevoked && (i == texts.Count - 1 || (i == texts.Count - 2 && clock.GetUtcNow() < graceEnd));
                    Assert.Equal(expected, keys.CheckAsync(texts[i], default).AsTask().Result.Caller is not null);
                }
            }
        });

    [Theory]
    [InlineData(-1)]
    [InlineData((30 * 86_400) + 1)]
    public async Task Rotate_GraceOutOfRange_IsRefused(int seconds)
    {
        IssuedKey key = await CreateAsync(new KeyRequest());
        KeyResult result = await _keys.RotateAsync(key.Key.Id, TimeSpan.FromSeconds(seconds), "tester", default);
        Assert.Equal(KeyProblem.BadGrace, result.Problem);
        Assert.Contains("from 0 to 2592000 seconds", result.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_EachReason_IsToldToTheHolderOnly()
    {
        IssuedKey expiring = await CreateAsync(new KeyRequest { ExpiresAt = Start.AddMinutes(1) });
        IssuedKey ofMember = await CreateAsync(new KeyRequest { MemberId = "mb-1" });
        IssuedKey ofProject = await CreateAsync(new KeyRequest { ProjectId = "pj-1" });
        IssuedKey revoked = await CreateAsync(new KeyRequest());
        await _keys.RevokeAsync(revoked.Key.Id, default);
        _clock.Advance(TimeSpan.FromMinutes(1));
        _store.ProjectsAreArchived = true;

        Assert.Equal(KeyRefusal.Expired, (await _keys.CheckAsync(expiring.Text, default)).Refusal);
        Assert.Equal(KeyRefusal.MemberGone, (await _keys.CheckAsync(ofMember.Text, default)).Refusal);
        Assert.Equal(KeyRefusal.ProjectArchived, (await _keys.CheckAsync(ofProject.Text, default)).Refusal);
        Assert.Equal(KeyRefusal.Revoked, (await _keys.CheckAsync(revoked.Text, default)).Refusal);
        Assert.Equal(KeyRefusal.Invalid, (await _keys.CheckAsync(ApiKeyText.Create(), default)).Refusal);
        Assert.Equal(KeyRefusal.Invalid, (await _keys.CheckAsync(expiring.Text[..^1] + "x", default)).Refusal);
    }

    [Fact]
    public async Task Caller_OfAnAdminKey_HasTheMembersRoleOfTheMoment()
    {
        IssuedKey key = await CreateAsync(new KeyRequest { Kind = KeyKind.Admin, MemberId = "mb-1" });
        _store.MemberRole = Role.Viewer;
        Assert.Equal(Role.Viewer, (await _keys.AuthenticateAsync(key.Text, default))?.Role);
        _store.MemberRole = Role.Owner;
        Assert.Equal(Role.Owner, (await _keys.AuthenticateAsync(key.Text, default))?.Role);
        IssuedKey api = await CreateAsync(new KeyRequest { MemberId = "mb-1" });
        Assert.Equal(Role.None, (await _keys.AuthenticateAsync(api.Text, default))?.Role);
        Assert.StartsWith("sk-admin-", key.Text, StringComparison.Ordinal);
        Assert.StartsWith("sk-admin-…", key.Key.Hint, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(KeyKind.Api, KeyScopes.Inference | KeyScopes.AdminRead, Role.None, "")]
    [InlineData(KeyKind.Api, KeyScopes.AdminWrite, Role.None, "")]
    [InlineData(KeyKind.Api, KeyScopes.None, Role.None, "")]
    [InlineData(KeyKind.Api, KeyScopes.Inference, Role.Owner, "")]
    [InlineData(KeyKind.Admin, KeyScopes.AdminRead, Role.None, "")]
    [InlineData(KeyKind.Admin, KeyScopes.AdminRead, Role.Owner, "mb-1")]
    public async Task Create_ScopesAndRoleThatDoNotFit_AreRefused(KeyKind kind, KeyScopes scopes, Role role, string member)
    {
        KeyRequest request = new() { Kind = kind, Scopes = scopes, Role = role, MemberId = member };
        Assert.Equal(KeyProblem.BadScopes, (await _keys.CreateAsync(request, default)).Problem);
    }

    [Fact]
    public async Task Create_ExpiryInThePastAndTooManyModels_AreRefused()
    {
        Assert.Equal(KeyProblem.BadExpiry, (await _keys.CreateAsync(new KeyRequest { ExpiresAt = Start }, default)).Problem);
        KeyRequest models = new() { Models = [.. Enumerable.Range(0, 65).Select(i => $"m{i}")] };
        Assert.Equal(KeyProblem.BadModels, (await _keys.CreateAsync(models, default)).Problem);
        Assert.Equal(KeyProblem.BadModels, (await _keys.CreateAsync(new KeyRequest { Models = ["a\nb"] }, default)).Problem);
    }

    [Fact]
    public async Task Update_AnExpiredKey_MayBeNamedButNotGivenAPastExpiry()
    {
        IssuedKey key = await CreateAsync(new KeyRequest { ExpiresAt = Start.AddMinutes(1) });
        _clock.Advance(TimeSpan.FromHours(1));
        (KeyProblem problem, _) = await _keys.UpdateAsync(key.Key, key.Key with { Name = "later" }, "tester", default);
        Assert.Equal(KeyProblem.None, problem);
        ApiKey now = (await _keys.FindAsync(key.Key.Id, default))!;
        (problem, _) = await _keys.UpdateAsync(now, now with { ExpiresAt = Start.AddMinutes(2) }, "tester", default);
        Assert.Equal(KeyProblem.BadExpiry, problem);
        (problem, _) = await _keys.UpdateAsync(key.Key, key.Key with { Name = "stale" }, "tester", default);
        Assert.Equal(KeyProblem.Conflict, problem);
    }

    [Fact]
    public async Task LastUse_GathersAndIsWrittenOnce_EvenAfterAFailure()
    {
        IssuedKey key = await CreateAsync(new KeyRequest());
        for (int i = 0; i < 100; i++)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            await _keys.AuthenticateAsync(key.Text, default);
        }

        _store.TouchFault = new InvalidOperationException("down");
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await _keys.FlushUsesAsync(default));
        Assert.Empty(_store.Uses);
        await _keys.FlushUsesAsync(default);
        Assert.Equal(Start.AddSeconds(100).ToUnixTimeMilliseconds(), Assert.Single(_store.Uses).AtMs);
        await _keys.FlushUsesAsync(default);
        Assert.Single(_store.Uses);
    }

    [Fact]
    public async Task Changes_AreAudited_WithoutSecrets()
    {
        Actor actor = new("mb-1 with ak-9", "req_1");
        IssuedKey first = (await _keys.CreateAsync(new KeyRequest { Name = "n" }, actor, default)).Issued!;
        IssuedKey second = (await _keys.RotateAsync(first.Key.Id, TimeSpan.Zero, actor, default)).Issued!;
        ApiKey now = (await _keys.FindAsync(first.Key.Id, default))!;
        await _keys.UpdateAsync(now, now with { Name = "m" }, actor, default);
        await _keys.RevokeAsync(first.Key.Id, actor, default);

        Assert.Equal(["key.created", "key.rotated", "key.changed", "key.revoked"], _store.Audited.Select(item => item.Action));
        Assert.All(_store.Audited, item => Assert.Equal(("mb-1 with ak-9", "req_1", first.Key.Id), (item.Actor, item.RequestId, item.Subject)));
        Assert.Equal("""{"before":{"name":"n"},"after":{"name":"m"}}""", _store.Audited[2].Detail);
        foreach (string text in (string[])[first.Text, second.Text])
        {
            Assert.All(_store.Audited, item => Assert.DoesNotContain(text[5..^5], item.Detail, StringComparison.Ordinal));
        }

        string hash = Convert.ToHexString(now.Hash.Span);
        Assert.All(_store.Audited, item => Assert.DoesNotContain(hash, item.Detail, StringComparison.OrdinalIgnoreCase));
    }

    private async Task<IssuedKey> CreateAsync(KeyRequest request) =>
        (await _keys.CreateAsync(request, default)).Issued ?? throw new InvalidOperationException("refused");
}
