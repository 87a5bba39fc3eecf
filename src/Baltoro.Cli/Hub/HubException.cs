namespace Baltoro.Cli.Hub;

/// <summary>The hub refused, cannot be reached, or sent something else than it promised.</summary>
internal sealed class HubException(string message, bool isTransient = false, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Whether trying again may help.</summary>
    public bool IsTransient { get; } = isTransient;
}
