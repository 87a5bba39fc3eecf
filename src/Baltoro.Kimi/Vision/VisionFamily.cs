namespace Baltoro.Kimi.Vision;

/// <summary>Which preprocessing rule a model was trained with.</summary>
public enum VisionFamily
{
    /// <summary>Kimi K2.5 and later: never enlarges, limits patches in all and per side, knows video.</summary>
    K25,

    /// <summary>Kimi-VL: limits patches in all; a picture that is too long is refused.</summary>
    KimiVl,
}
