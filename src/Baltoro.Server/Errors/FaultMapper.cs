using System.Data.Common;
using Baltoro.Kimi.Conversation;
using Baltoro.Platform.Ports;
using Baltoro.Protocol.Errors;
using Baltoro.Storage;

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
    public static WireError? Map(PromptQuote quote) => quote switch
    {
        { Refusal: null } => null,
        { IsOverloaded: true } => new WireError(
            ErrorCode.EngineOverloaded, $"The engine is currently overloaded: {quote.Refusal}, please try again later"),
        _ => WireError.Exact($"Invalid request: {quote.Refusal}", quote.Field),
    };

    public static WireError Unavailable() =>
        new(ErrorCode.ServerUnavailable, "The model is not available at present, please try again later");

    public static WireError AccountsUnavailable() =>
        new(ErrorCode.ServerUnavailable, "The accounts are not available at present, please try again later; nothing was charged");

    /// <summary>What an exception is to a client: the store's are passing, everything else is a defect.</summary>
    public static WireError Map(Exception fault) =>
        fault is DbException or StorageException or SharedLimitsUnavailableException ? AccountsUnavailable() : Internal();

    public static WireError Internal() =>
        new(ErrorCode.ServerError, "The server failed on this request; the x-request-id header names it in the server's log");

    public static WireError Stopping() =>
        new(ErrorCode.ServerUnavailable, "The server is shutting down, please try again later");
}
