using System.Diagnostics.CodeAnalysis;

namespace Baltoro.Engine.Diagnostics;

/// <summary>Checks of invariants that stay on in release. A failure is a defect of ours, never a caller's mistake.</summary>
public static class Check
{
    /// <summary>Throws <see cref="InvariantException"/> unless <paramref name="condition"/> holds.</summary>
    public static void That([DoesNotReturnIf(false)] bool condition, string invariant)
    {
        if (!condition)
        {
            Fail(invariant);
        }
    }

    [DoesNotReturn]
    private static void Fail(string invariant) => throw new InvariantException(invariant);
}
