namespace Baltoro.Bench.Peer;

/// <summary>Speeds, per second: more is better.</summary>
internal readonly record struct PeerFigures(double First, double Second);
