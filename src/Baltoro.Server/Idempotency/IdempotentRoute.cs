using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Baltoro.Server.Idempotency;

/// <summary>
/// Marks a route that honours <c>Idempotency-Key</c>. <paramref name="Scope"/> says whose key it is (for example organization
/// and API key), or null for a caller that the route itself will refuse. <paramref name="MayRepeat"/> decides whether the caller may
/// still do what it repeats, as the route would for a fresh request; false: it has answered why not.
/// </summary>
internal sealed record IdempotentRoute(Func<HttpContext, ValueTask<string?>> Scope, Func<HttpContext, ValueTask<bool>> MayRepeat);

/// <summary>Marking of routes.</summary>
internal static class IdempotentRoutes
{
    /// <summary>Makes these routes honour <c>Idempotency-Key</c>.</summary>
    public static TBuilder AcceptIdempotencyKey<TBuilder>(
        this TBuilder routes, Func<HttpContext, ValueTask<string?>> scope, Func<HttpContext, ValueTask<bool>> mayRepeat)
        where TBuilder : IEndpointConventionBuilder => routes.WithMetadata(new IdempotentRoute(scope, mayRepeat));
}
