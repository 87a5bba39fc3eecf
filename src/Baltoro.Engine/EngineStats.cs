namespace Baltoro.Engine;

/// <summary>A snapshot of the engine's counters, taken between two steps.</summary>
/// <param name="Running">Sequences that hold pages.</param>
/// <param name="Waiting">Sequences queued, those preempted included.</param>
/// <param name="FreePages">KV pages nobody holds.</param>
/// <param name="CachedPages">KV pages that only the prefix cache holds.</param>
/// <param name="TotalPages">All KV pages.</param>
/// <param name="Steps">Forward steps since the start.</param>
/// <param name="PromptTokens">Prompt rows computed since the start, recomputed ones included.</param>
/// <param name="GeneratedTokens">Tokens drawn since the start.</param>
/// <param name="Preemptions">Sequences that gave their pages back and were computed again.</param>
/// <param name="DraftedTokens">Tokens guessed ahead since the start.</param>
/// <param name="AcceptedTokens">Guessed tokens that were right.</param>
/// <param name="ImagesEncoded">Images that went through the vision tower; those found in a cache are not counted.</param>
public readonly record struct EngineStats(
    int Running,
    int Waiting,
    int FreePages,
    int CachedPages,
    int TotalPages,
    long Steps,
    long PromptTokens,
    long GeneratedTokens,
    long Preemptions,
    long DraftedTokens,
    long AcceptedTokens,
    long ImagesEncoded);
