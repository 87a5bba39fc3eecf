using Baltoro.Backends.Turns;
using Baltoro.Protocol.Errors;
using Baltoro.Server.Hosting;

namespace Baltoro.Server.Files.Extraction;

/// <summary>
/// Documents of all organizations in fair turns: a few are read at a time, one organization has at most half of the places,
/// and what waits is bounded. Safe for concurrent use.
/// </summary>
internal sealed class ExtractionTurns(ServerServices services)
{
    /// <summary>Documents read at once; each may take a process of half a gigabyte.</summary>
    public static int Places { get; } = Math.Clamp(Environment.ProcessorCount, 2, 8);

    /// <summary>Documents of one organization read at once.</summary>
    public static int PlacesPerOrganization { get; } = Places / 2;

    /// <summary>Documents of one organization that may wait.</summary>
    public const int MaxWaitingPerOrganization = 8;

    private const int MaxWaiting = 64;

    private readonly TenantTurns _turns = new(new TurnLimits
    {
        Capacity = Places,
        CapacityPerTenant = PlacesPerOrganization,
        MaxWaiting = MaxWaiting,
        MaxWaitingPerTenant = MaxWaitingPerOrganization,
    });

    /// <summary>What the document holds, or why it is refused.</summary>
    public async ValueTask<(ExtractedText? Found, WireError? Error)> ReadAsync(
        string organizationId, Stream file, string name, CancellationToken cancellationToken)
    {
        using IDisposable? turn = await _turns.EnterAsync(organizationId, 1, cancellationToken).ConfigureAwait(false);
        if (turn is null)
        {
            return (null, FileErrors.Crowded());
        }

        (ExtractedText? found, string? problem) = await services.TextExtractor.ExtractAsync(file, name, cancellationToken).ConfigureAwait(false);
        return (found, found is null ? FileErrors.NotExtracted(problem) : null);
    }
}
