namespace Baltoro.Platform.Audit;

/// <summary>Who changes something, for the audit log.</summary>
/// <param name="Name">A key's or member's id, or <c>command line</c>.</param>
/// <param name="RequestId">The HTTP request it came with; empty for the command line.</param>
public sealed record Actor(string Name, string RequestId = "")
{
    /// <summary>Somebody with access to the data itself.</summary>
    public static Actor CommandLine { get; } = new("command line");

    /// <summary>An actor without a request.</summary>
    public static implicit operator Actor(string name) => new(name);

    /// <summary>The same as the conversion.</summary>
    public static Actor FromString(string name) => new(name);
}
