namespace Baltoro.Engine.Model;

/// <summary>How router logits become expert scores.</summary>
public enum ScoringFunction
{
    Sigmoid,
    Softmax,
}
