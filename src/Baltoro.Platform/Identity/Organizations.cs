using Baltoro.Platform.Ports;

namespace Baltoro.Platform.Identity;

/// <summary>Which organizations there are; money and limits of any other id would be nobody's.</summary>
public sealed class Organizations(IOrganizationReader directory)
{
    /// <summary>Whether there is such an organization. The one of the installation always is, also before its first key.</summary>
    public async ValueTask<bool> ExistsAsync(string id, CancellationToken cancellationToken) =>
        id == Organization.LocalId || await directory.FindOrganizationAsync(id, cancellationToken).ConfigureAwait(false) is not null;
}
