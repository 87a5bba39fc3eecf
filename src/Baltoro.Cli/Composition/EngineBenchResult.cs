namespace Baltoro.Cli.Composition;

/// <summary>What <c>bench engine</c> found; decode counts all streams together.</summary>
internal sealed record EngineBenchResult(
    double PrefillTokensPerSecond,
    double DecodeTokensPerSecond,
    double TtftMs,
    double LoadSeconds,
    long PeakRssBytes,
    string Kernels);
