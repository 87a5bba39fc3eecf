namespace Baltoro.Protocol.Admin;

/// <summary>One page of a list; the next one starts after <c>last_id</c>.</summary>
public sealed record AdminPage<T>
{
    public string Object { get; init; } = "list";

    public required IReadOnlyList<T> Data { get; init; }

    public string? FirstId { get; init; }

    public string? LastId { get; init; }

    public bool HasMore { get; init; }
}
