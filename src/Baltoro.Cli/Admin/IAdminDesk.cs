using System.Text.Json;

namespace Baltoro.Cli.Admin;

/// <summary>
/// Where the verbs on organizations, projects, members, limits and the audit log work: through the admin API or on the store itself. Both
/// take the API's paths, behind <c>/admin/v1</c>, and answer with its JSON. Refusals come as
/// <see cref="Baltoro.Server.Hosting.StartFailure"/>.
/// </summary>
internal interface IAdminDesk : IAsyncDisposable
{
    /// <summary>One request.</summary>
    Task<JsonElement> SendAsync(HttpMethod method, string path, string? body, CancellationToken cancellationToken);

    /// <summary>All entries of a list.</summary>
    Task<IReadOnlyList<JsonElement>> ListAsync(string path, CancellationToken cancellationToken);
}
