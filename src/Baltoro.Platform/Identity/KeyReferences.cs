using Baltoro.Platform.Ports;

namespace Baltoro.Platform.Identity;

/// <summary>Whether what a new key names is there.</summary>
public static class KeyReferences
{
    /// <summary>
    /// What of organization, project and member is not there, as its kind and id; null when all are. The installation's own
    /// organization counts as there: its first key makes it.
    /// </summary>
    public static async ValueTask<(string What, string Id)?> FindMissingAsync(
        IDirectoryStore directory, KeyRequest request, CancellationToken cancellationToken)
    {
        string organization = request.OrganizationId;
        if (!await new Organizations(directory).ExistsAsync(organization, cancellationToken).ConfigureAwait(false))
        {
            return ("organization", organization);
        }

        if (request.ProjectId.Length > 0
            && await directory.FindProjectAsync(organization, request.ProjectId, cancellationToken).ConfigureAwait(false) is null)
        {
            return ("project", request.ProjectId);
        }

        return request.MemberId.Length > 0
            && await directory.FindMemberAsync(organization, request.MemberId, cancellationToken).ConfigureAwait(false) is null
                ? ("member", request.MemberId)
                : null;
    }
}
