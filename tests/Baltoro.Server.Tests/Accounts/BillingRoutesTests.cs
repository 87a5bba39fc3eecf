using System.Net;
using System.Text;
using System.Text.Json;
using Baltoro.Platform.Identity;
using Baltoro.Server.Tests.Harness;

namespace Baltoro.Server.Tests.Accounts;

/// <summary>Credits, refunds, vouchers, invoices and re-ratings through the admin API.</summary>
public sealed class BillingRoutesTests
{
    [Fact]
    public async Task Operator_CreditsRefundsVouchersAndInvoices_AgreeWithTheLedger()
    {
        await using TestServer server = await TestServer.StartMeteredAsync();
        HttpClient admin = await AdminAsync(server);
        string month = TimeProvider.System.GetUtcNow().ToString("yyyy-MM", System.Globalization.CultureInfo.InvariantCulture);
        using (HttpResponseMessage answer = await TestServer.ChatAsync(server.Client))
        {
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        Assert.Equal(HttpStatusCode.Conflict, (await PostAsync(admin, "organizations/local/credits", """{"amount_nano_usd":25201,"idempotency_key":"c0"}""")).Status);
        (HttpStatusCode status, JsonElement credit) = await PostAsync(admin, "organizations/local/credits", """{"amount_nano_usd":5200,"idempotency_key":"c1"}""");
        Assert.Equal((HttpStatusCode.OK, "credit"), (status, credit.GetProperty("object").GetString()));
        Assert.True((await PostAsync(admin, "organizations/local/credits", """{"amount_nano_usd":5200,"idempotency_key":"c1"}""")).Json.GetProperty("replayed").GetBoolean());
        Assert.Equal(HttpStatusCode.Conflict, (await PostAsync(admin, "organizations/local/refunds", """{"amount_nano_usd":1,"idempotency_key":"r1"}""")).Status);
        string code = (await PostAsync(admin, "vouchers", """{"amount_nano_usd":7000,"organization":"local"}""")).Json.GetProperty("code").GetString()!;
        (_, JsonElement redeemed) = await PostAsync(admin, "organizations/local/vouchers/redeem", $$"""{"code":"{{code}}"}""");
        Assert.Equal(7_000, redeemed.GetProperty("balance").GetProperty("voucher_nano_usd").GetInt64());
        (_, JsonElement again) = await PostAsync(admin, "organizations/local/vouchers/redeem", $$"""{"code":"{{code}}"}""");
        Assert.True(again.GetProperty("replayed").GetBoolean());

        using HttpResponseMessage found = await admin.GetAsync(new Uri($"/admin/v1/organizations/local/invoices/{month}", UriKind.Relative));
        JsonElement invoice = await TestServer.JsonAsync(found);
        Assert.Equal(20_000, invoice.GetProperty("total_nano_usd").GetInt64());
        Assert.True(invoice.GetProperty("matches_ledger").GetBoolean());
        Assert.Equal(("preliminary", false), (invoice.GetProperty("state").GetString(), invoice.GetProperty("final").GetBoolean()));
        using HttpResponseMessage future = await admin.GetAsync(new Uri("/admin/v1/organizations/local/invoices/2999-01", UriKind.Relative));
        Assert.Equal(HttpStatusCode.BadRequest, future.StatusCode);
    }

    [Fact]
    public async Task Rerating_Applied_PostsItsDifferenceOnce()
    {
        await using TestServer server = await TestServer.StartMeteredAsync();
        HttpClient admin = await AdminAsync(server);
        string month = TimeProvider.System.GetUtcNow().ToString("yyyy-MM", System.Globalization.CultureInfo.InvariantCulture);
        using (HttpResponseMessage answer = await TestServer.ChatAsync(server.Client))
        {
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        (_, JsonElement rated) = await PostAsync(
            admin, "organizations/local/reratings", $$"""{"month":"{{month}}","price_book":"free","apply":true}""");
        Assert.Equal(-25_200, rated.GetProperty("difference_nano_usd").GetInt64());
        (_, JsonElement rerated) = await PostAsync(
            admin, "organizations/local/reratings", $$"""{"month":"{{month}}","price_book":"free","apply":true}""");
        Assert.Equal(0, rerated.GetProperty("difference_nano_usd").GetInt64());
        (HttpStatusCode wrong, JsonElement error) = await PostAsync(
            admin, "organizations/local/reratings", $$"""{"month":"{{month}}","price_book":"none"}""");
        Assert.Equal((HttpStatusCode.BadRequest, "price_book"), (wrong, error.GetProperty("error").GetProperty("param").GetString()));
    }

    [Fact]
    public async Task InferenceKey_MayNotBook()
    {
        await using TestServer server = await TestServer.StartMeteredAsync();
        Assert.Equal(HttpStatusCode.Forbidden, (await PostAsync(server.Client, "vouchers", """{"amount_nano_usd":7000}""")).Status);
    }

    [Fact]
    public async Task Post_RepeatedUnderOneKey_IsDoneOnceAndAnsweredTwice()
    {
        await using TestServer server = await TestServer.StartMeteredAsync();
        HttpClient admin = await AdminAsync(server);
        admin.DefaultRequestHeaders.Add("Idempotency-Key", "v1");
        string first = (await PostAsync(admin, "vouchers", """{"amount_nano_usd":7000}""")).Json.GetProperty("code").GetString()!;
        string second = (await PostAsync(admin, "vouchers", """{"amount_nano_usd":7000}""")).Json.GetProperty("code").GetString()!;
        Assert.Equal(first, second);
        Assert.Single(await server.Store.Platform.Money.Vouchers.ListAsync(10, default));
        (HttpStatusCode status, _) = await PostAsync(admin, "vouchers", """{"amount_nano_usd":7001}""");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
    }

    private static async Task<HttpClient> AdminAsync(TestServer server)
    {
        IssuedKey issued = (await server.Keys.CreateAsync(new KeyRequest { Name = "admin", Kind = KeyKind.Admin, Role = Role.Operator, Tier = "free" }, default)).Issued!;
        HttpClient client = server.NewClient();
        client.DefaultRequestHeaders.Authorization = new("Bearer", issued.Text);
        return client;
    }

    private static async Task<(HttpStatusCode Status, JsonElement Json)> PostAsync(HttpClient client, string route, string body)
    {
        using StringContent content = new(body, Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await client.PostAsync(new Uri($"/admin/v1/{route}", UriKind.Relative), content);
        return (answer.StatusCode, await TestServer.JsonAsync(answer));
    }
}
