namespace Baltoro.Cli.Composition;

/// <summary>What <c>bench engine</c> found; decode counts all streams together. The processor times hold on a busy machine too, waiting
/// threads that spin included.</summary>
internal sealed record EngineBenchResult(
    double PrefillTokensPerSecond,
    double DecodeTokensPerSecond,
    double TtftMs,
    double LoadSeconds,
    double LoadCpuSeconds,
    long PeakRssBytes,
    string Kernels,
    double PrefillCpuMsPerToken,
    double DecodeCpuMsPerToken);
