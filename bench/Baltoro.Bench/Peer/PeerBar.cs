namespace Baltoro.Bench.Peer;

/// <summary>A line of the comparison: which figures of a measure it compares, and the ratio that it must and shall reach.</summary>
/// <param name="IsSecondPeer">Whether the peer's second figure is the one to beat; ours is always the first.</param>
/// <param name="IsTime">Whether the figures are told as milliseconds instead of a rate.</param>
internal sealed record PeerBar(string Title, string Measure, double Must, double Aim, bool IsSecondPeer = false, bool IsTime = false)
{
    public static IReadOnlyList<PeerBar> All { get; } =
    [
        new("decode, 1 stream, context 100, tokens/s", "d100", 1.3, 1.45),
        new("decode, 1 stream, context 2,000, tokens/s", "d2000", 1.7, 2.1),
        new("decode, 1 stream, context 4,000, tokens/s", "d4000", 0, 2.6),
        new("decode, 8 streams, tokens/s", "b8x100", 1.8, 2.2),
        new("decode, 32 streams, tokens/s", "b32x100", 2.5, 4),
        new("prefill 512, tokens/s", "p512", 3, 4.2),
        new("prefill 2,048, tokens/s", "p2048", 3.5, 5),
        new("first token, shared 2k prefix + 32, peer copies its cache, ms", "x2048+32", 4, 6, IsTime: true),
        new("first token, shared 2k prefix + 32, peer computes again, ms", "x2048+32", 100, 160, IsSecondPeer: true, IsTime: true),
        new("load, warm, against the peer's repacked load, ms", "load", 8, 15, IsTime: true),
        new("load, warm, against the peer's plain mapping, ms", "load", 1, 1, IsSecondPeer: true, IsTime: true),
    ];
}
