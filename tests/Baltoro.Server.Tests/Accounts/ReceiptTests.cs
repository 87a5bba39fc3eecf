using System.Net;
using System.Text;
using System.Text.Json;
using Baltoro.Kimi.Conversation;
using Baltoro.Platform.Ledger;
using Baltoro.Platform.Payments;
using Baltoro.Platform.Receipts;
using Baltoro.Platform.Usage;
using Baltoro.Platform.Verification;
using Baltoro.Server.Billing;
using Baltoro.Server.Tests.Harness;
using UglyToad.PdfPig;

namespace Baltoro.Server.Tests.Accounts;

/// <summary>Receipts over real HTTP: announced before, signed after, checked with nothing but the public key.</summary>
public sealed class ReceiptTests
{
    private const long AnswerNano = 25_200;

    [Theory]
    [InlineData("")]
    [InlineData("\"stream\":true,\"stream_options\":{\"include_usage\":true}")]
    public async Task Answer_NamesAReceiptThatThePublicKeyProves(string more)
    {
        await using TestServer server = await TestServer.StartMeteredAsync();
        using HttpResponseMessage answer = await TestServer.ChatAsync(server.Client, more);
        string id = answer.Headers.GetValues("x-baltoro-receipt").Single();
        Assert.Contains($"\"receipt\":\"{id}\"", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        using HttpResponseMessage found = await server.Client.GetAsync(new Uri($"/v1/receipts/{id}", UriKind.Relative));
        JsonElement receipt = await TestServer.JsonAsync(found);
        Assert.Equal(("receipt", id, "charged"), (Text(receipt, "object"), Text(receipt, "id"), Text(receipt, "outcome")));
        Assert.Equal(AnswerNano, receipt.GetProperty("charged_nano_usd").GetInt64());
        JsonElement signature = receipt.GetProperty("signature");
        using HttpClient anybody = new() { BaseAddress = server.BaseUri };
        string pem = await anybody.GetStringAsync(new Uri("/v1/receipts/public-key", UriKind.Relative));
        ReceiptPublicKey key = ReceiptPublicKey.ReadPem(pem)![Text(signature, "key_id")];
        Assert.True(key.Verify(Text(signature, "text"), signature.GetProperty("value").GetBytesFromBase64()));
        Assert.Contains($"charged_nano_usd={AnswerNano}\n", Text(signature, "text"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Receipt_OfAnotherOrganizationOrUnknown_IsNotFound()
    {
        await using TestServer server = await TestServer.StartMeteredAsync();
        using HttpResponseMessage answer = await TestServer.ChatAsync(server.Client);
        string id = answer.Headers.GetValues("x-baltoro-receipt").Single();
        (_, HttpClient other) = await server.IssueAsync("free", "acme");
        foreach ((HttpClient client, string asked) in new[] { (other, id), (server.Client, "rcpt-nothing"), (server.Client, "nothing") })
        {
            using HttpResponseMessage missing = await client.GetAsync(new Uri($"/v1/receipts/{asked}", UriKind.Relative));
            Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
            Assert.Equal("receipt_not_found", Text((await TestServer.JsonAsync(missing)).GetProperty("error"), "code"));
        }
    }

    [Fact]
    public async Task FailedAnswer_HasAReceiptOfNothing()
    {
        await using TestServer server = await TestServer.StartMeteredAsync();
        server.Backend.Play(new ChatEvent.Fault(ChatFaultKind.Internal, "broken"));
        using HttpResponseMessage answer = await TestServer.ChatAsync(server.Client);
        string id = answer.Headers.GetValues("x-baltoro-receipt").Single();
        using HttpResponseMessage found = await server.Client.GetAsync(new Uri($"/v1/receipts/{id}", UriKind.Relative));
        JsonElement receipt = await TestServer.JsonAsync(found);
        Assert.Equal(("free", 0), (Text(receipt, "outcome"), receipt.GetProperty("charged_nano_usd").GetInt64()));
    }

    [Fact]
    public async Task Stop_ClosesTheChains_AndTheBooksAreSound()
    {
        await using TestServer server = await TestServer.StartMeteredAsync();
        foreach (int _ in Enumerable.Range(0, 3))
        {
            using HttpResponseMessage answer = await TestServer.ChatAsync(server.Client);
        }

        await server.Host.StopAsync(default);
        ReceiptPublicKey key = server.Store.Receipts.PublicKey;
        IReadOnlyList<SignedRoot> kept = server.Store.Platform.Money.RootLog.Read();
        BooksReport report = Assert.Single(await new BooksVerifier(
            new StoredBooks(server.Store.Accounts, server.Store.Platform.Money.Receipts),
            new Dictionary<string, ReceiptPublicKey> { [key.Id] = key }, kept).VerifyAsync(default));
        Assert.True(report.IsSound, $"{report.FirstBad}: {report.Problem}");
        Assert.Equal((3, 1, report.EntryCount), (report.ReceiptCount, report.RootCount, report.SignedUntil));
        Assert.Single(kept);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(
                UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(server.DataPath, "receipt-key.pem")));
        }
    }

    [Fact]
    public async Task Webhook_SignedEvent_TopsUpOnce()
    {
        HmacPaymentAdapter adapter = new("a-secret-of-sixteen");
        await using TestServer server = new() { IsMetered = true, Payments = adapter };
        await server.InitializeAsync();
        await server.IssueAsync("free", "acme");
        await server.IssueAsync("free", "beta");
        const string Body = """{"id":"evt_1","type":"payment.succeeded","organization":"acme","amount_nano_usd":5000000000,"currency":"USD"}""";
        string signature = adapter.Sign(Encoding.UTF8.GetBytes(Body), TimeProvider.System.GetUtcNow());
        Assert.Equal((HttpStatusCode.OK, "booked"), await DeliverAsync(server, Body, signature));
        Assert.Equal((HttpStatusCode.OK, "booked_before"), await DeliverAsync(server, Body, signature));
        Assert.Equal(5_000_000_000, (await server.Accounts.Accounts.BalanceAsync("acme", default)).Cash.NanoUsd);
        Assert.Equal((HttpStatusCode.Unauthorized, "invalid_signature"), await DeliverAsync(server, Body + " ", signature));
        string other = Body.Replace("5000000000", "7000000000", StringComparison.Ordinal);
        Assert.Equal(
            (HttpStatusCode.Conflict, "payment_refused"),
            await DeliverAsync(server, other, adapter.Sign(Encoding.UTF8.GetBytes(other), TimeProvider.System.GetUtcNow())));
        string otherOwner = Body.Replace("acme", "beta", StringComparison.Ordinal);
        Assert.Equal(
            (HttpStatusCode.Conflict, "payment_refused"),
            await DeliverAsync(server, otherOwner, adapter.Sign(Encoding.UTF8.GetBytes(otherOwner), TimeProvider.System.GetUtcNow())));
        Assert.Equal(0, (await server.Accounts.Accounts.BalanceAsync("beta", default)).Cash.NanoUsd);
        string nobody = Body.Replace("acme", "ghost", StringComparison.Ordinal).Replace("evt_1", "evt_9", StringComparison.Ordinal);
        Assert.Equal(
            (HttpStatusCode.NotFound, "not_found"),
            await DeliverAsync(server, nobody, adapter.Sign(Encoding.UTF8.GetBytes(nobody), TimeProvider.System.GetUtcNow())));
        string back = Body.Replace("evt_1", "evt_2", StringComparison.Ordinal).Replace("succeeded", "refunded", StringComparison.Ordinal);
        Assert.Equal(
            (HttpStatusCode.OK, "booked"),
            await DeliverAsync(server, back, adapter.Sign(Encoding.UTF8.GetBytes(back), TimeProvider.System.GetUtcNow())));
        Assert.Equal(0, (await server.Accounts.Accounts.BalanceAsync("acme", default)).Cash.NanoUsd);
    }

    [Fact]
    public void InvoicePdf_ManyLines_ShowsEveryLineAndTheExactTotal()
    {
        InvoiceLine[] lines =
        [
            .. Enumerable.Range(0, 90).Select(index => new InvoiceLine($"model-{index}", "standard/1", InvoiceLineKind.Input, 1_000 + index, new Money(1_400_123 + index))),
        ];
        Money total = lines.Aggregate(Money.Zero, (sum, line) => sum + line.Amount);
        using PdfDocument document = PdfDocument.Open(InvoicePdf.Write(new Invoice("acme", 202611, lines, total, total, Money.Zero, IsMonthOver: false)));
        string text = string.Concat(document.GetPages().Select(page => page.Text));
        Assert.True(document.NumberOfPages > 1);
        Assert.Contains("Preliminary invoice 2026-11 for acme", text, StringComparison.Ordinal);
        Assert.All(lines, line => Assert.Contains(line.Amount.ToString(), text, StringComparison.Ordinal));
        Assert.Contains(total.ToString(), text, StringComparison.Ordinal);
        Assert.Contains("Preliminary: the month is not over.", text, StringComparison.Ordinal);
        Assert.Contains("sum to the ledger", text, StringComparison.Ordinal);
    }

    private static async Task<(HttpStatusCode Status, string Outcome)> DeliverAsync(TestServer server, string body, string signature)
    {
        using HttpClient provider = new() { BaseAddress = server.BaseUri };
        HttpRequestMessage request = new(HttpMethod.Post, "/v1/payments/webhooks/hmac") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Add("x-baltoro-signature", signature);
        using HttpResponseMessage answer = await provider.SendAsync(request);
        JsonElement json = await TestServer.JsonAsync(answer);
        return (answer.StatusCode, json.TryGetProperty("error", out JsonElement error) ? Text(error, "code") : Text(json, "outcome"));
    }

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString() ?? "";
}
