using Baltoro.Kimi.Grammar.Turn;

namespace Baltoro.Backends.Embedded;

/// <summary>How the answers of one request are held to what it asks for.</summary>
/// <param name="Rules">The rules; what the prompt decides (open thought, calls so far) is still open.</param>
/// <param name="Notice">What is held less tightly than asked, or null.</param>
internal sealed record TurnPlan(TurnRules Rules, string? Notice);
