using Baltoro.Platform.Payments;

namespace Baltoro.Platform.Ports;

/// <summary>Reads the deliveries of one payment provider. Pure; safe for concurrent use.</summary>
public interface IPaymentAdapter
{
    /// <summary>Name of the provider in the route and in ledger entries.</summary>
    string Name { get; }

    /// <summary>Header that carries the provider's signature.</summary>
    string SignatureHeader { get; }

    /// <summary>Checks the signature over the exact bytes, then reads them.</summary>
    PaymentReading Read(string signature, ReadOnlySpan<byte> body, DateTimeOffset now);
}
