using Baltoro.Kimi.Conversation;
using Baltoro.Protocol.Errors;

namespace Baltoro.Server.Errors;

/// <summary>What a backend's fault is to a client. Details of defects stay in the log.</summary>
internal static class FaultMapper
{
    public static WireError Map(ChatEvent.Fault fault) => fault.Kind switch
    {
        ChatFaultKind.ContextLength => new WireError(ErrorCode.ContextLengthExceeded, $"Invalid request: {fault.Message}", "messages"),
        ChatFaultKind.InvalidRequest => WireError.Exact($"Invalid request: {fault.Message}", fault.Field),
        ChatFaultKind.Overloaded =>
            new WireError(ErrorCode.EngineOverloaded, "The engine is currently overloaded, please try again later"),
        ChatFaultKind.Unavailable => Unavailable(),
        ChatFaultKind.Internal => Internal(),
        _ => throw new InvalidOperationException($"unknown fault {fault.Kind}"),
    };

    /// <summary>The refusal of a backend that will not run the request, or null.</summary>
    public static WireError? Map(PromptQuote quote) =>
        quote.Refusal is { } reason ? WireError.Exact($"Invalid request: {reason}", quote.Field) : null;

    public static WireError Unavailable() =>
        new(ErrorCode.ServerUnavailable, "The model is not available at present, please try again later");

    public static WireError Internal() =>
        new(ErrorCode.ServerError, "The server failed on this request; the x-request-id header names it in the server's log");

    public static WireError Stopping() =>
        new(ErrorCode.ServerUnavailable, "The server is shutting down, please try again later");
}
