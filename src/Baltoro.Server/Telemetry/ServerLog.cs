using Microsoft.Extensions.Logging;

namespace Baltoro.Server.Telemetry;

/// <summary>Everything the server logs. Entries carry ids and counts, never prompts, answers or keys.</summary>
internal static partial class ServerLog
{
    [LoggerMessage(1, LogLevel.Information, "Request {RequestId} of key {KeyId} on {Model} ended {End}: "
        + "{PromptTokens} prompt, {CachedTokens} cached, {CompletionTokens} completion tokens")]
    public static partial void RequestSettled(
        ILogger logger, string requestId, string keyId, string model, string end, int promptTokens, int cachedTokens, int completionTokens);

    [LoggerMessage(2, LogLevel.Error, "Request {RequestId} failed")]
    public static partial void RequestFailed(ILogger logger, string requestId, Exception fault);

    [LoggerMessage(3, LogLevel.Error, "Backend {Backend} failed in request {RequestId}: {Problem}")]
    public static partial void BackendFault(ILogger logger, string backend, string requestId, string problem);

    [LoggerMessage(4, LogLevel.Error, "Backend {Backend} threw in request {RequestId}")]
    public static partial void BackendThrew(ILogger logger, string backend, string requestId, Exception fault);

    [LoggerMessage(5, LogLevel.Error, "Settlement of request {RequestId} failed")]
    public static partial void SettlementFailed(ILogger logger, string requestId, Exception fault);

    [LoggerMessage(6, LogLevel.Debug, "The client of request {RequestId} went away")]
    public static partial void ClientLeft(ILogger logger, string requestId);

    [LoggerMessage(7, LogLevel.Error, "Renewing or expiring reservations failed; tried again in some seconds")]
    public static partial void AccountRoundFailed(ILogger logger, Exception fault);

    [LoggerMessage(8, LogLevel.Warning, "Request {RequestId} settled as {Code}")]
    public static partial void SettledOddly(ILogger logger, string requestId, string code);

    [LoggerMessage(41, LogLevel.Error, "The store did not take the settlement of request {RequestId}; it waits in the journal and is tried again")]
    public static partial void SettlementWaits(ILogger logger, string requestId, Exception fault);

    [LoggerMessage(40, LogLevel.Error, "Keeping an answer for repeats failed at {Step}")]
    public static partial void KeptResponseFailed(ILogger logger, string step, Exception fault);
}
