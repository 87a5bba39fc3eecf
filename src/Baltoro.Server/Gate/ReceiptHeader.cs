using Baltoro.Platform.Ledger;
using Baltoro.Platform.Receipts;
using Baltoro.Server.Hosting;
using Microsoft.AspNetCore.Http;

namespace Baltoro.Server.Gate;

/// <summary><c>x-baltoro-receipt</c>: the receipt that an answer will have once it is settled.</summary>
internal static class ReceiptHeader
{
    private const string Name = "x-baltoro-receipt";

    public static void Add(HttpResponse response, ServerAccounts accounts, Reservation reservation)
    {
        if (accounts.Receipts is not null)
        {
            response.Headers[Name] = Receipt.IdOf(reservation.RequestId);
        }
    }

    /// <summary>What was announced, or null.</summary>
    public static string? Of(HttpResponse response) => response.Headers.TryGetValue(Name, out Microsoft.Extensions.Primitives.StringValues id) ? id.ToString() : null;
}
