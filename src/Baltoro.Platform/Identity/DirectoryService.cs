using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Baltoro.Platform.Audit;
using Baltoro.Platform.Ports;

namespace Baltoro.Platform.Identity;

/// <summary>Organizations, projects and members. Every change is audited with it. Safe for concurrent use when its store is.</summary>
public sealed partial class DirectoryService(IDirectoryStore store, TimeProvider clock)
{
    private const int IdBytes = 8;
    private const int MostEmailChars = 254;

    /// <summary>Where lists and single entries are read.</summary>
    public IDirectoryStore Store => store;

    public async ValueTask<DirectoryResult<Organization>> CreateOrganizationAsync(
        string id, string name, Actor actor, CancellationToken cancellationToken)
    {
        if (!KeyRules.IsOrganizationId(id))
        {
            return DirectoryResult<Organization>.Refused("id", KeyRules.OrganizationProblem(id));
        }

        if (KeyRules.NameProblem(name) is string problem)
        {
            return DirectoryResult<Organization>.Refused("name", problem);
        }

        Organization organization = new(id, name) { CreatedAt = Now() };
        AuditEvent audit = Event(actor, "organization.created", id, id, AuditDetail.Created(("name", name)));
        return DirectoryResult<Organization>.Of(
            await store.TryAddOrganizationAsync(organization, audit, cancellationToken).ConfigureAwait(false), organization);
    }

    public async ValueTask<DirectoryResult<Organization>> RenameAsync(
        Organization before, string name, Actor actor, CancellationToken cancellationToken)
    {
        if (KeyRules.NameProblem(name) is string problem)
        {
            return DirectoryResult<Organization>.Refused("name", problem);
        }

        AuditEvent audit = Event(
            actor, "organization.changed", before.Id, before.Id, AuditDetail.Changed([("name", before.Name)], [("name", name)]));
        return DirectoryResult<Organization>.Of(
            await store.TryUpdateOrganizationAsync(before with { Name = name }, audit, cancellationToken).ConfigureAwait(false),
            before with { Name = name, Version = before.Version + 1 });
    }

    public async ValueTask<DirectoryResult<Project>> CreateProjectAsync(
        string organizationId, string name, Actor actor, CancellationToken cancellationToken)
    {
        if (KeyRules.NameProblem(name) is string problem)
        {
            return DirectoryResult<Project>.Refused("name", problem);
        }

        Project project = new() { Id = NewId("pj"), OrganizationId = organizationId, Name = name, CreatedAt = Now() };
        AuditEvent audit = Event(actor, "project.created", organizationId, project.Id, AuditDetail.Created(("name", name)));
        return DirectoryResult<Project>.Of(
            await store.TryAddProjectAsync(project, audit, cancellationToken).ConfigureAwait(false), project);
    }

    /// <summary>Renames, archives or takes up again; null leaves a part as it is.</summary>
    public async ValueTask<DirectoryResult<Project>> UpdateProjectAsync(
        Project before, string? name, bool? isArchived, Actor actor, CancellationToken cancellationToken)
    {
        if (name is not null && KeyRules.NameProblem(name) is string problem)
        {
            return DirectoryResult<Project>.Refused("name", problem);
        }

        DateTimeOffset? archivedAt = isArchived switch
        {
            null => before.ArchivedAt,
            true => before.ArchivedAt ?? Now(),
            false => null,
        };
        Project after = before with { Name = name ?? before.Name, ArchivedAt = archivedAt };
        AuditEvent audit = Event(
            actor, "project.changed", before.OrganizationId, before.Id, AuditDetail.Changed(Fields(before), Fields(after)));
        return DirectoryResult<Project>.Of(
            await store.TryUpdateProjectAsync(after, audit, cancellationToken).ConfigureAwait(false),
            after with { Version = before.Version + 1 });
    }

    public async ValueTask<DirectoryResult<Member>> CreateMemberAsync(
        string organizationId, string email, string name, Role role, Actor actor, CancellationToken cancellationToken)
    {
        string address = email.Trim().ToLowerInvariant();
        if (address.Length > MostEmailChars || !EmailPattern().IsMatch(address))
        {
            return DirectoryResult<Member>.Refused("email", $"email must be an address such as name@example.com of at most {MostEmailChars} characters");
        }

        if (KeyRules.NameProblem(name) is string problem)
        {
            return DirectoryResult<Member>.Refused("name", problem);
        }

        Member member = new()
        {
            Id = NewId("mb"),
            OrganizationId = organizationId,
            Email = address,
            Name = name,
            Role = role,
            CreatedAt = Now(),
        };
        AuditEvent audit = Event(actor, "member.created", organizationId, member.Id, AuditDetail.Created(Fields(member)));
        return DirectoryResult<Member>.Of(
            await store.TryAddMemberAsync(member, audit, cancellationToken).ConfigureAwait(false), member);
    }

    /// <summary>Renames or gives another role; null leaves a part as it is.</summary>
    public async ValueTask<DirectoryResult<Member>> UpdateMemberAsync(
        Member before, string? name, Role? role, Actor actor, CancellationToken cancellationToken)
    {
        if (name is not null && KeyRules.NameProblem(name) is string problem)
        {
            return DirectoryResult<Member>.Refused("name", problem);
        }

        Member after = before with { Name = name ?? before.Name, Role = role ?? before.Role };
        AuditEvent audit = Event(
            actor, "member.changed", before.OrganizationId, before.Id, AuditDetail.Changed(Fields(before), Fields(after)));
        return DirectoryResult<Member>.Of(
            await store.TryUpdateMemberAsync(after, audit, cancellationToken).ConfigureAwait(false),
            after with { Version = before.Version + 1 });
    }

    /// <summary>Removes a member; its keys are revoked with it.</summary>
    public ValueTask<ChangeCode> RemoveMemberAsync(Member member, Actor actor, CancellationToken cancellationToken) =>
        store.TryRemoveMemberAsync(
            member.OrganizationId, member.Id, Now(),
            Event(actor, "member.removed", member.OrganizationId, member.Id, AuditDetail.Removed(Fields(member))),
            cancellationToken);

    private static (string Name, string? Value)[] Fields(Project project) =>
        [("name", project.Name), ("archived_at", KeyFields.Text(project.ArchivedAt))];

    private static (string Name, string? Value)[] Fields(Member member) =>
        [("email", member.Email), ("name", member.Name), ("role", RoleNames.Of(member.Role))];

    private AuditEvent Event(Actor actor, string action, string organizationId, string subject, string detail) =>
        new(Guid.NewGuid().ToString("N"), Now().ToUnixTimeMilliseconds(), actor.Name, action, organizationId, subject, detail)
        {
            RequestId = actor.RequestId,
        };

    private DateTimeOffset Now() => clock.GetUtcNow();

    private static string NewId(string prefix) => $"{prefix}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes))}";

    [GeneratedRegex(@"\A[^\s@\p{C}]+@[^\s@\p{C}]+\.[^\s@\p{C}]+\z")]
    private static partial Regex EmailPattern();
}
