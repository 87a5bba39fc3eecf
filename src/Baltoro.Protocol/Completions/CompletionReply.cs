using Baltoro.Protocol.Chat;

namespace Baltoro.Protocol.Completions;

/// <summary>A raw completion, or one event of a streamed one.</summary>
public sealed record CompletionReply
{
    public required string Id { get; init; }

    public string Object { get; init; } = "text_completion";

    /// <summary>Unix seconds.</summary>
    public required long Created { get; init; }

    public required string Model { get; init; }

    /// <summary>Names the model and the program that answered.</summary>
    public string? SystemFingerprint { get; init; }

    public required IReadOnlyList<CompletionChoice> Choices { get; init; }

    public UsageBlock? Usage { get; init; }
}
