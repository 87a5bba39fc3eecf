namespace Baltoro.Protocol.Errors;

/// <summary>Content of the envelope; <see cref="Message"/> and <see cref="Type"/> are always there.</summary>
public sealed record ErrorBody(string Message, string Type, string? Param, string? Code);
