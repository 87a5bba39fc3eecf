using Microsoft.AspNetCore.Http.Features;

namespace Baltoro.Server.Idempotency;

/// <summary>Lifetime of a request whose answer is kept: the client's going away does not end it.</summary>
internal sealed class DetachedLifetime(IHttpRequestLifetimeFeature client) : IHttpRequestLifetimeFeature
{
    public CancellationToken RequestAborted { get; set; } = CancellationToken.None;

    public void Abort() => client.Abort();
}
