namespace Baltoro.Backends.Embedded;

/// <summary>The request asks for something that cannot be done; the message says what, <see cref="Field"/> where.</summary>
internal sealed class RequestRefusedException(string? field, string message) : Exception(message)
{
    public string? Field { get; } = field;
}
