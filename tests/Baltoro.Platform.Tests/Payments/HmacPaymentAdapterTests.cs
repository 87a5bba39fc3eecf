using System.Text;
using Baltoro.Platform.Payments;

namespace Baltoro.Platform.Tests.Payments;

public sealed class HmacPaymentAdapterTests
{
    private const string Body = """{"id":"evt_1","type":"payment.succeeded","organization":"acme","amount_nano_usd":5000000000,"currency":"USD"}""";
    private static readonly DateTimeOffset Now = new(2026, 11, 3, 12, 0, 0, TimeSpan.Zero);
    private static readonly HmacPaymentAdapter Adapter = new("a-secret-of-sixteen");

    [Fact]
    public void Delivery_SignedNow_IsRead()
    {
        PaymentReading reading = Read(Body, Adapter.Sign(Encoding.UTF8.GetBytes(Body), Now));
        Assert.Equal(("evt_1", PaymentKind.Succeeded, "acme", 5_000_000_000), (reading.Event!.Id, reading.Event.Kind, reading.Event.OrganizationId, reading.Event.Amount.NanoUsd));
    }

    [Theory]
    [InlineData(-301)]
    [InlineData(301)]
    public void Delivery_TooOldOrTooNew_IsForged(int seconds) =>
        Assert.False(Read(Body, Adapter.Sign(Encoding.UTF8.GetBytes(Body), Now.AddSeconds(seconds))).IsAuthentic);

    [Theory]
    [InlineData("")]
    [InlineData("t=1,v1=")]
    [InlineData("t=x,v1=00")]
    [InlineData("v1=0000000000000000000000000000000000000000000000000000000000000000")]
    public void Delivery_WithoutASignature_IsForged(string signature) => Assert.False(Read(Body, signature).IsAuthentic);

    [Fact]
    public void Delivery_OfAnotherBodyTimeOrSecret_IsForged()
    {
        string signature = Adapter.Sign(Encoding.UTF8.GetBytes(Body), Now);
        Assert.False(Read(Body.Replace("5000000000", "6000000000", StringComparison.Ordinal), signature).IsAuthentic);
        Assert.False(Read(Body, signature.Replace("t=1", "t=2", StringComparison.Ordinal)).IsAuthentic);
        Assert.False(Read(Body, new HmacPaymentAdapter("another-secret-of-16").Sign(Encoding.UTF8.GetBytes(Body), Now)).IsAuthentic);
    }

    [Theory]
    [InlineData("not json", "not JSON")]
    [InlineData("[]", "id must")]
    [InlineData("""{"id":"e","type":"payment.succeeded","organization":"No Good","amount_nano_usd":1,"currency":"USD"}""", "organization must")]
    [InlineData("""{"id":"e","type":"payment.succeeded","organization":"acme","amount_nano_usd":1,"currency":"EUR"}""", "currency must")]
    [InlineData("""{"id":"e","type":"payment.succeeded","organization":"acme","amount_nano_usd":0,"currency":"USD"}""", "amount_nano_usd must")]
    [InlineData("""{"id":"e","type":"payment.succeeded","organization":"acme","amount_nano_usd":1.5,"currency":"USD"}""", "amount_nano_usd must")]
    public void Body_Malformed_IsNamed(string body, string problem)
    {
        PaymentReading reading = Read(body, Adapter.Sign(Encoding.UTF8.GetBytes(body), Now));
        Assert.True(reading.IsAuthentic);
        Assert.Null(reading.Event);
        Assert.Contains(problem, reading.Problem, StringComparison.Ordinal);
    }

    private static PaymentReading Read(string body, string signature) => Adapter.Read(signature, Encoding.UTF8.GetBytes(body), Now);
}
