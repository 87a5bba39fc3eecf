using Baltoro.Platform.Identity;
using Baltoro.Platform.Limits;
using Baltoro.Platform.Tiers;
using Baltoro.Protocol.Admin;
using Baltoro.Protocol.Errors;
using Baltoro.Protocol.Json;
using Baltoro.Server.Hosting;
using Microsoft.AspNetCore.Http;

namespace Baltoro.Server.Admin;

/// <summary>What callers may ask for when they make or change a key, and what their bodies say.</summary>
internal sealed class KeyIssuing(KeyService keys, ServerServices services)
{
    /// <summary>Makes a key; its limits hold before anybody has it.</summary>
    public async ValueTask<AdminAnswer> CreateAsync(AdminCall call, ServerAdmin admin)
    {
        JsonFields? fields = call.Fields;
        KeyKind kind = ReadKind(call);
        string member = fields?.String("member") ?? (call.Caller.Role < Role.Admin ? call.Caller.MemberId : "");
        Role role = ReadRole(call);
        KeyRequest request = new()
        {
            Name = fields?.String("name") ?? "default",
            OrganizationId = fields?.String("organization") ?? call.Caller.OrganizationId,
            ProjectId = fields?.String("project") ?? "",
            MemberId = member,
            Kind = kind,
            Role = role,
            Tier = fields?.String("tier") ?? Tier.Free,
            Scopes = ReadScopes(call),
            Models = ReadModels(call) ?? [],
            Networks = ReadNetworks(call) ?? NetworkList.Empty,
            ExpiresAt = ReadExpiry(call),
        };
        LimitSet limits = AdminFields.Limits(fields?.Object("limits"), call.Problem);
        if (call.Mistake() is { } mistake)
        {
            return AdminAnswer.Refused(mistake);
        }

        if (await CreateProblemAsync(call, admin, request).ConfigureAwait(false) is { } denied)
        {
            return denied;
        }

        KeyResult result = await keys.CreateAsync(request, call.Actor, call.Aborted).ConfigureAwait(false);
        if (result.Issued is not { } issued)
        {
            return AnswerOf(result.Problem, result.Message);
        }

        if (!limits.IsEmpty)
        {
            await admin.Accounts.SetLimitsAsync(
                request.OrganizationId, ScopeName.OfKey(issued.Key.Id), limits, call.Actor, CancellationToken.None).ConfigureAwait(false);
        }

        return Show(issued, StatusCodes.Status201Created);
    }

    /// <summary>Why the caller may not change this key, or null.</summary>
    public async ValueTask<AdminAnswer?> TouchProblemAsync(AdminCall call, ServerAdmin admin, ApiKey key)
    {
        if (!Rights.Allow(call.Caller.Role, Permission.AllKeys) && (key.MemberId.Length == 0 || key.MemberId != call.Caller.MemberId))
        {
            return AdminAnswer.Denied("This key may change only keys that act for its own member");
        }

        Role role = key.Role;
        if (key is { Kind: KeyKind.Admin, MemberId.Length: > 0 })
        {
            role = (await admin.Directory.Store.FindMemberAsync(key.OrganizationId, key.MemberId, call.Aborted).ConfigureAwait(false))?.Role ?? Role.None;
        }

        return role > call.Caller.Role ? AboveOwn(call) : null;
    }

    /// <summary>The key with what the body changes; null beside an answer when that may not be.</summary>
    public async ValueTask<(ApiKey? Changed, AdminAnswer Answer)> ReadChangeAsync(AdminCall call, ServerAdmin admin, ApiKey key)
    {
        JsonFields? fields = call.Fields;
        ApiKey changed = key with
        {
            Name = fields?.String("name") ?? key.Name,
            ProjectId = fields?.IsNull("project") == true ? "" : fields?.String("project") ?? key.ProjectId,
            Tier = fields?.String("tier") ?? key.Tier,
            Scopes = ReadScopes(call) ?? key.Scopes,
            Models = fields?.IsNull("models") == true ? [] : ReadModels(call) ?? key.Models,
            Networks = fields?.IsNull("networks") == true ? NetworkList.Empty : ReadNetworks(call) ?? key.Networks,
            ExpiresAt = fields?.IsNull("expires_at") == true ? null : ReadExpiry(call) ?? key.ExpiresAt,
        };
        if (call.Mistake() is { } mistake)
        {
            return (null, AdminAnswer.Refused(mistake));
        }

        AdminAnswer? denied = TierProblem(call, changed.Tier, key.Tier)
            ?? await ProjectProblemAsync(call, admin, key.OrganizationId, changed.ProjectId, key.ProjectId).ConfigureAwait(false);
        return denied is { } answer ? (null, answer) : (changed, default);
    }

    /// <summary>A key just issued, with its text.</summary>
    public static AdminAnswer Show(IssuedKey issued, int status) =>
        AdminAnswer.Of(AdminEntries.Of(issued.Key) with { Key = issued.Text }, AdminJson.Wire.KeyEntry, status);

    /// <summary>Why the platform refused a key.</summary>
    public static AdminAnswer AnswerOf(KeyProblem problem, string message) => problem switch
    {
        KeyProblem.BadName => AdminAnswer.BadField("name", message),
        KeyProblem.BadOrganization => AdminAnswer.BadField("organization", message),
        KeyProblem.UnknownTier => AdminAnswer.BadField("tier", message),
        KeyProblem.BadModels => AdminAnswer.BadField("models", message),
        KeyProblem.BadExpiry => AdminAnswer.BadField("expires_at", message),
        KeyProblem.BadGrace => AdminAnswer.BadField("grace_seconds", message),
        KeyProblem.BadScopes => AdminAnswer.BadField(message.StartsWith("role", StringComparison.Ordinal) ? "role" : "scopes", message),
        KeyProblem.UnknownKey => AdminAnswer.Refused(new WireError(ErrorCode.NotFound, message)),
        KeyProblem.Revoked or KeyProblem.Conflict => AdminAnswer.Conflict(message),
        _ => throw new InvalidOperationException($"no refusal: {problem}"),
    };

    private static async ValueTask<AdminAnswer?> CreateProblemAsync(AdminCall call, ServerAdmin admin, KeyRequest request)
    {
        if (!call.Sees(request.OrganizationId))
        {
            return AdminAnswer.NotFound("organization", request.OrganizationId);
        }

        if (!Rights.Allow(call.Caller.Role, Permission.AllKeys) && (request.MemberId.Length == 0 || request.MemberId != call.Caller.MemberId))
        {
            return AdminAnswer.Denied("This key may make only keys that act for its own member");
        }

        Role role = request.Role;
        if (request.MemberId.Length > 0)
        {
            Member? member = await admin.Directory.Store.FindMemberAsync(
                request.OrganizationId, request.MemberId, call.Aborted).ConfigureAwait(false);
            if (member is null)
            {
                return AdminAnswer.NotFound("member", request.MemberId);
            }

            role = request.Kind == KeyKind.Admin ? member.Role : role;
        }

        return role > call.Caller.Role
            ? AboveOwn(call)
            : TierProblem(call, request.Tier, Tier.Free)
                ?? await ProjectProblemAsync(call, admin, request.OrganizationId, request.ProjectId, "").ConfigureAwait(false);
    }

    /// <summary>A tier is what somebody paid for or agreed; only who runs the installation gives one.</summary>
    private static AdminAnswer? TierProblem(AdminCall call, string tier, string before) => tier == before || call.IsOperator
        ? null
        : AdminAnswer.Denied("Only an operator's key may choose a tier; ask for other limits with POST /v1/limits/requests");

    private static async ValueTask<AdminAnswer?> ProjectProblemAsync(
        AdminCall call, ServerAdmin admin, string organization, string project, string before)
    {
        if (project.Length == 0 || project == before)
        {
            return null;
        }

        return await admin.Directory.Store.FindProjectAsync(organization, project, call.Aborted).ConfigureAwait(false) switch
        {
            null => AdminAnswer.NotFound("project", project),
            { ArchivedAt: not null } => AdminAnswer.Conflict($"The project '{project}' is archived"),
            _ => null,
        };
    }

    private static AdminAnswer AboveOwn(AdminCall call) => AdminAnswer.Denied(
        $"A key with the role {RoleNames.Of(call.Caller.Role)} cannot make or change a key with a role above it");

    private static KeyKind ReadKind(AdminCall call)
    {
        string? kind = call.Fields?.String("kind");
        if (kind is not (null or "api" or "admin"))
        {
            call.Problem.Report(WireError.Field("kind", $"must be api or admin, found '{JsonDescription.Cut(kind)}'"));
        }

        return kind == "admin" ? KeyKind.Admin : KeyKind.Api;
    }

    private static Role ReadRole(AdminCall call)
    {
        if (call.Fields?.String("role") is not { } name)
        {
            return Role.None;
        }

        if (RoleNames.Parse(name) is not { } role)
        {
            call.Problem.Report(WireError.Field(
                "role", $"must be one of {string.Join(", ", RoleNames.OfMembers)}, operator, found '{JsonDescription.Cut(name)}'"));
            return Role.None;
        }

        return role;
    }

    private static KeyScopes? ReadScopes(AdminCall call)
    {
        if (call.Fields?.Strings("scopes") is not { } names)
        {
            return null;
        }

        KeyScopes? scopes = KeyScopeNames.Parse(names);
        if (scopes is null)
        {
            call.Problem.Report(WireError.Field(
                "scopes", $"must be of {string.Join(", ", KeyScopeNames.All)}, found {JsonDescription.Cut(string.Join(", ", names))}"));
        }

        return scopes;
    }

    private IReadOnlyList<string>? ReadModels(AdminCall call)
    {
        IReadOnlyList<string>? models = call.Fields?.Strings("models");
        if (models?.FirstOrDefault(id => services.Models.Find(id) is null) is { } unknown)
        {
            string allowed = string.Join(", ", services.Models.All.Select(model => model.Card.Id));
            call.Problem.Report(WireError.Field("models", $"must be ids of this server: {allowed}; found '{JsonDescription.Cut(unknown)}'"));
        }

        return models;
    }

    private static NetworkList? ReadNetworks(AdminCall call)
    {
        if (call.Fields?.Strings("networks") is not { } texts)
        {
            return null;
        }

        NetworkList? networks = NetworkList.TryParse(texts, out string problem);
        if (networks is null)
        {
            call.Problem.Report(WireError.Field("networks", $"must be networks: {problem}"));
        }

        return networks;
    }

    private static DateTimeOffset? ReadExpiry(AdminCall call)
    {
        long most = DateTimeOffset.MaxValue.ToUnixTimeSeconds();
        if (call.Fields?.Integer("expires_at") is not { } seconds)
        {
            return null;
        }

        if (seconds < 0 || seconds > most)
        {
            call.Problem.Report(WireError.Field("expires_at", $"must be Unix seconds from 0 to {most}, found {seconds}"));
            return null;
        }

        return DateTimeOffset.FromUnixTimeSeconds(seconds);
    }
}
