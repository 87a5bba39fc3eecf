namespace Baltoro.Kimi.Cards;

/// <summary>When a model thinks before it answers.</summary>
public enum ThinkingMode
{
    /// <summary>Only when the request asks for it.</summary>
    OffByDefault,

    /// <summary>Unless the request switches it off.</summary>
    OnByDefault,

    /// <summary>Always; a request that switches it off is refused.</summary>
    Always,
}
