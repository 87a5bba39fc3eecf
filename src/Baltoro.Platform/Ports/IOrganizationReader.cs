using Baltoro.Platform.Identity;

namespace Baltoro.Platform.Ports;

/// <summary>Finds organizations. Safe for concurrent use.</summary>
public interface IOrganizationReader
{
    ValueTask<Organization?> FindOrganizationAsync(string id, CancellationToken cancellationToken);
}
