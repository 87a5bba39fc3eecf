namespace Baltoro.Server.Mapping;

/// <summary>How many completion tokens a request may use.</summary>
/// <param name="Tokens">The budget; at least 1.</param>
/// <param name="Notice">What to tell the client when its own number was cut, or null.</param>
internal readonly record struct Budget(int Tokens, string? Notice);
