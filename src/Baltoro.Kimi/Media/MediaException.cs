namespace Baltoro.Kimi.Media;

/// <summary>A picture or film cannot be used; the message says why, <see cref="Field"/> which one.</summary>
public sealed class MediaException(string field, string message) : Exception(message)
{
    /// <summary>Where it stands in the request.</summary>
    public string Field { get; } = field;
}
