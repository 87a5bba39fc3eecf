namespace Baltoro.Engine.Weights.Packed;

/// <summary>A packed file that is not what it should be: damaged, or of another model or version. It is built anew.</summary>
internal sealed class PackedMismatchException(string message) : Exception(message);
