using Baltoro.Platform.Ledger;
using Baltoro.Platform.Ports;
using Baltoro.Platform.Prices;
using Baltoro.Server.Telemetry;
using Microsoft.Extensions.Logging;

namespace Baltoro.Server.Gate;

/// <summary>
/// Ends a reservation. What produced tokens is charged for the prompt and the tokens generated, also when it was cut or
/// broke off later; what produced none and did not complete is free.
/// </summary>
internal sealed class LedgerSettlement(
    AccountKeeper keeper, IRequestSettlement next, ILogger<LedgerSettlement> logger) : IRequestSettlement
{
    public async ValueTask SettleAsync(RequestOutcome outcome)
    {
        if (outcome.Reservation is { } reservation)
        {
            await EndAsync(reservation, outcome).ConfigureAwait(false);
        }

        await next.SettleAsync(outcome).ConfigureAwait(false);
    }

    private async ValueTask EndAsync(Reservation reservation, RequestOutcome outcome)
    {
        TokenUsage usage = new(
            outcome.Usage.PromptTokens, outcome.Usage.CachedTokens, outcome.Usage.CompletionTokens, outcome.Usage.ReasoningTokens,
            outcome.Images, Calls: 1);
        bool isCharged = outcome.End == RequestEnd.Completed || usage.CompletionTokens > 0;
        (SettlementResult? result, Exception? fault) = await keeper.EndAsync(reservation, isCharged ? usage : null).ConfigureAwait(false);
        if (fault is not null)
        {
            ServerLog.SettlementWaits(logger, outcome.RequestId, fault);
        }
        else if (result is not null && result.Code is not (SettlementCode.Posted or SettlementCode.Voided))
        {
            ServerLog.SettledOddly(logger, outcome.RequestId, result.Code.ToString());
        }
    }
}
