using Baltoro.Platform.Ledger;
using Baltoro.Platform.Ports;
using Baltoro.Protocol.Errors;

namespace Baltoro.Server.Admin;

/// <summary>Amounts in bodies of the admin API, and why one is not booked.</summary>
internal static class AdminMoney
{
    /// <summary>The member <c>amount_nano_usd</c> of the body: above zero, at most <see cref="Money.Most"/>; else the mistake is reported.</summary>
    public static Money Amount(AdminCall call)
    {
        Money amount = new(call.Fields?.Integer("amount_nano_usd") ?? 0);
        if (amount <= Money.Zero || amount > Money.Most)
        {
            call.Problem.Report(WireError.Field(
                "amount_nano_usd", $"must be from 1 to {Money.Most.NanoUsd} nano-dollars, found {amount.NanoUsd}"));
        }

        return amount;
    }

    /// <summary>The answer to a movement that was refused for a reason every kind of movement can have.</summary>
    public static AdminAnswer Refused(MovementCode code) => code switch
    {
        MovementCode.AccountFull => AdminAnswer.BadField(
            "amount_nano_usd", $"amount_nano_usd would bring what the account ever took in above {Money.MostInAccount.NanoUsd} nano-dollars"),
        _ => AdminAnswer.Conflict("The idempotency key was used for another operation"),
    };
}
