namespace Baltoro.Kimi.Tokenizer;

/// <summary>What Kimi's split pattern asks of a code point. One code point may carry several marks.</summary>
[Flags]
internal enum CharClass : byte
{
    None = 0,

    /// <summary>Script Han (<c>\p{Han}</c>).</summary>
    Han = 1,

    /// <summary>Any letter (<c>\p{L}</c>), Han letters included.</summary>
    Letter = 2,

    /// <summary>Any number (<c>\p{N}</c>), Han numerals included.</summary>
    Number = 4,

    /// <summary>White space (<c>\s</c>).</summary>
    White = 8,

    /// <summary>Lu, Lt, Lm, Lo or M, and not Han: may stand in the head of a word.</summary>
    Head = 16,

    /// <summary>Ll, Lm, Lo or M, and not Han: may stand in the tail of a word.</summary>
    Tail = 32,

    /// <summary>Carriage return or line feed.</summary>
    LineBreak = 64,

    /// <summary>Lm, Lo or M, and not Han: may stand in both.</summary>
    Both = Head | Tail,
}
