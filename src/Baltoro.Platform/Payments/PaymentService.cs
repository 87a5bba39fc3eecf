using Baltoro.Platform.Ledger;
using Baltoro.Platform.Ports;

namespace Baltoro.Platform.Payments;

/// <summary>Turns events of payment providers into ledger entries, each event once however often it is delivered.</summary>
public sealed class PaymentService(IReadOnlyList<IPaymentAdapter> adapters, IAccounts accounts)
{
    private const int MaxReferenceChars = 200;

    /// <summary>The adapter of a provider, or null.</summary>
    public IPaymentAdapter? Find(string provider) => adapters.FirstOrDefault(adapter => adapter.Name == provider);

    /// <summary>Books an event; null for one that moves no money.</summary>
    public async ValueTask<MovementResult?> ApplyAsync(IPaymentAdapter adapter, PaymentEvent payment, CancellationToken cancellationToken)
    {
        if (payment.Kind == PaymentKind.Other)
        {
            return null;
        }

        EntryKind kind = payment.Kind == PaymentKind.Succeeded ? EntryKind.TopUp : EntryKind.Refund;
        string reference = payment.Reference.Length <= MaxReferenceChars ? payment.Reference : payment.Reference[..MaxReferenceChars];
        return await accounts.MoveAsync(
            new MoneyMovement(
                payment.OrganizationId, kind, payment.Amount, $"payment/{adapter.Name}/{payment.Id}", $"payment provider {adapter.Name}",
                $"{adapter.Name} {payment.Id} {reference}".TrimEnd()),
            cancellationToken).ConfigureAwait(false);
    }
}
