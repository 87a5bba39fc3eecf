namespace Baltoro.Platform.Identity;

/// <summary>Outcome of an operation that issues a key: the key, or a problem and its text.</summary>
public sealed record KeyResult(IssuedKey? Issued, KeyProblem Problem, string Message)
{
    internal static KeyResult Of(IssuedKey issued) => new(issued, KeyProblem.None, "");

    internal static KeyResult Refused(KeyProblem problem, string message) => new(null, problem, message);
}
