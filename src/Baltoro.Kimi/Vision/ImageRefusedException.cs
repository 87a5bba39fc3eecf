namespace Baltoro.Kimi.Vision;

/// <summary>A picture or video that the model's preprocessing rule does not take; the message says what was found and what is allowed.</summary>
public sealed class ImageRefusedException(string message) : ArgumentException(message);
