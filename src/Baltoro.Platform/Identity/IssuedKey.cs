namespace Baltoro.Platform.Identity;

/// <summary>A key at the one moment its text is known.</summary>
/// <param name="Key">What the store keeps.</param>
/// <param name="Text">The key itself; it cannot be shown again.</param>
public sealed record IssuedKey(ApiKey Key, string Text);
