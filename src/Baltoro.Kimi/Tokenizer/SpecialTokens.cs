namespace Baltoro.Kimi.Tokenizer;

/// <summary>Ids of the special tokens that frame a conversation. They exist only as ids: no text encodes to them.</summary>
public sealed record SpecialTokens
{
    /// <summary><c>[BOS]</c>; neither template nor encoder inserts it.</summary>
    public required int Bos { get; init; }

    /// <summary><c>[EOS]</c></summary>
    public required int Eos { get; init; }

    /// <summary><c>&lt;|im_end|&gt;</c>, the real end of a turn.</summary>
    public required int ImEnd { get; init; }

    /// <summary><c>&lt;|im_user|&gt;</c></summary>
    public required int ImUser { get; init; }

    /// <summary><c>&lt;|im_assistant|&gt;</c></summary>
    public required int ImAssistant { get; init; }

    /// <summary><c>[EOT]</c></summary>
    public required int Eot { get; init; }

    /// <summary><c>&lt;|im_system|&gt;</c></summary>
    public required int ImSystem { get; init; }

    /// <summary><c>&lt;|tool_calls_section_begin|&gt;</c></summary>
    public required int ToolSectionBegin { get; init; }

    /// <summary><c>&lt;|tool_calls_section_end|&gt;</c></summary>
    public required int ToolSectionEnd { get; init; }

    /// <summary><c>&lt;|tool_call_begin|&gt;</c></summary>
    public required int ToolCallBegin { get; init; }

    /// <summary><c>&lt;|tool_call_argument_begin|&gt;</c></summary>
    public required int ToolArgumentBegin { get; init; }

    /// <summary><c>&lt;|tool_call_end|&gt;</c></summary>
    public required int ToolCallEnd { get; init; }

    /// <summary><c>&lt;|im_middle|&gt;</c></summary>
    public required int ImMiddle { get; init; }

    /// <summary><c>&lt;|media_begin|&gt;</c></summary>
    public required int MediaBegin { get; init; }

    /// <summary><c>&lt;|media_content|&gt;</c></summary>
    public required int MediaContent { get; init; }

    /// <summary><c>&lt;|media_end|&gt;</c></summary>
    public required int MediaEnd { get; init; }

    /// <summary><c>&lt;|media_pad|&gt;</c>; one stands for each image token.</summary>
    public required int MediaPad { get; init; }

    /// <summary><c>&lt;think&gt;</c></summary>
    public required int ThinkBegin { get; init; }

    /// <summary><c>&lt;/think&gt;</c></summary>
    public required int ThinkEnd { get; init; }

    /// <summary><c>[PAD]</c></summary>
    public required int Pad { get; init; }

    /// <summary>Ids at which generation ends: end of turn, <c>[EOS]</c>, <c>[EOT]</c>.</summary>
    public IReadOnlyList<int> StopIds => [ImEnd, Eos, Eot];

    /// <summary>Whether generation ends at <paramref name="id"/>.</summary>
    public bool IsStop(int id) => id == ImEnd || id == Eos || id == Eot;
}
