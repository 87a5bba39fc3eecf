using Baltoro.Platform.Identity;
using Baltoro.Protocol.Errors;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Baltoro.Server.Gate;

/// <summary>Reads the bearer key of a request and finds who holds it.</summary>
internal sealed class Authenticate(KeyService keys)
{
    private const string Scheme = "Bearer ";

    public async ValueTask<(Caller? Caller, WireError? Error)> RunAsync(HttpRequest request, CancellationToken cancellationToken)
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

        Caller? caller = await keys.AuthenticateAsync(header[Scheme.Length..].Trim(), cancellationToken).ConfigureAwait(false);
        return caller is null ? (null, Refuse("Invalid Authentication")) : (caller, null);
    }

    /// <summary>Whose idempotency keys a request uses, or null for a caller that is refused.</summary>
    public async ValueTask<string?> ScopeAsync(HttpContext context)
    {
        (Caller? caller, _) = await RunAsync(context.Request, context.RequestAborted).ConfigureAwait(false);
        return caller is null ? null : $"{caller.OrganizationId}/{caller.KeyId}";
    }

    private static WireError Refuse(string message) => new(ErrorCode.InvalidAuthentication, message);
}
