namespace Baltoro.Platform.Ports;

/// <summary>Which organization each event of a payment provider belongs to; for ever. Safe for concurrent use, also from several processes.</summary>
public interface IPaymentEventStore
{
    /// <summary>Gives an event to an organization if it is nobody's yet; returns whose it is.</summary>
    /// <param name="key">Provider and event, unique over the installation.</param>
    ValueTask<string> ClaimAsync(string key, string organizationId, long nowMs, CancellationToken cancellationToken);
}
