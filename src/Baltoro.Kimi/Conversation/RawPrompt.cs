namespace Baltoro.Kimi.Conversation;

/// <summary>A prompt that is continued as it stands, without the chat template. Closed family.</summary>
public abstract record RawPrompt
{
    private RawPrompt()
    {
    }

    /// <summary>Plain text; strings that spell special tokens stay text.</summary>
    public sealed record Text(string Value) : RawPrompt;

    /// <summary>Token ids of the backend's vocabulary.</summary>
    public sealed record Ids(IReadOnlyList<int> Values) : RawPrompt;
}
