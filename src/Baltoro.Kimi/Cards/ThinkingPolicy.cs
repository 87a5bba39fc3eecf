namespace Baltoro.Kimi.Cards;

/// <summary>Whether a model thinks when the request does not say.</summary>
public enum ThinkingPolicy
{
    OffByDefault,
    OnByDefault,

    /// <summary>Cannot be switched off.</summary>
    Always,
}
