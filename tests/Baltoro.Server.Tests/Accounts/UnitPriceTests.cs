using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Baltoro.Platform.Ledger;
using Baltoro.Platform.Ports;
using Baltoro.Platform.Prices;
using Baltoro.Platform.Usage;
using Baltoro.Platform.Verification;
using Baltoro.Server.Tests.Harness;
using Baltoro.Tests.Shared;

namespace Baltoro.Server.Tests.Accounts;

/// <summary>Prices per image and per call: charged exactly, and shown wherever a request's cost is.</summary>
public sealed class UnitPriceTests
{
    /// <summary>12 prompt tokens at 1,400 and 2 completion tokens at 4,200 nano-dollars.</summary>
    private const long TokensNano = 25_200;

    private const long ImageNano = 5_000_000;
    private const long CallNano = 700_001;

    [Fact]
    public async Task RequestWithTwoImages_IsChargedForThemAndTheCall_EverywhereTheSame()
    {
        await using TestServer server = await PricedAsync();
        (_, HttpClient client) = await server.IssueAsync("enterprise", "acme");
        await TopUpAsync(server);
        const long Expected = TokensNano + (2 * ImageNano) + CallNano;

        JsonElement quote = await JsonAsync(client, "/v1/quote", Body(images: 2));
        Assert.Equal((2, 1), (quote.GetProperty("images").GetInt32(), quote.GetProperty("calls").GetInt32()));
        Assert.Equal((12 * 1_400) + (2 * 4_200) + (2 * ImageNano) + CallNano, quote.GetProperty("largest_cost_nano_usd").GetInt64());
        JsonElement answer = await JsonAsync(client, "/v1/chat/completions", Body(images: 2));
        string id = $"rcpt-{answer.GetProperty("id").GetString()}";
        using HttpResponseMessage found = await client.GetAsync(new Uri($"/v1/receipts/{id}", UriKind.Relative));
        JsonElement receipt = await TestServer.JsonAsync(found);
        Assert.Equal(
            (2, 1, Expected),
            (receipt.GetProperty("images").GetInt32(), receipt.GetProperty("calls").GetInt32(), receipt.GetProperty("charged_nano_usd").GetInt64()));

        AccountBalanceSheet sheet = await server.Accounts.Accounts.BalanceAsync("acme", default);
        Assert.Equal((Money.NanoPerUsd - Expected, 0), (sheet.Cash.NanoUsd, sheet.Reserved.NanoUsd));
        int month = int.Parse(TimeProvider.System.GetUtcNow().ToString("yyyyMM", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        Invoice invoice = await new Invoices(server.Store.Accounts, TimeProvider.System).BuildAsync("acme", month, default);
        Assert.True(invoice.MatchesLedger);
        Assert.Equal(
            [(InvoiceLineKind.Input, 12L, 16_800L), (InvoiceLineKind.Output, 2, 8_400), (InvoiceLineKind.Images, 2, 2 * ImageNano), (InvoiceLineKind.Calls, 1, CallNano)],
            invoice.Lines.Select(line => (line.Kind, line.Quantity, line.Amount.NanoUsd)));
        LedgerEntry post = (await server.Store.Accounts.ReadEntriesAsync("acme", 0, 10, default))[^1];
        Assert.EndsWith("images=2 calls=1", post.Detail, StringComparison.Ordinal);
        BooksReport report = await new BooksVerifier(
            new StoredBooks(server.Store.Accounts, server.Store.Platform.Money.Receipts),
            new Dictionary<string, Platform.Receipts.ReceiptPublicKey> { [server.Store.Receipts.PublicKey.Id] = server.Store.Receipts.PublicKey },
            server.Store.Platform.Money.RootLog.Read()).VerifyAsync("acme", default);
        Assert.True(report.IsSound, report.Problem);
    }

    [Fact]
    public async Task BalanceWithoutThePriceOfAnImage_RefusesOnlyTheRequestThatHasOne()
    {
        await using TestServer server = await PricedAsync();
        (_, HttpClient client) = await server.IssueAsync("enterprise", "acme");
        await TopUpAsync(server, (2 * TokensNano) + (2 * CallNano) + ImageNano - 1);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(client, Body(images: 0)));
        Assert.Equal(HttpStatusCode.TooManyRequests, await StatusAsync(client, Body(images: 1)));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(client, Body(images: 0)));
        AccountBalanceSheet sheet = await server.Accounts.Accounts.BalanceAsync("acme", default);
        Assert.Equal((ImageNano - 1, 0), (sheet.Cash.NanoUsd, sheet.Reserved.NanoUsd));
    }

    /// <summary>A server whose operator added prices per image and call.</summary>
    private static async Task<TestServer> PricedAsync()
    {
        TestServer server = await TestServer.StartMeteredAsync();
        server.Backend.TakesImages = true;
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        PriceVersion version = new("units", now, null, now, new Dictionary<string, ModelPrice>(StringComparer.Ordinal)
        {
            ["kimi-k2-5"] = ModelPrice.PerMillion("1.40", "1.40", "4.20") with { ImageNano = ImageNano, CallNano = CallNano },
        });
        Assert.True(await server.Store.Platform.Money.Prices.TryAddAsync(PriceCatalog.StandardBook, version, default));
        await (server.Accounts.Prices ?? throw new InvalidOperationException("a metered server keeps prices")).RefreshAsync(default);
        return server;
    }

    private static async Task TopUpAsync(TestServer server, long nano = Money.NanoPerUsd) => await server.Accounts.Accounts.MoveAsync(
        new MoneyMovement("acme", EntryKind.TopUp, new Money(nano), "t", "test", "test"), default);

    private static string Body(int images)
    {
        string picture = Convert.ToBase64String(PictureMaker.Png(3, 2));
        string parts = string.Concat(Enumerable.Repeat($$$""",{"type":"image_url","image_url":{"url":"data:image/png;base64,{{{picture}}}"}}""", images));
        return $$$"""{"model":"kimi-k2-5","max_tokens":2,"messages":[{"role":"user","content":[{"type":"text","text":"Hi"}{{{parts}}}]}]}""";
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client, string body)
    {
        using StringContent content = new(body, Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await client.PostAsync(new Uri("/v1/chat/completions", UriKind.Relative), content);
        return answer.StatusCode;
    }

    private static async Task<JsonElement> JsonAsync(HttpClient client, string path, string body)
    {
        using StringContent content = new(body, Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await client.PostAsync(new Uri(path, UriKind.Relative), content);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await TestServer.JsonAsync(answer);
    }
}
