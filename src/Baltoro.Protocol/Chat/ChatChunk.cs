namespace Baltoro.Protocol.Chat;

/// <summary>One event of a stream; id, created and model are the same in all of them.</summary>
public sealed record ChatChunk
{
    public required string Id { get; init; }

    public string Object { get; init; } = "chat.completion.chunk";

    /// <summary>Unix seconds.</summary>
    public required long Created { get; init; }

    public required string Model { get; init; }

    /// <summary>Names the model and the program that answered: the same while both are.</summary>
    public string? SystemFingerprint { get; init; }

    /// <summary>One entry, or none in the chunk that carries <see cref="Usage"/>.</summary>
    public required IReadOnlyList<ChunkChoice> Choices { get; init; }

    public UsageBlock? Usage { get; init; }
}
