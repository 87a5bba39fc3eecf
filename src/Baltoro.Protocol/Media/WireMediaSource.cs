namespace Baltoro.Protocol.Media;

/// <summary>Where one picture comes from: its bytes, or a reference to them.</summary>
/// <param name="Path">Path of the text it was read from.</param>
/// <param name="Bytes">The file; empty while there is only a reference.</param>
/// <param name="Reference">A URL that is not a data URL, or null.</param>
public sealed record WireMediaSource(string Path, ReadOnlyMemory<byte> Bytes, string? Reference);
