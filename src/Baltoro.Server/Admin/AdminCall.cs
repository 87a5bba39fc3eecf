using Baltoro.Platform.Audit;
using Baltoro.Platform.Identity;
using Baltoro.Protocol.Errors;
using Baltoro.Protocol.Json;
using Baltoro.Server.Idempotency;
using Microsoft.AspNetCore.Http;

namespace Baltoro.Server.Admin;

/// <summary>A request to the admin API that has passed the gate.</summary>
/// <param name="Http">The request.</param>
/// <param name="Caller">Who asks.</param>
/// <param name="Fields">Its body, or null where the route has none or none was sent.</param>
/// <param name="Problem">The first mistake in the body.</param>
internal sealed record AdminCall(HttpContext Http, Caller Caller, JsonFields? Fields, ReadProblem Problem)
{
    public CancellationToken Aborted => Http.RequestAborted;

    /// <summary>Who it is for the audit log.</summary>
    public Actor Actor => new(Caller.Name, Http.Response.Headers["x-request-id"].ToString());

    /// <summary>Whether only the caller's rights are asked for: the handler answers <see cref="AdminAnswer.MayRepeat"/> before it does anything.</summary>
    public bool IsRepeat => Http.Features.Get<RepeatProbe>() is not null;

    public bool IsOperator => Caller.Role == Role.Operator;

    /// <summary>The organization of the route.</summary>
    public string Organization => Route("organization");

    /// <summary>A value of the route.</summary>
    public string Route(string name) => Http.Request.RouteValues[name] as string ?? "";

    /// <summary>A value of the query, or null.</summary>
    public string? Query(string name) => Http.Request.Query[name].ToString() is { Length: > 0 } value ? value : null;

    /// <summary>Whether the caller may see things of an organization at all.</summary>
    public bool Sees(string organizationId) => IsOperator || Caller.OrganizationId == organizationId;

    /// <summary>
    /// The first mistake of the body; call it when everything was read. A member nobody knows comes first: a name that is spelled wrong
    /// is why another one is missing.
    /// </summary>
    public WireError? Mistake() => Fields?.UnknownMember() ?? Problem.First;
}
