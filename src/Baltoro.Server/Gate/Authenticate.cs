using System.Net;
using Baltoro.Platform.Identity;
using Baltoro.Protocol.Errors;
using Baltoro.Server.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Baltoro.Server.Gate;

/// <summary>Reads the bearer key of a request, finds who holds it, and checks where from and what for it is used.</summary>
internal sealed class Authenticate(KeyService keys, ServerOptions options)
{
    private const string Scheme = "Bearer ";

    /// <summary>The caller of a route that asks models.</summary>
    public ValueTask<(Caller? Caller, WireError? Error)> RunAsync(HttpRequest request, CancellationToken cancellationToken) =>
        RunAsync(request, KeyScopes.Inference, cancellationToken);

    /// <summary>The caller of a route that needs <paramref name="scope"/>; none needs any valid key.</summary>
    public async ValueTask<(Caller? Caller, WireError? Error)> RunAsync(
        HttpRequest request, KeyScopes scope, CancellationToken cancellationToken)
    {
        string header = request.Headers[HeaderNames.Authorization].ToString();
        if (header.Length == 0)
        {
            return (null, Refuse("Invalid Authentication: no key was sent; expected the header 'Authorization: Bearer sk-…'"));
        }

        if (!header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return (null, Refuse("Invalid Authentication: the Authorization header must be 'Bearer ' and a key"));
        }

        KeyCheck check = await keys.CheckAsync(header[Scheme.Length..].Trim(), cancellationToken).ConfigureAwait(false);
        if (check.Caller is not { } caller)
        {
            return (null, ErrorOf(check.Refusal));
        }

        WireError? error = AddressProblem(request, caller) ?? ScopeProblem(caller, scope);
        return error is null ? (caller, null) : (null, error);
    }

    /// <summary>Whose idempotency keys a request uses, or null for a caller that is refused.</summary>
    public async ValueTask<string?> ScopeAsync(HttpContext context)
    {
        (Caller? caller, _) = await RunAsync(context.Request, default(KeyScopes), context.RequestAborted).ConfigureAwait(false);
        return caller is null ? null : $"{caller.OrganizationId}/{caller.KeyId}";
    }

    private static WireError ErrorOf(KeyRefusal refusal) => refusal switch
    {
        KeyRefusal.Invalid => Refuse("Invalid Authentication"),
        KeyRefusal.Revoked => Refuse("Invalid Authentication: this key was revoked"),
        KeyRefusal.Expired => Refuse("Invalid Authentication: this key has expired"),
        KeyRefusal.Replaced => Refuse("Invalid Authentication: this key was replaced by a rotation and its grace period is over"),
        KeyRefusal.MemberGone => Refuse("Invalid Authentication: the member this key acted for is gone"),
        KeyRefusal.ProjectArchived => new WireError(ErrorCode.PermissionDenied, "The project of this key is archived and takes no requests"),
        _ => throw new InvalidOperationException($"unknown refusal {refusal}"),
    };

    private WireError? AddressProblem(HttpRequest request, Caller caller)
    {
        if (caller.Networks.IsEmpty)
        {
            return null;
        }

        IPAddress? address = ClientAddress.Of(request.HttpContext, options.TrustedProxies);
        return address is not null && caller.Networks.Contains(address)
            ? null
            : new WireError(ErrorCode.AddressNotAllowed, "Your IP is not allowed to access this organization");
    }

    private static WireError? ScopeProblem(Caller caller, KeyScopes scope) => (caller.Scopes & scope) == scope
        ? null
        : new WireError(
            ErrorCode.ScopeMissing,
            $"This key has no scope {string.Join(", ", KeyScopeNames.Of(scope))}; its scopes: {string.Join(", ", KeyScopeNames.Of(caller.Scopes))}");

    private static WireError Refuse(string message) => new(ErrorCode.InvalidAuthentication, message);
}
