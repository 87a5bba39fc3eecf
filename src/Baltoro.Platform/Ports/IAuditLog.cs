using Baltoro.Platform.Audit;

namespace Baltoro.Platform.Ports;

/// <summary>The log of changes; append only.</summary>
public interface IAuditLog
{
    /// <summary>Adds an event; one with an id that is there already is left out.</summary>
    ValueTask AppendAsync(AuditEvent change, CancellationToken cancellationToken);

    /// <summary>Newest first; of all organizations when none is named.</summary>
    ValueTask<IReadOnlyList<AuditEvent>> ListAsync(string? organizationId, int limit, CancellationToken cancellationToken);

    /// <summary>Newest first, from the one after <paramref name="afterId"/> on; of all organizations when none is named.</summary>
    ValueTask<IReadOnlyList<AuditEvent>> ListAfterAsync(
        string? organizationId, string? afterId, int limit, CancellationToken cancellationToken);
}
