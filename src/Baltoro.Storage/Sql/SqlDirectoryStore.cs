using Baltoro.Platform.Audit;
using Baltoro.Platform.Identity;
using Baltoro.Platform.Ports;
using Baltoro.Storage.Postgres;
using Baltoro.Storage.Sqlite;

namespace Baltoro.Storage.Sql;

/// <summary>Organizations, projects and members in SQLite or PostgreSQL. Safe from any thread and beside other processes.</summary>
public sealed class SqlDirectoryStore : IDirectoryStore
{
    private readonly SqlRunner _runner;

    private SqlDirectoryStore(ISqlSource source) => _runner = new SqlRunner(source);

    public static SqlDirectoryStore Over(SqliteDatabase database) => new(new SqliteSource(database));

    public static SqlDirectoryStore Over(PostgresDatabase database) => new(new PostgresSource(database));

    /// <inheritdoc/>
    public ValueTask<ChangeCode> TryAddOrganizationAsync(Organization organization, AuditEvent audit, CancellationToken cancellationToken) =>
        ChangeAsync(
            new SqlWrite(IdentitySql.AddOrganization, [organization.Id, organization.Name, IdentityRows.Ms(organization.CreatedAt)]),
            audit, _ => ValueTask.FromResult(ChangeCode.Exists), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<Organization?> FindOrganizationAsync(string id, CancellationToken cancellationToken) =>
        _runner.SingleAsync(IdentitySql.ReadOrganization, IdentityRows.Organization, cancellationToken, id);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<Organization>> ListOrganizationsAsync(string? afterId, int limit, CancellationToken cancellationToken) =>
        afterId is null
            ? _runner.ListAsync(IdentitySql.ListOrganizations, IdentityRows.Organization, cancellationToken, (long)limit)
            : _runner.ListAsync(IdentitySql.ListOrganizationsAfter, IdentityRows.Organization, cancellationToken, (long)limit, afterId);

    /// <inheritdoc/>
    public ValueTask<ChangeCode> TryUpdateOrganizationAsync(Organization changed, AuditEvent audit, CancellationToken cancellationToken) =>
        ChangeAsync(
            new SqlWrite(IdentitySql.UpdateOrganization, [changed.Id, changed.Version, changed.Name]),
            audit,
            work => MissingOrConflictAsync(work, IdentitySql.ReadOrganization, IdentityRows.Organization, changed.Id),
            cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ChangeCode> TryAddProjectAsync(Project project, AuditEvent audit, CancellationToken cancellationToken) =>
        _runner.TransactAsync(
            async work => await LockAsync(work, project.OrganizationId).ConfigureAwait(false)
                ? await WriteAsync(
                    work,
                    new SqlWrite(IdentitySql.AddProject,
                    [
                        project.Id, project.OrganizationId, project.Name, IdentityRows.Ms(project.CreatedAt), IdentityRows.Ms(project.ArchivedAt),
                    ]),
                    audit,
                    _ => ValueTask.FromResult(ChangeCode.Exists)).ConfigureAwait(false)
                : (ChangeCode.Missing, false),
            cancellationToken);

    /// <inheritdoc/>
    public ValueTask<Project?> FindProjectAsync(string organizationId, string id, CancellationToken cancellationToken) =>
        _runner.SingleAsync(IdentitySql.ReadProject, IdentityRows.Project, cancellationToken, organizationId, id);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<Project>> ListProjectsAsync(
        string organizationId, string? afterId, int limit, CancellationToken cancellationToken) => afterId is null
            ? _runner.ListAsync(IdentitySql.ListProjects, IdentityRows.Project, cancellationToken, (long)limit, organizationId)
            : _runner.ListAsync(IdentitySql.ListProjectsAfter, IdentityRows.Project, cancellationToken, (long)limit, organizationId, afterId);

    /// <inheritdoc/>
    public ValueTask<ChangeCode> TryUpdateProjectAsync(Project changed, AuditEvent audit, CancellationToken cancellationToken) =>
        ChangeAsync(
            new SqlWrite(
                IdentitySql.UpdateProject,
                [changed.OrganizationId, changed.Id, changed.Version, changed.Name, IdentityRows.Ms(changed.ArchivedAt)]),
            audit,
            work => MissingOrConflictAsync(work, IdentitySql.ReadProject, IdentityRows.Project, changed.OrganizationId, changed.Id),
            cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ChangeCode> TryAddMemberAsync(Member member, AuditEvent audit, CancellationToken cancellationToken) =>
        _runner.TransactAsync(
            async work => await LockAsync(work, member.OrganizationId).ConfigureAwait(false)
                ? await WriteAsync(
                    work,
                    new SqlWrite(IdentitySql.AddMember,
                    [
                        member.Id, member.OrganizationId, member.Email, member.Name, (long)member.Role, IdentityRows.Ms(member.CreatedAt),
                    ]),
                    audit,
                    _ => ValueTask.FromResult(ChangeCode.Exists)).ConfigureAwait(false)
                : (ChangeCode.Missing, false),
            cancellationToken);

    /// <inheritdoc/>
    public ValueTask<Member?> FindMemberAsync(string organizationId, string id, CancellationToken cancellationToken) =>
        _runner.SingleAsync(IdentitySql.ReadMember, IdentityRows.Member, cancellationToken, organizationId, id);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<Member>> ListMembersAsync(
        string organizationId, string? afterId, int limit, CancellationToken cancellationToken) => afterId is null
            ? _runner.ListAsync(IdentitySql.ListMembers, IdentityRows.Member, cancellationToken, (long)limit, organizationId)
            : _runner.ListAsync(IdentitySql.ListMembersAfter, IdentityRows.Member, cancellationToken, (long)limit, organizationId, afterId);

    /// <inheritdoc/>
    public ValueTask<ChangeCode> TryUpdateMemberAsync(Member changed, AuditEvent audit, CancellationToken cancellationToken) =>
        _runner.TransactAsync(
            async work => await IsLastOwnerAsync(work, changed.OrganizationId, changed.Id, changed.Role).ConfigureAwait(false)
                ? (ChangeCode.LastOwner, false)
                : await WriteAsync(
                    work,
                    new SqlWrite(
                        IdentitySql.UpdateMember,
                        [changed.OrganizationId, changed.Id, changed.Version, changed.Name, (long)changed.Role]),
                    audit,
                    again => MissingOrConflictAsync(again, IdentitySql.ReadMember, IdentityRows.Member, changed.OrganizationId, changed.Id))
                    .ConfigureAwait(false),
            cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ChangeCode> TryRemoveMemberAsync(
        string organizationId, string id, DateTimeOffset removedAt, AuditEvent audit, CancellationToken cancellationToken) =>
        _runner.TransactAsync(
            async work =>
            {
                if (await IsLastOwnerAsync(work, organizationId, id, Role.None).ConfigureAwait(false))
                {
                    return (ChangeCode.LastOwner, false);
                }

                (ChangeCode code, bool commit) = await WriteAsync(
                    work,
                    new SqlWrite(IdentitySql.RemoveMember, [organizationId, id]),
                    audit,
                    _ => ValueTask.FromResult(ChangeCode.Missing)).ConfigureAwait(false);
                if (commit)
                {
                    await work.WriteAsync(IdentitySql.RevokeKeysOfMember, id, IdentityRows.Ms(removedAt)).ConfigureAwait(false);
                }

                return (code, commit);
            },
            cancellationToken);

    private ValueTask<ChangeCode> ChangeAsync(
        SqlWrite write, AuditEvent audit, Func<SqlWork, ValueTask<ChangeCode>> otherwise, CancellationToken cancellationToken) =>
        _runner.TransactAsync(work => WriteAsync(work, write, audit, otherwise), cancellationToken);

    /// <summary>Writes a change and its event, or says why it was not possible.</summary>
    private static async ValueTask<(ChangeCode Code, bool Commit)> WriteAsync(
        SqlWork work, SqlWrite write, AuditEvent audit, Func<SqlWork, ValueTask<ChangeCode>> otherwise)
    {
        if (await work.WriteAsync(write).ConfigureAwait(false) == 0)
        {
            return (await otherwise(work).ConfigureAwait(false), false);
        }

        await work.WriteAsync(AccountWrites.AuditWrite(audit)).ConfigureAwait(false);
        return (ChangeCode.Done, true);
    }

    private static async ValueTask<ChangeCode> MissingOrConflictAsync<T>(
        SqlWork work, string sql, Func<System.Data.Common.DbDataReader, T> read, params object?[] values)
        where T : class =>
        await work.SingleAsync(sql, read, values).ConfigureAwait(false) is null ? ChangeCode.Missing : ChangeCode.Conflict;

    private static async ValueTask<bool> LockAsync(SqlWork work, string organizationId) =>
        await work.WriteAsync(IdentitySql.LockOrganization, organizationId).ConfigureAwait(false) == 1;

    /// <summary>Whether the member is an owner, the only one, and would not be one any more.</summary>
    private static async ValueTask<bool> IsLastOwnerAsync(SqlWork work, string organizationId, string id, Role next)
    {
        if (next == Role.Owner || !await LockAsync(work, organizationId).ConfigureAwait(false))
        {
            return false;
        }

        Member? member = await work.SingleAsync(IdentitySql.ReadMember, IdentityRows.Member, organizationId, id).ConfigureAwait(false);
        return member?.Role == Role.Owner && await work.CountAsync(
            IdentitySql.CountOtherMembersOfRole, organizationId, (long)Role.Owner, id).ConfigureAwait(false) == 0;
    }
}
