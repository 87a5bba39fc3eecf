namespace Baltoro.Platform.Identity;

/// <summary>Whether a key's text is good: its holder, or why not.</summary>
public readonly record struct KeyCheck(Caller? Caller, KeyRefusal Refusal);
