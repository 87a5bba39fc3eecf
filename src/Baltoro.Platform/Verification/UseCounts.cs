namespace Baltoro.Platform.Verification;

/// <summary>What a month's requests used, in counts.</summary>
internal readonly record struct UseCounts(long Prompt, long Cached, long Completion, long Images, long Calls);
