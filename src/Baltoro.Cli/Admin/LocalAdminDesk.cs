using System.Text.Json;
using Baltoro.Cli.Composition;

namespace Baltoro.Cli.Admin;

/// <summary>The store itself, also beside running servers.</summary>
internal sealed class LocalAdminDesk(AccountBooks books) : IAdminDesk
{
    public async Task<JsonElement> SendAsync(HttpMethod method, string path, string? body, CancellationToken cancellationToken) =>
        await (await books.AdminAsync(cancellationToken).ConfigureAwait(false)).SendAsync(method, path, body, cancellationToken).ConfigureAwait(false);

    public async Task<IReadOnlyList<JsonElement>> ListAsync(string path, CancellationToken cancellationToken) =>
        await (await books.AdminAsync(cancellationToken).ConfigureAwait(false)).ListAsync(path, cancellationToken).ConfigureAwait(false);

    public ValueTask DisposeAsync() => books.DisposeAsync();
}
