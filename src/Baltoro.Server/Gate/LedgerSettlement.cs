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
    IAdmission admission, AccountKeeper keeper, IRequestSettlement next, ILogger<LedgerSettlement> logger) : IRequestSettlement
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
            outcome.Usage.PromptTokens, outcome.Usage.CachedTokens, outcome.Usage.CompletionTokens, outcome.Usage.ReasoningTokens);
        bool isCharged = outcome.End == RequestEnd.Completed || usage.CompletionTokens > 0;
        try
        {
            SettlementResult result = isCharged
                ? await admission.SettleAsync(reservation, usage, CancellationToken.None).ConfigureAwait(false)
                : await admission.VoidAsync(reservation, CancellationToken.None).ConfigureAwait(false);
            if (result.Code is not (SettlementCode.Posted or SettlementCode.Voided))
            {
                ServerLog.SettledOddly(logger, outcome.RequestId, result.Code.ToString());
            }

            if (result.Code == SettlementCode.UsageInconsistent)
            {
                await admission.VoidAsync(reservation, CancellationToken.None).ConfigureAwait(false);
            }
        }
        finally
        {
            // Where the store failed, the lease runs out and the request is free.
            keeper.Remove(reservation);
        }
    }
}
