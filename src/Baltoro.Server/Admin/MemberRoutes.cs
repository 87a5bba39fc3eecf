using Baltoro.Platform.Identity;
using Baltoro.Platform.Ports;
using Baltoro.Protocol.Admin;
using Baltoro.Protocol.Errors;
using Baltoro.Server.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Baltoro.Server.Admin;

/// <summary>Members of an organization. Nobody gives a role above one's own, or changes somebody who has one.</summary>
internal sealed class MemberRoutes(AdminGate gate)
{
    public void Map(IEndpointRouteBuilder routes, ServerAdmin admin)
    {
        routes.MapGet("/admin/v1/organizations/{organization}/members", gate.Behind(Permission.Read, call => ListAsync(call, admin)))
            .Document("Members of an organization", typeof(AdminPage<MemberEntry>));
        routes.MapPost("/admin/v1/organizations/{organization}/members", gate.Behind(Permission.Members, call => CreateAsync(call, admin), checksMore: true))
            .Document("Add a member", typeof(MemberEntry), typeof(MemberBody), StatusCodes.Status201Created);
        routes.MapGet("/admin/v1/organizations/{organization}/members/{member}", gate.Behind(Permission.Read, call => GetAsync(call, admin)))
            .Document("One member", typeof(MemberEntry));
        routes.MapPatch(
                "/admin/v1/organizations/{organization}/members/{member}", gate.Behind(Permission.Members, call => UpdateAsync(call, admin)))
            .Document("Rename a member or give it another role", typeof(MemberEntry), typeof(MemberBody));
        routes.MapDelete(
                "/admin/v1/organizations/{organization}/members/{member}", gate.Behind(Permission.Members, call => RemoveAsync(call, admin)))
            .Document("Remove a member and revoke its keys", typeof(RemovedEntry));
    }

    private static ValueTask<AdminAnswer> ListAsync(AdminCall call, ServerAdmin admin) => AdminPaging.ListAsync(
        call,
        async id => await admin.Directory.Store.FindMemberAsync(call.Organization, id, call.Aborted).ConfigureAwait(false) is not null,
        (after, limit) => admin.Directory.Store.ListMembersAsync(call.Organization, after, limit, call.Aborted),
        AdminEntries.Of,
        member => member.Id,
        AdminJson.Wire.MemberPage);

    private static async ValueTask<AdminAnswer> CreateAsync(AdminCall call, ServerAdmin admin)
    {
        string email = call.Fields?.RequiredString("email") ?? "";
        string name = call.Fields?.String("name") ?? email;
        Role? role = ReadRole(call, Role.Member);
        if (call.Mistake() is { } mistake)
        {
            return AdminAnswer.Refused(mistake);
        }

        if (role is not { } given || given > call.Caller.Role)
        {
            return AboveOwn(call);
        }

        return call.IsRepeat
            ? AdminAnswer.MayRepeat
            : AdminResults.Of(
                await admin.Directory.CreateMemberAsync(call.Organization, email, name, given, call.Actor, call.Aborted).ConfigureAwait(false),
                "member", email, value => Show(value, StatusCodes.Status201Created));
    }

    private static async ValueTask<AdminAnswer> GetAsync(AdminCall call, ServerAdmin admin)
    {
        string id = call.Route("member");
        return await admin.Directory.Store.FindMemberAsync(call.Organization, id, call.Aborted).ConfigureAwait(false) is { } member
            ? Show(member, StatusCodes.Status200OK)
            : AdminAnswer.NotFound("member", id);
    }

    private static async ValueTask<AdminAnswer> UpdateAsync(AdminCall call, ServerAdmin admin)
    {
        string? name = call.Fields?.String("name");
        Role? role = ReadRole(call, null);
        string id = call.Route("member");
        if (call.Mistake() is { } mistake)
        {
            return AdminAnswer.Refused(mistake);
        }

        if (await admin.Directory.Store.FindMemberAsync(call.Organization, id, call.Aborted).ConfigureAwait(false) is not { } member)
        {
            return AdminAnswer.NotFound("member", id);
        }

        return member.Role > call.Caller.Role || role > call.Caller.Role
            ? AboveOwn(call)
            : AdminResults.Of(
                await admin.Directory.UpdateMemberAsync(member, name, role, call.Actor, call.Aborted).ConfigureAwait(false),
                "member", id, value => Show(value, StatusCodes.Status200OK));
    }

    private static async ValueTask<AdminAnswer> RemoveAsync(AdminCall call, ServerAdmin admin)
    {
        string id = call.Route("member");
        if (await admin.Directory.Store.FindMemberAsync(call.Organization, id, call.Aborted).ConfigureAwait(false) is not { } member)
        {
            return AdminAnswer.NotFound("member", id);
        }

        if (member.Role > call.Caller.Role)
        {
            return AboveOwn(call);
        }

        ChangeCode code = await admin.Directory.RemoveMemberAsync(member, call.Actor, call.Aborted).ConfigureAwait(false);
        return code == ChangeCode.Done
            ? AdminAnswer.Of(new RemovedEntry(id), AdminJson.Wire.RemovedEntry)
            : AdminResults.Of(code, "member", id);
    }

    private static Role? ReadRole(AdminCall call, Role? otherwise)
    {
        if (call.Fields?.String("role") is not { } name)
        {
            return otherwise;
        }

        if (!RoleNames.OfMembers.Contains(name))
        {
            string found = Protocol.Json.JsonDescription.Cut(name);
            call.Problem.Report(WireError.Field("role", $"must be one of {string.Join(", ", RoleNames.OfMembers)}, found '{found}'"));
        }

        return RoleNames.Parse(name);
    }

    private static AdminAnswer AboveOwn(AdminCall call) => AdminAnswer.Denied(
        $"A key with the role {RoleNames.Of(call.Caller.Role)} cannot give or change a role above it");

    private static AdminAnswer Show(Member member, int status) =>
        AdminAnswer.Of(AdminEntries.Of(member), AdminJson.Wire.MemberEntry, status);
}
