namespace Baltoro.Kimi.Conversation;

/// <summary>The request asks for something that cannot be done; the message says what, <see cref="Field"/> where.</summary>
/// <param name="field">Path of the field at fault, as a client writes it, or null.</param>
/// <param name="message">What is wrong; shown to the client.</param>
public sealed class RequestRefusedException(string? field, string message) : ArgumentException(message)
{
    public string? Field { get; } = field;
}
