namespace Baltoro.Bench.Peer;

/// <summary>What is measured on both sides, in the order of a round: later ones use what earlier ones left in the caches.</summary>
/// <param name="Kind">What is done.</param>
/// <param name="Streams">Sequences side by side.</param>
/// <param name="Context">Tokens of every prompt.</param>
internal sealed record PeerMeasure(PeerMeasureKind Kind, int Streams, int Context)
{
    /// <summary>New tokens of a prompt that begins like another one.</summary>
    public const int SuffixTokens = 32;

    /// <summary>A whole round.</summary>
    public static IReadOnlyList<PeerMeasure> All { get; } =
    [
        new(PeerMeasureKind.Prefill, 1, 512),
        new(PeerMeasureKind.Prefill, 1, 2048),
        new(PeerMeasureKind.SharedPrefix, 1, 2048),
        new(PeerMeasureKind.Decode, 1, 2000),
        new(PeerMeasureKind.Decode, 1, 4000),
        new(PeerMeasureKind.Decode, 1, 100),
        new(PeerMeasureKind.Decode, 8, 100),
        new(PeerMeasureKind.Decode, 32, 100),
        new(PeerMeasureKind.Load, 1, 1),
    ];

    /// <summary>The name that peer_bench knows it by.</summary>
    public string PeerName => Kind switch
    {
        PeerMeasureKind.Prefill => $"p{Context}",
        PeerMeasureKind.SharedPrefix => $"x{Context}+{SuffixTokens}",
        PeerMeasureKind.Decode when Streams == 1 => $"d{Context}",
        PeerMeasureKind.Decode => $"b{Streams}x{Context}",
        PeerMeasureKind.Load => "load",
        _ => throw new InvalidOperationException($"{Kind} has no name"),
    };
}
