namespace Baltoro.Bench.Peer;

/// <summary>Kinds of measures; each gives one or two <see cref="PeerFigures"/>.</summary>
internal enum PeerMeasureKind
{
    /// <summary>Prompt tokens per second.</summary>
    Prefill,

    /// <summary>Generated tokens per second.</summary>
    Decode,

    /// <summary>First tokens per second behind a prefix that is cached; second figure: with the prefix computed again.</summary>
    SharedPrefix,

    /// <summary>Loads per second with warm file pages; second figure, of the peer: without its repacking.</summary>
    Load,
}
