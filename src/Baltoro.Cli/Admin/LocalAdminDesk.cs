using System.Text.Json;
using Baltoro.Cli.Composition;

namespace Baltoro.Cli.Admin;

/// <summary>The store itself, also beside running servers.</summary>
internal sealed class LocalAdminDesk(AccountBooks books) : IAdminDesk
{
    public Task<JsonElement> SendAsync(HttpMethod method, string path, string? body, CancellationToken cancellationToken) =>
        books.Admin.SendAsync(method, path, body, cancellationToken);

    public Task<IReadOnlyList<JsonElement>> ListAsync(string path, CancellationToken cancellationToken) =>
        books.Admin.ListAsync(path, cancellationToken);

    public ValueTask DisposeAsync() => books.DisposeAsync();
}
