namespace Baltoro.Engine.Diagnostics;

/// <summary>An invariant of the architecture does not hold.</summary>
public sealed class InvariantException(string invariant) : Exception(invariant);
