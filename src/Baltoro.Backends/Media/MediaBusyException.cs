namespace Baltoro.Backends.Media;

/// <summary>So many pictures wait that another one cannot.</summary>
internal sealed class MediaBusyException(string message) : Exception(message);
