namespace Baltoro.Protocol.Chat;

/// <summary>The whole answer of a request that does not stream.</summary>
public sealed record ChatReply
{
    public required string Id { get; init; }

    public string Object { get; init; } = "chat.completion";

    /// <summary>Unix seconds.</summary>
    public required long Created { get; init; }

    /// <summary>The id the client sent.</summary>
    public required string Model { get; init; }

    /// <summary>Names the model and the program that answered: the same while both are.</summary>
    public string? SystemFingerprint { get; init; }

    public required IReadOnlyList<ReplyChoice> Choices { get; init; }

    public required UsageBlock Usage { get; init; }
}
