namespace Baltoro.Server.Idempotency;

/// <summary>
/// Feature of a request that is only asked whether its caller may still do what it repeats: the route refuses as it would a fresh
/// request, or allows, and does nothing else. Used by one request at a time.
/// </summary>
internal sealed class RepeatProbe
{
    /// <summary>Whether the route would do it now.</summary>
    public bool IsAllowed { get; private set; }

    /// <summary>Says that the caller may.</summary>
    public void Allow() => IsAllowed = true;
}
