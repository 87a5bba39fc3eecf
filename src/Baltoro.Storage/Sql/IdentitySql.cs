namespace Baltoro.Storage.Sql;

/// <summary>
/// Statements on organizations, projects, members and keys, the same text for SQLite and PostgreSQL. Parameters come in the
/// order of the columns; see <see cref="IdentityRows"/>.
/// </summary>
internal static class IdentitySql
{
    public const string BindSetting = "INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING";

    public const string ReadSetting = "SELECT value FROM setting WHERE name = $1";

    public const string AddOrganization =
        "INSERT INTO organization (id, name, created_at, version) VALUES ($1, $2, $3, 1) ON CONFLICT DO NOTHING";

    /// <summary>Makes changes of one organization's members run one after another, on both databases.</summary>
    public const string LockOrganization = "UPDATE organization SET id = id WHERE id = $1";

    public const string ReadOrganization = $"SELECT {OrganizationColumns} FROM organization WHERE id = $1";

    public const string ListOrganizations = $"SELECT {OrganizationColumns} FROM organization ORDER BY created_at, id LIMIT $1";

    public const string ListOrganizationsAfter =
        $"SELECT {OrganizationColumns} FROM organization WHERE (created_at, id) > (SELECT created_at, id FROM organization WHERE id = $2) "
        + "ORDER BY created_at, id LIMIT $1";

    public const string UpdateOrganization =
        "UPDATE organization SET name = $3, version = version + 1 WHERE id = $1 AND version = $2";

    public const string AddProject =
        $"INSERT INTO project ({ProjectColumns}) VALUES ($1, $2, $3, $4, $5, 1) ON CONFLICT DO NOTHING";

    public const string ReadProject = $"SELECT {ProjectColumns} FROM project WHERE organization_id = $1 AND id = $2";

    public const string ListProjects =
        $"SELECT {ProjectColumns} FROM project WHERE organization_id = $2 ORDER BY created_at, id LIMIT $1";

    public const string ListProjectsAfter =
        $"SELECT {ProjectColumns} FROM project WHERE organization_id = $2 "
        + "AND (created_at, id) > (SELECT created_at, id FROM project WHERE organization_id = $2 AND id = $3) ORDER BY created_at, id LIMIT $1";

    public const string UpdateProject =
        "UPDATE project SET name = $4, archived_at = $5, version = version + 1 WHERE organization_id = $1 AND id = $2 AND version = $3";

    public const string AddMember =
        $"INSERT INTO member ({MemberColumns}) VALUES ($1, $2, $3, $4, $5, $6, 1) ON CONFLICT DO NOTHING";

    public const string ReadMember = $"SELECT {MemberColumns} FROM member WHERE organization_id = $1 AND id = $2";

    public const string ListMembers =
        $"SELECT {MemberColumns} FROM member WHERE organization_id = $2 ORDER BY created_at, id LIMIT $1";

    public const string ListMembersAfter =
        $"SELECT {MemberColumns} FROM member WHERE organization_id = $2 "
        + "AND (created_at, id) > (SELECT created_at, id FROM member WHERE organization_id = $2 AND id = $3) ORDER BY created_at, id LIMIT $1";

    public const string CountOtherMembersOfRole = "SELECT count(*) FROM member WHERE organization_id = $1 AND role = $2 AND id <> $3";

    public const string UpdateMember =
        "UPDATE member SET name = $4, role = $5, version = version + 1 WHERE organization_id = $1 AND id = $2 AND version = $3";

    public const string RemoveMember = "DELETE FROM member WHERE organization_id = $1 AND id = $2";

    public const string RevokeKeysOfMember =
        "UPDATE api_key SET revoked_at = $2, version = version + 1 WHERE member_id = $1 AND revoked_at IS NULL";

    public const string AddKey =
        $"INSERT INTO api_key ({KeyColumns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)";

    public const string AnyKey = "SELECT count(*) FROM (SELECT 1 FROM api_key LIMIT 1) AS one";

    /// <summary>Whether an organization ever had a key that is no admin key.</summary>
    public const string AnyKeyOf = "SELECT count(*) FROM (SELECT 1 FROM api_key WHERE organization_id = $1 AND kind = 0 LIMIT 1) AS one";

    public const string ReadKey = $"SELECT {KeyColumns} FROM api_key WHERE id = $1";

    public const string ReadKeyByHash = $"""
        SELECT {HeldColumns} FROM api_key k LEFT JOIN member m ON m.id = k.member_id LEFT JOIN project p ON p.id = k.project_id
        WHERE k.hash = $1 OR k.previous_hash = $1
        """;

    public const string RevokeKey =
        "UPDATE api_key SET revoked_at = $2, version = version + 1 WHERE id = $1 AND revoked_at IS NULL";

    public const string ReplaceSecret = """
        UPDATE api_key SET hash = $3, previous_hash = $4, previous_until = $5, hint = $6, rotated_at = $7, version = version + 1
        WHERE id = $1 AND hash = $2 AND revoked_at IS NULL
        """;

    public const string UpdateKey = """
        UPDATE api_key SET name = $3, tier = $4, project_id = $5, scopes = $6, models = $7, networks = $8, expires_at = $9,
            version = version + 1 WHERE id = $1 AND version = $2 AND revoked_at IS NULL
        """;

    public const string TouchKey =
        "UPDATE api_key SET last_used_at = $2 WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < $2)";

    public const string KeyColumns =
        "id, name, organization_id, project_id, member_id, kind, tier, scopes, role, models, networks, hash, previous_hash, previous_until, "
        + "hint, created_at, expires_at, rotated_at, revoked_at, last_used_at, version";

    private const string OrganizationColumns = "id, name, created_at, version";

    private const string ProjectColumns = "id, organization_id, name, created_at, archived_at, version";

    private const string MemberColumns = "id, organization_id, email, name, role, created_at, version";

    private const string HeldColumns =
        "k.id, k.name, k.organization_id, k.project_id, k.member_id, k.kind, k.tier, k.scopes, k.role, k.models, k.networks, k.hash, "
        + "k.previous_hash, k.previous_until, k.hint, k.created_at, k.expires_at, k.rotated_at, k.revoked_at, k.last_used_at, k.version, "
        + "m.role, p.archived_at";
}
