namespace Baltoro.Bench;

/// <summary>An option of a benchmark is missing or wrong.</summary>
internal sealed class BenchOptionException(string message) : Exception(message);
