namespace Baltoro.Protocol.Errors;

/// <summary>One error as a client sees it.</summary>
/// <param name="Code">Status, type and code.</param>
/// <param name="Message">Text for people: field, found, allowed.</param>
/// <param name="Param">Path of the field at fault, or null.</param>
public sealed record WireError(ErrorCode Code, string Message, string? Param = null)
{
    /// <summary>A 400 about one field, in the platform's wording <c>Invalid request: …</c>.</summary>
    public static WireError Field(string path, string problem) =>
        new(ErrorCode.InvalidRequest, $"Invalid request: {path} {problem}", path);

    /// <summary>A 400 with exactly this text.</summary>
    public static WireError Exact(string message, string? path = null) => new(ErrorCode.InvalidRequest, message, path);

    /// <summary>The envelope of this error.</summary>
    public ErrorReply ToReply() => new(new ErrorBody(Message, Code.Type, Param, Code.Code));
}
