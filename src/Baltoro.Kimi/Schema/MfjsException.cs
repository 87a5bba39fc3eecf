namespace Baltoro.Kimi.Schema;

/// <summary>Carries the first broken rule out of the walk of <see cref="MfjsValidator"/>.</summary>
internal sealed class MfjsException(string path, string reason) : Exception($"At path '{path}': {reason}");
