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
    /// <summary>Makes a key; its limits hold before anybody has it. What the maker's key is bound to and the body does not say, it inherits.</summary>
    public async ValueTask<AdminAnswer> CreateAsync(AdminCall call, ServerAdmin admin)
    {
        LimitSet own = await OwnLimitsAsync(call, admin).ConfigureAwait(false);
        KeyRequest request = ReadNew(call);
        LimitSet limits = AdminFields.Limits(call.Fields?.Object("limits"), call.Problem).Or(own);
        if (call.Mistake() is { } mistake)
        {
            return AdminAnswer.Refused(mistake);
        }

        if (await CreateProblemAsync(call, admin, request).ConfigureAwait(false) is { } denied)
        {
            return denied;
        }

        if (BoundsOf(request).FirstBeyond(KeyBounds.Of(call.Caller, request.Kind)) is { } beyond)
        {
            return BeyondOwn(beyond);
        }

        if (limits.FirstBeyond(own) is { } higher)
        {
            return BeyondOwn($"limits.{higher}");
        }

        if (call.IsRepeat)
        {
            return AdminAnswer.MayRepeat;
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

    /// <summary>Why the caller may not be handed this key's secret, or null: one key never gives what it may not itself.</summary>
    public static async ValueTask<AdminAnswer?> HandOutProblemAsync(AdminCall call, ServerAdmin admin, ApiKey key)
    {
        if (KeyBounds.Of(key).FirstBeyond(KeyBounds.Of(call.Caller, key.Kind)) is { } beyond)
        {
            return BeyondOwn(beyond);
        }

        LimitSet limits = await admin.Accounts.CustomLimitsAsync(key.OrganizationId, ScopeName.OfKey(key.Id), call.Aborted).ConfigureAwait(false);
        LimitSet own = await OwnLimitsAsync(call, admin).ConfigureAwait(false);
        return limits.FirstBeyond(own) is { } higher ? BeyondOwn($"limits.{higher}") : null;
    }

    /// <summary>
    /// Why the caller may not set these limits for a key, or null. Members may only lower them; who may manage all keys may also go as
    /// far as its own key.
    /// </summary>
    public static async ValueTask<AdminAnswer?> LimitsProblemAsync(AdminCall call, ServerAdmin admin, ApiKey key, LimitSet wanted)
    {
        LimitSet before = await admin.Accounts.CustomLimitsAsync(
            key.OrganizationId, ScopeName.OfKey(key.Id), call.Aborted).ConfigureAwait(false);
        if (wanted.FirstBeyond(before) is not { } beyond)
        {
            return null;
        }

        if (!Rights.Allow(call.Caller.Role, Permission.AllKeys))
        {
            return OnlyNarrower(beyond);
        }

        LimitSet own = await OwnLimitsAsync(call, admin).ConfigureAwait(false);
        return wanted.FirstBeyond(own) is { } higher ? BeyondOwn(higher) : null;
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
            ?? ChangeProblem(call, key, changed)
            ?? await ProjectProblemAsync(call, admin, key.OrganizationId, changed.ProjectId, key.ProjectId).ConfigureAwait(false);
        return denied is { } answer ? (null, answer) : (changed, default);
    }

    /// <summary>Members may only narrow a key, whoever set its bounds; who may manage all keys may widen it up to its own.</summary>
    private static AdminAnswer? ChangeProblem(AdminCall call, ApiKey key, ApiKey changed)
    {
        KeyBounds before = KeyBounds.Of(key);
        KeyBounds after = KeyBounds.Of(changed);
        if (!Rights.Allow(call.Caller.Role, Permission.AllKeys))
        {
            return after.FirstBeyond(before) is { } wider ? OnlyNarrower(wider) : null;
        }

        return after.FirstBeyond(before, KeyBounds.Of(call.Caller, key.Kind)) is { } beyond ? BeyondOwn(beyond) : null;
    }

    private KeyRequest ReadNew(AdminCall call)
    {
        JsonFields? fields = call.Fields;
        Caller maker = call.Caller;
        KeyKind kind = ReadKind(call);
        string organization = fields?.String("organization") ?? maker.OrganizationId;
        return new KeyRequest
        {
            Name = fields?.String("name") ?? "default",
            OrganizationId = organization,
            ProjectId = fields?.String("project") ?? (organization == maker.OrganizationId ? maker.ProjectId : ""),
            MemberId = fields?.String("member") ?? (maker.Role < Role.Admin ? maker.MemberId : ""),
            Kind = kind,
            Role = ReadRole(call),
            Tier = fields?.String("tier") ?? Tier.Free,
            Scopes = ReadScopes(call) ?? (KeyScopeNames.DefaultOf(kind) & KeyBounds.Of(maker, kind).Scopes),
            Models = ReadModels(call) ?? maker.Models,
            Networks = ReadNetworks(call) ?? maker.Networks,
            ExpiresAt = ReadExpiry(call) ?? maker.ExpiresAt,
        };
    }

    private static KeyBounds BoundsOf(KeyRequest request) => new(
        request.Scopes ?? KeyScopeNames.DefaultOf(request.Kind), request.Models, request.Networks, request.ExpiresAt, request.ProjectId);

    private static ValueTask<LimitSet> OwnLimitsAsync(AdminCall call, ServerAdmin admin) =>
        admin.Accounts.CustomLimitsAsync(call.Caller.OrganizationId, ScopeName.OfKey(call.Caller.KeyId), call.Aborted);

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

        if (await KeyReferences.FindMissingAsync(admin.Directory.Store, request, call.Aborted).ConfigureAwait(false) is (string what, string id))
        {
            return AdminAnswer.NotFound(what, id);
        }

        Role role = request.Role;
        if (request is { Kind: KeyKind.Admin, MemberId.Length: > 0 })
        {
            Member? member = await admin.Directory.Store.FindMemberAsync(
                request.OrganizationId, request.MemberId, call.Aborted).ConfigureAwait(false);
            role = member?.Role ?? Role.None;
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

    private static AdminAnswer BeyondOwn(string field) => AdminAnswer.Denied(
        $"A key gives at most what it may itself: {field} would go beyond this key's");

    private static AdminAnswer OnlyNarrower(string field) => AdminAnswer.Denied(
        $"A member may only narrow a key: {field} would be wider than it is; ask an administrator of the organization");

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
