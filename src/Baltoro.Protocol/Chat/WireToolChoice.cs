namespace Baltoro.Protocol.Chat;

/// <summary>The tool choice as sent.</summary>
/// <param name="Field"><c>tool_choice</c>, or <c>function_call</c> in the old form.</param>
/// <param name="Mode"><c>auto</c>, <c>none</c>, <c>required</c>; for a named function <c>function</c>.</param>
/// <param name="Names">Functions that may be called, or null for all.</param>
public sealed record WireToolChoice(string Field, string Mode, IReadOnlyList<string>? Names = null);
