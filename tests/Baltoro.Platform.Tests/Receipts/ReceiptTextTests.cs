using Baltoro.Platform.Ledger;
using Baltoro.Platform.Prices;
using Baltoro.Platform.Receipts;
using CsCheck;

namespace Baltoro.Platform.Tests.Receipts;

public sealed class ReceiptTextTests
{
    private static readonly Gen<byte[]> Hash = Gen.Byte.Array[32];

    private static readonly Gen<Receipt> Receipts = Gen.Select(Gen.String, Gen.Long[0, long.MaxValue], Gen.Int[0, int.MaxValue], Hash, Hash)
        .Select((text, number, count, hash, previous) => new Receipt
        {
            OrganizationId = text,
            NodeId = $"{text}\n,%",
            Sequence = number,
            RequestId = $"r={text}",
            ProjectId = "",
            KeyId = "ak-1",
            Model = text,
            PriceVersion = "standard/1",
            Outcome = ReceiptOutcome.ChargedLate,
            Usage = new TokenUsage(count, count, count, count, count, count),
            Gross = new Money(number),
            Discount = Money.Zero,
            Absorbed = Money.Zero,
            Charged = new Money(number),
            Period = 202611,
            AdmittedAtMs = number,
            SettledAtMs = number,
            FirstEntry = number,
            LastEntry = number,
            EntryHash = hash,
            PreviousHash = previous,
        });

    [Fact]
    public void Text_OfAnyReceipt_ReadsBackToItself() => Receipts.Where(receipt => IsWellFormed(receipt.Model)).Sample(receipt =>
    {
        string text = ReceiptText.Of(receipt);
        Receipt? read = ReceiptText.Parse(text);
        Assert.NotNull(read);
        Assert.Equal(text, ReceiptText.Of(read));
        Assert.Equal((receipt.OrganizationId, receipt.NodeId, receipt.Usage), (read.OrganizationId, read.NodeId, read.Usage));
    });

    [Fact]
    public void Signature_OfAChangedText_IsWrong()
    {
        using ReceiptKey key = ReceiptKey.Read(ReceiptKey.CreateFile())!; // just made
        Gen.Select(Receipts, Gen.Int[0, 10_000], Gen.Char['a', 'z']).Where((receipt, _, _) => IsWellFormed(receipt.Model)).Sample((receipt, at, letter) =>
        {
            string text = ReceiptText.Of(receipt);
            byte[] signature = key.Sign(text);
            Assert.True(key.PublicKey.Verify(text, signature));
            int place = at % text.Length;
            string changed = text[..place] + letter + text[(place + 1)..];
            Assert.Equal(changed == text, key.PublicKey.Verify(changed, signature));
        }, iter: 200);
    }

    [Fact]
    public void Root_AnyChains_ReadsBackToItself() => Gen.Select(Hash, Gen.Long[0, long.MaxValue], Gen.Int[0, 5]).Sample((hash, number, chains) =>
    {
        ReceiptRoot root = new(
            "acme", number, number, number, number, hash, [.. Enumerable.Range(0, chains).Select(index => new ChainHead($"n{index},%", number, hash))], hash);
        Assert.Equal(root.ToText(), ReceiptRoot.Parse(root.ToText())?.ToText());
        Assert.Equal(chains, ReceiptRoot.Parse(root.ToText())?.Chains.Count);
    });

    [Fact]
    public void PublicKey_ThroughPem_IsTheSame()
    {
        using ReceiptKey one = ReceiptKey.Read(ReceiptKey.CreateFile())!; // just made
        using ReceiptKey two = ReceiptKey.Read(ReceiptKey.CreateFile())!; // just made
        IReadOnlyDictionary<string, ReceiptPublicKey>? read = ReceiptPublicKey.ReadPem(one.PublicKey.ToPem() + two.PublicKey.ToPem());
        Assert.NotNull(read);
        Assert.Equal([one.PublicKey.Id, two.PublicKey.Id], read.Keys.ToArray());
        Assert.True(read[one.PublicKey.Id].Verify("text", one.Sign("text")));
        Assert.False(read[two.PublicKey.Id].Verify("text", one.Sign("text")));
        Assert.Null(ReceiptPublicKey.ReadPem("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"));
    }

    /// <summary>Lone surrogates have no UTF-8 form; ids never hold them.</summary>
    private static bool IsWellFormed(string text) => !text.Any(char.IsSurrogate);
}
