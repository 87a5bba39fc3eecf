using System.Data.Common;
using System.Security.Cryptography;
using Baltoro.Platform.Audit;
using Baltoro.Platform.Identity;
using Baltoro.Platform.Ports;
using Baltoro.Storage.Sql;

namespace Baltoro.Storage.Tests.Identity;

/// <summary>What every store of keys, organizations, projects and members must do. One derived class per database.</summary>
public abstract class IdentityStoreConformance : IAsyncLifetime
{
    private static readonly DateTimeOffset Start = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly string _organization = $"org-{Guid.NewGuid():N}";
    private int _next;

    private protected SqlKeyStore Keys { get; private set; } = null!; // set before any test runs

    private protected SqlDirectoryStore Directory { get; private set; } = null!; // set before any test runs

    private protected IAuditLog Audit { get; private set; } = null!; // set before any test runs

    /// <summary>The stores of one database; a second call is a second node.</summary>
    private protected abstract ValueTask<(SqlKeyStore Keys, SqlDirectoryStore Directory, IAuditLog Audit)> OpenAsync();

    /// <summary>Runs a statement behind the store's back.</summary>
    protected abstract ValueTask ExecuteAsync(string sql);

    public virtual async ValueTask InitializeAsync()
    {
        (Keys, Directory, Audit) = await OpenAsync();
        Assert.Equal(ChangeCode.Done, await Directory.TryAddOrganizationAsync(
            new Organization(_organization, "Acme") { CreatedAt = Start }, Event("organization.created", _organization), default));
    }

    public abstract ValueTask DisposeAsync();

    [Fact]
    public async Task Key_WithEverySetting_ComesBackAsItWas()
    {
        ApiKey key = NewKey() with
        {
            ProjectId = "pj-1",
            MemberId = "mb-1",
            Kind = KeyKind.Admin,
            Scopes = KeyScopes.AdminRead | KeyScopes.Inference,
            Role = Role.Admin,
            Models = ["kimi-k2-5", "kimi-k2.5"],
            Networks = NetworkList.TryParse(["10.0.0.0/8", "2001:db8::/32"], out _)!,
            PreviousHash = RandomNumberGenerator.GetBytes(32),
            PreviousUntil = Start.AddHours(1),
            ExpiresAt = Start.AddDays(1),
            LastUsedAt = Start.AddMinutes(1),
        };
        await Keys.AddAsync(key, Event("key.created", key.Id), default);
        ApiKey? found = await Keys.FindAsync(key.Id, default);
        Assert.Equal(Plain(key), Plain(found!));
        Assert.Equal(key.Models, found!.Models);
        Assert.Equal(key.Hash.ToArray(), found.Hash.ToArray());
        Assert.Equal(key.Id, (await Keys.FindByHashAsync(key.PreviousHash, default))?.Key.Id);
        Assert.Null(await Keys.FindByHashAsync(RandomNumberGenerator.GetBytes(32), default));
    }

    [Fact]
    public async Task Key_OfAnUnknownOrganization_MakesIt()
    {
        ApiKey key = NewKey() with { OrganizationId = $"org-{Guid.NewGuid():N}" };
        await Keys.AddAsync(key, Event("key.created", key.Id), default);
        Assert.NotNull(await Directory.FindOrganizationAsync(key.OrganizationId, default));
        AuditEvent[] audited = [.. (await Audit.ListAsync(null, 1_000, default)).Where(item => item.Subject == key.OrganizationId)];
        Assert.Equal("organization.created", Assert.Single(audited).Action);
    }

    [Fact]
    public async Task AddFirst_CountsTheKeysOfItsOrganizationOnly()
    {
        // Other tests of this class may use the same database.
        await ExecuteAsync("DELETE FROM setting WHERE name = 'first-key'");
        ApiKey other = NewKey() with { OrganizationId = $"org-{Guid.NewGuid():N}" };
        await Keys.AddAsync(other, Event("key.created", other.Id), default);
        ApiKey operators = NewKey() with { OrganizationId = $"new-{Guid.NewGuid():N}", Kind = KeyKind.Admin };
        await Keys.AddAsync(operators, Event("key.created", operators.Id), default);
        ApiKey first = NewKey() with { OrganizationId = operators.OrganizationId };
        Assert.True(await Keys.TryAddFirstAsync(first, Event("key.created", first.Id), default));
        ApiKey second = NewKey() with { OrganizationId = $"org-{Guid.NewGuid():N}" };
        Assert.False(await Keys.TryAddFirstAsync(second, Event("key.created", second.Id), default));
    }

    [Fact]
    public async Task FindByHash_MemberAndProject_AreSeenAsTheyAreNow()
    {
        Project project = await AddProjectAsync();
        Member member = await AddMemberAsync(Role.Viewer);
        ApiKey key = NewKey() with { ProjectId = project.Id, MemberId = member.Id };
        await Keys.AddAsync(key, Event("key.created", key.Id), default);
        HeldKey? held = await Keys.FindByHashAsync(key.Hash, default);
        Assert.Equal((Role.Viewer, false), (held!.MemberRole, held.IsProjectArchived));

        Assert.Equal(ChangeCode.Done, await Directory.TryUpdateMemberAsync(member with { Role = Role.Admin }, Event("x", member.Id), default));
        Assert.Equal(ChangeCode.Done, await Directory.TryUpdateProjectAsync(project with { ArchivedAt = Start }, Event("x", project.Id), default));
        held = await Keys.FindByHashAsync(key.Hash, default);
        Assert.Equal((Role.Admin, true), (held!.MemberRole, held.IsProjectArchived));

        Assert.Equal(ChangeCode.Done, await Directory.TryRemoveMemberAsync(_organization, member.Id, Start, Event("x", member.Id), default));
        held = await Keys.FindByHashAsync(key.Hash, default);
        Assert.Null(held!.MemberRole);
        Assert.False(held.Key.IsActive);
    }

    [Fact]
    public async Task List_InPages_GivesEveryKeyOnceInOrder()
    {
        List<string> added = [];
        for (int i = 0; i < 7; i++)
        {
            // Two at the same moment: the id decides, and no page loses or repeats one.
            ApiKey key = NewKey() with { CreatedAt = Start.AddSeconds(i / 2), ProjectId = i == 3 ? "pj-x" : "" };
            await Keys.AddAsync(key, Event("key.created", key.Id), default);
            added.Add(key.Id);
        }

        List<string> listed = [];
        IReadOnlyList<ApiKey> page;
        do
        {
            page = await Keys.ListAsync(
                new KeyQuery { OrganizationId = _organization, AfterId = listed.LastOrDefault(), Limit = 3 }, default);
            listed.AddRange(page.Select(key => key.Id));
        }
        while (page.Count == 3);

        Assert.Equal(added.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
        ApiKey one = Assert.Single(await Keys.ListAsync(new KeyQuery { OrganizationId = _organization, ProjectId = "pj-x" }, default));
        Assert.Equal(added[3], one.Id);
        Assert.Empty(await Keys.ListAsync(new KeyQuery { OrganizationId = "another" }, default));
    }

    [Fact]
    public async Task Update_OfAnOldVersion_ChangesNothing()
    {
        ApiKey key = NewKey();
        await Keys.AddAsync(key, Event("key.created", key.Id), default);
        Assert.Equal(ChangeCode.Done, await Keys.TryUpdateAsync(key with { Name = "first" }, Event("key.changed", key.Id), default));
        Assert.Equal(ChangeCode.Conflict, await Keys.TryUpdateAsync(key with { Name = "second" }, Event("key.changed", key.Id), default));
        Assert.Equal(ChangeCode.Missing, await Keys.TryUpdateAsync(NewKey(), Event("key.changed", "none"), default));
        ApiKey? found = await Keys.FindAsync(key.Id, default);
        Assert.Equal(("first", 2L), (found!.Name, found.Version));
        Assert.Equal(2, await CountAuditAsync(key.Id));
    }

    [Fact]
    public async Task Revoke_Twice_KeepsTheFirstMomentAndOneEvent()
    {
        ApiKey key = NewKey();
        await Keys.AddAsync(key, Event("key.created", key.Id), default);
        Assert.True(await Keys.TryRevokeAsync(key.Id, Start.AddHours(1), Event("key.revoked", key.Id), default));
        Assert.True(await Keys.TryRevokeAsync(key.Id, Start.AddHours(2), Event("key.revoked", key.Id), default));
        Assert.False(await Keys.TryRevokeAsync("ak-none", Start, Event("key.revoked", "ak-none"), default));
        Assert.Equal(Start.AddHours(1), (await Keys.FindAsync(key.Id, default))?.RevokedAt);
        Assert.Equal(2, await CountAuditAsync(key.Id));
        Assert.Equal(0, await CountAuditAsync("ak-none"));
        Assert.False(await Keys.TryReplaceSecretAsync(
            key with { Hash = RandomNumberGenerator.GetBytes(32) }, key.Hash, Event("key.rotated", key.Id), default));
    }

    [Fact]
    public async Task ReplaceSecret_FromManyNodes_OneWins()
    {
        ApiKey key = NewKey();
        await Keys.AddAsync(key, Event("key.created", key.Id), default);
        (SqlKeyStore other, _, _) = await OpenAsync();
        ApiKey[] rotated = [.. Enumerable.Range(0, 8).Select(_ => key with { Hash = RandomNumberGenerator.GetBytes(32), PreviousHash = key.Hash })];
        bool[] won = await Task.WhenAll(rotated.Select((next, index) => Task.Run(async () =>
            await (index % 2 == 0 ? Keys : other).TryReplaceSecretAsync(next, key.Hash, Event("key.rotated", key.Id), default))));
        int winner = Array.IndexOf(won, true);
        Assert.Single(won, isWon => isWon);
        Assert.Equal(rotated[winner].Hash.ToArray(), (await Keys.FindAsync(key.Id, default))!.Hash.ToArray());
        Assert.Equal(2, await CountAuditAsync(key.Id));
    }

    [Fact]
    public async Task Touch_LaterAndEarlier_MovesForwardOnly()
    {
        ApiKey key = NewKey();
        await Keys.AddAsync(key, Event("key.created", key.Id), default);
        await Keys.TouchAsync([new KeyUse(key.Id, 5_000), new KeyUse("ak-none", 1)], default);
        await Keys.TouchAsync([new KeyUse(key.Id, 4_000)], default);
        Assert.Equal(5_000, (await Keys.FindAsync(key.Id, default))?.LastUsedAt?.ToUnixTimeMilliseconds());
    }

    [Fact]
    public async Task Organization_ProjectAndMember_AreAddedListedAndChanged()
    {
        Assert.Equal(ChangeCode.Exists, await Directory.TryAddOrganizationAsync(
            new Organization(_organization, "again"), Event("organization.created", _organization), default));
        Organization organization = (await Directory.FindOrganizationAsync(_organization, default))!;
        Assert.Equal(ChangeCode.Done, await Directory.TryUpdateOrganizationAsync(organization with { Name = "Ümlaut" }, Event("x", "o"), default));
        Assert.Equal(ChangeCode.Conflict, await Directory.TryUpdateOrganizationAsync(organization with { Name = "late" }, Event("x", "o"), default));
        Assert.Equal("Ümlaut", (await Directory.FindOrganizationAsync(_organization, default))?.Name);

        Project[] projects = [await AddProjectAsync(), await AddProjectAsync(), await AddProjectAsync()];
        IReadOnlyList<Project> first = await Directory.ListProjectsAsync(_organization, null, 2, default);
        IReadOnlyList<Project> rest = await Directory.ListProjectsAsync(_organization, first[^1].Id, 2, default);
        Assert.Equal(projects.Select(project => project.Id), first.Concat(rest).Select(project => project.Id));
        Assert.Null(await Directory.FindProjectAsync("another", projects[0].Id, default));
        Assert.Equal(ChangeCode.Missing, await Directory.TryUpdateProjectAsync(
            projects[0] with { OrganizationId = "another" }, Event("x", projects[0].Id), default));
        Assert.Equal(ChangeCode.Missing, await Directory.TryAddProjectAsync(
            projects[0] with { Id = "pj-new", OrganizationId = "nowhere" }, Event("x", "pj-new"), default));

        Member member = await AddMemberAsync(Role.Owner);
        Assert.Equal(ChangeCode.Exists, await Directory.TryAddMemberAsync(member with { Id = "mb-same-mail" }, Event("x", "m"), default));
        Assert.Equal(ChangeCode.Missing, await Directory.TryAddMemberAsync(
            member with { Id = "mb-nowhere", OrganizationId = "nowhere" }, Event("x", "m"), default));
        Assert.Equal(member, Assert.Single(await Directory.ListMembersAsync(_organization, null, 10, default)));
        Assert.Equal(1, await CountAuditAsync(member.Id));
        Assert.Empty(await Directory.ListMembersAsync(_organization, member.Id, 10, default));
    }

    [Fact]
    public async Task Owners_RemovedAllAtOnce_OneStays()
    {
        Member[] owners = [await AddMemberAsync(Role.Owner), await AddMemberAsync(Role.Owner), await AddMemberAsync(Role.Owner)];
        (_, SqlDirectoryStore other, _) = await OpenAsync();
        ChangeCode[] codes = await Task.WhenAll(owners.Select((owner, index) => Task.Run(async () => index == 0
            ? await Directory.TryUpdateMemberAsync(owner with { Role = Role.Viewer }, Event("x", owner.Id), default)
            : await other.TryRemoveMemberAsync(_organization, owner.Id, Start, Event("x", owner.Id), default))));
        Assert.Single(codes, ChangeCode.LastOwner);
        Assert.Equal(2, codes.Count(code => code == ChangeCode.Done));
        Assert.Single(await Directory.ListMembersAsync(_organization, null, 10, default), member => member.Role == Role.Owner);
        Assert.Equal(ChangeCode.Missing, await Directory.TryRemoveMemberAsync(_organization, "mb-none", Start, Event("x", "m"), default));
    }

    [Fact]
    public async Task Audit_Events_ArePagedNewestFirstAndNeverChanged()
    {
        for (int i = 0; i < 5; i++)
        {
            await Audit.AppendAsync(Event("test.event", "s", 1_000 + (i / 2)) with { RequestId = $"req-{i}" }, default);
        }

        IReadOnlyList<AuditEvent> all = await Audit.ListAsync(_organization, 100, default);
        List<AuditEvent> paged = [];
        IReadOnlyList<AuditEvent> page;
        do
        {
            page = await Audit.ListAfterAsync(_organization, paged.LastOrDefault()?.Id, 2, default);
            paged.AddRange(page);
        }
        while (page.Count == 2);

        Assert.Equal(6, all.Count);
        Assert.Equal(all, paged);
        Assert.Equal(all.OrderByDescending(item => item.AtMs).Select(item => item.AtMs), all.Select(item => item.AtMs));
        Assert.Contains(all, item => item.RequestId == "req-4");
        await Assert.ThrowsAnyAsync<DbException>(async () => await ExecuteAsync("UPDATE audit_event SET actor = 'nobody'"));
        await Assert.ThrowsAnyAsync<DbException>(async () => await ExecuteAsync("DELETE FROM audit_event"));
    }

    private protected ApiKey NewKey() => new()
    {
        Id = $"ak-{Guid.NewGuid():N}",
        Name = $"key {_next++}",
        OrganizationId = _organization,
        Tier = "free",
        Hash = RandomNumberGenerator.GetBytes(32),
        Hint = "sk-…abcd",
        CreatedAt = Start.AddSeconds(_next),
    };

    private protected AuditEvent Event(string action, string subject, long atMs = 2_000) =>
        new(Guid.NewGuid().ToString("N"), atMs, "tester", action, _organization, subject, "{}");

    private async Task<Project> AddProjectAsync()
    {
        Project project = new()
        {
            Id = $"pj-{Guid.NewGuid():N}",
            OrganizationId = _organization,
            Name = "p",
            CreatedAt = Start.AddSeconds(_next++),
        };
        Assert.Equal(ChangeCode.Done, await Directory.TryAddProjectAsync(project, Event("project.created", project.Id), default));
        return project;
    }

    private async Task<Member> AddMemberAsync(Role role)
    {
        Member member = new()
        {
            Id = $"mb-{Guid.NewGuid():N}",
            OrganizationId = _organization,
            Email = $"m{_next++}@example.com",
            Name = "m",
            Role = role,
            CreatedAt = Start,
        };
        Assert.Equal(ChangeCode.Done, await Directory.TryAddMemberAsync(member, Event("member.created", member.Id), default));
        return member;
    }

    private async Task<int> CountAuditAsync(string subject) =>
        (await Audit.ListAsync(_organization, 1_000, default)).Count(item => item.Subject == subject);

    private static ApiKey Plain(ApiKey key) => key with { Hash = default, PreviousHash = default, Models = [] };
}
