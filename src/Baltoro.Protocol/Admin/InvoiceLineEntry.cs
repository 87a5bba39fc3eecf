namespace Baltoro.Protocol.Admin;

/// <summary>One line of an invoice.</summary>
public sealed record InvoiceLineEntry(string Kind, string Model, string PriceVersion, long Quantity, long AmountNanoUsd);
