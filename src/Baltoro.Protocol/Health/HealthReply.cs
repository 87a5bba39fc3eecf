namespace Baltoro.Protocol.Health;

/// <summary>Answer of the health routes, in NIM's shape.</summary>
public sealed record HealthReply(string Object, string Message)
{
    /// <summary>A reply with the one object name clients know.</summary>
    public static HealthReply Of(string message) => new("health.response", message);
}
