namespace Baltoro.Server.Gate;

/// <summary>Told exactly once about every accepted request, whatever happened to it (I7).</summary>
public interface IRequestSettlement
{
    /// <summary>Posts <paramref name="outcome"/>. Called after the backend's stream has ended; not cancelled by the client.</summary>
    ValueTask SettleAsync(RequestOutcome outcome);
}
