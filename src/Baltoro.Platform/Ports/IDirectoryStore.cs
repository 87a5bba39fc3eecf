using Baltoro.Platform.Audit;
using Baltoro.Platform.Identity;

namespace Baltoro.Platform.Ports;

/// <summary>
/// Where organizations, projects and members live. Each change is written together with its audit event, both or neither.
/// Updates compare versions. Lists are in the order of creation, after the entry of an id where one is given. Safe for
/// concurrent use, also from several processes.
/// </summary>
public interface IDirectoryStore : IOrganizationReader
{
    ValueTask<ChangeCode> TryAddOrganizationAsync(Organization organization, AuditEvent audit, CancellationToken cancellationToken);

    ValueTask<IReadOnlyList<Organization>> ListOrganizationsAsync(string? afterId, int limit, CancellationToken cancellationToken);

    /// <summary>Stores the name.</summary>
    ValueTask<ChangeCode> TryUpdateOrganizationAsync(Organization changed, AuditEvent audit, CancellationToken cancellationToken);

    /// <summary>Missing when there is no such organization.</summary>
    ValueTask<ChangeCode> TryAddProjectAsync(Project project, AuditEvent audit, CancellationToken cancellationToken);

    ValueTask<Project?> FindProjectAsync(string organizationId, string id, CancellationToken cancellationToken);

    ValueTask<IReadOnlyList<Project>> ListProjectsAsync(
        string organizationId, string? afterId, int limit, CancellationToken cancellationToken);

    /// <summary>Stores name and archive moment.</summary>
    ValueTask<ChangeCode> TryUpdateProjectAsync(Project changed, AuditEvent audit, CancellationToken cancellationToken);

    /// <summary>Missing when there is no such organization; exists when the address is taken in it.</summary>
    ValueTask<ChangeCode> TryAddMemberAsync(Member member, AuditEvent audit, CancellationToken cancellationToken);

    ValueTask<Member?> FindMemberAsync(string organizationId, string id, CancellationToken cancellationToken);

    ValueTask<IReadOnlyList<Member>> ListMembersAsync(
        string organizationId, string? afterId, int limit, CancellationToken cancellationToken);

    /// <summary>Stores name and role. The last owner keeps its role, whoever tries at the same time.</summary>
    ValueTask<ChangeCode> TryUpdateMemberAsync(Member changed, AuditEvent audit, CancellationToken cancellationToken);

    /// <summary>Removes a member and revokes its keys. The last owner stays, whoever tries at the same time.</summary>
    ValueTask<ChangeCode> TryRemoveMemberAsync(
        string organizationId, string id, DateTimeOffset removedAt, AuditEvent audit, CancellationToken cancellationToken);
}
