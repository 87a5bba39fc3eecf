using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Baltoro.Protocol.Errors;
using Microsoft.AspNetCore.Http;

namespace Baltoro.Server.Admin;

/// <summary>What a route of the admin API answers: a body and its status, or an error.</summary>
internal readonly record struct AdminAnswer(int Status, byte[]? Body, WireError? Error)
{
    public static AdminAnswer Of<T>(T value, JsonTypeInfo<T> typeInfo, int status = StatusCodes.Status200OK) =>
        new(status, JsonSerializer.SerializeToUtf8Bytes(value, typeInfo), null);

    /// <summary>To a repeat: the caller may still do this; what was answered before is sent.</summary>
    public static AdminAnswer MayRepeat { get; } = new(StatusCodes.Status200OK, null, null);

    public static AdminAnswer Refused(WireError error) => new(0, null, error);

    /// <summary>A field that cannot be meant.</summary>
    public static AdminAnswer BadField(string field, string problem) =>
        Refused(new WireError(ErrorCode.InvalidRequest, $"Invalid request: {problem}", field));

    /// <summary>The same for what is not there and for what the caller may not see.</summary>
    public static AdminAnswer NotFound(string what, string id) =>
        Refused(new WireError(ErrorCode.NotFound, $"There is no {what} '{Protocol.Json.JsonDescription.Cut(id)}'"));

    public static AdminAnswer Denied(string message) => Refused(new WireError(ErrorCode.PermissionDenied, message));

    public static AdminAnswer Conflict(string message) => Refused(new WireError(ErrorCode.Conflict, message));
}
