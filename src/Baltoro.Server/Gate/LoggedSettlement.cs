using Baltoro.Server.Telemetry;
using Microsoft.Extensions.Logging;

namespace Baltoro.Server.Gate;

/// <summary>Settlement of a server without accounts: one log entry per request.</summary>
internal sealed class LoggedSettlement(ILogger<LoggedSettlement> logger) : IRequestSettlement
{
    public ValueTask SettleAsync(RequestOutcome outcome)
    {
        ServerLog.RequestSettled(
            logger,
            outcome.RequestId,
            outcome.Caller.KeyId,
            outcome.Model,
            outcome.End.ToString(),
            outcome.Usage.PromptTokens,
            outcome.Usage.CachedTokens,
            outcome.Usage.CompletionTokens);
        return ValueTask.CompletedTask;
    }
}
