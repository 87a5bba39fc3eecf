using System.Text.Json;
using Baltoro.Server.Tests.Harness;

namespace Baltoro.Server.Tests.Admin;

/// <summary>Amounts out of range are refused with field and range wherever money enters, and never bring a book out of 64 bits.</summary>
public sealed class MoneyRangeTests
{
    private const string Huge = "9223372036854775807";
    private const string Most = "1000000000000000000";

    [Theory]
    [InlineData("POST", "/organizations/acme/topups", "{\"amount_nano_usd\":#,\"idempotency_key\":\"k\"}", "amount_nano_usd must be from 1 to " + Most)]
    [InlineData("POST", "/organizations/acme/refunds", "{\"amount_nano_usd\":#,\"idempotency_key\":\"k\"}", "amount_nano_usd must be from 1 to " + Most)]
    [InlineData("POST", "/organizations/acme/credits", "{\"amount_nano_usd\":#,\"idempotency_key\":\"k\"}", "amount_nano_usd must be from 1 to " + Most)]
    [InlineData("POST", "/vouchers", "{\"amount_nano_usd\":#}", "amount_nano_usd must be from 1 to " + Most)]
    [InlineData("PATCH", "/organizations/acme/terms", "{\"credit_limit_nano_usd\":#}", "credit_limit_nano_usd must be from 0 to " + Most)]
    [InlineData("PUT", "/organizations/acme/limits", "{\"budget_nano_usd\":#}", "budget: found 9223372036.854775807, allowed at most 1000000000.000000000 dollars")]
    [InlineData("PUT", "/organizations/acme/limits", "{\"requests_per_minute\":#}", "requests per minute: found " + Huge + ", allowed at most 1000000000000000")]
    public async Task Amount_OutOfRange_IsRefusedAndNothingBreaks(string method, string path, string body, string part)
    {
        await using AdminFixture fixture = await AdminFixture.StartAsync();
        foreach (string amount in (string[])[Huge, "-" + Huge, "1000000000000000001"])
        {
            JsonElement refused = await fixture.SendAsync(
                fixture.Operator, new HttpMethod(method), path, body.Replace("#", amount, StringComparison.Ordinal), 400);
            if (amount == Huge)
            {
                Assert.Contains(part, AdminFixture.Message(refused), StringComparison.Ordinal);
            }
        }

        JsonElement balance = await fixture.SendAsync(fixture.Operator, HttpMethod.Get, "/organizations/acme/balance", null, 200);
        Assert.Equal(0, balance.GetProperty("available_nano_usd").GetInt64());
    }

    [Theory]
    [InlineData("POST", "/organizations/acme/topups", "{\"amount_usd\":5,\"idempotency_key\":\"k\"}", "amount_usd is not known here; allowed: amount_nano_usd")]
    [InlineData("PUT", "/organizations/acme/limits", "{\"rpm\":0}", "rpm is not known here; allowed: ")]
    public async Task MemberThatIsNotKnown_IsRefusedByNameBeforeWhatItLeavesOut(string method, string path, string body, string part)
    {
        await using AdminFixture fixture = await AdminFixture.StartAsync();
        JsonElement refused = await fixture.SendAsync(fixture.Operator, new HttpMethod(method), path, body, 400);
        Assert.Contains(part, AdminFixture.Message(refused), StringComparison.Ordinal);
    }

    [Fact]
    public async Task KeyThatHasUsedItsBudget_IsToldWhoseBudgetItIs()
    {
        await using AdminFixture fixture = await AdminFixture.StartAsync();
        JsonElement key = await fixture.SendAsync(
            fixture.Operator, HttpMethod.Post, "/keys",
            """{"name":"k","organization":"acme","tier":"enterprise","limits":{"budget_nano_usd":1,"budget_period":"month"}}""", 201);
        await TopUpAsync(fixture, 1, 200);
        using HttpClient client = fixture.Client(AdminFixture.Text(key, "key"));
        using HttpResponseMessage answer = await TestServer.ChatAsync(client);
        Assert.Equal(429, (int)answer.StatusCode);
        JsonElement error = (await TestServer.JsonAsync(answer)).GetProperty("error");
        Assert.Equal("exceeded_current_quota_error", error.GetProperty("type").GetString());
        Assert.StartsWith(
            $"You exceeded your current token quota: the budget of key {AdminFixture.Text(key, "id")} is $0.000000001 per month (UTC), of which $0.000000000 is taken, ",
            error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task TopUps_OfTheLargestAmount_StopBeforeTheBookOverflows()
    {
        await using AdminFixture fixture = await AdminFixture.StartAsync();
        await fixture.SendAsync(fixture.Operator, HttpMethod.Patch, "/organizations/acme/terms", $$"""{"credit_limit_nano_usd":{{Most}}}""", 200);
        foreach (int top in (int[])[1, 2])
        {
            await TopUpAsync(fixture, top, 200);
            await fixture.SendAsync(
                fixture.Operator, HttpMethod.Post, "/organizations/acme/refunds", $$"""{"amount_nano_usd":{{Most}},"idempotency_key":"r{{top}}"}""", 200);
        }

        Assert.Contains("amount_nano_usd would bring", AdminFixture.Message(await TopUpAsync(fixture, 3, 400)), StringComparison.Ordinal);
        for (int voucher = 1; voucher <= 3; voucher++)
        {
            JsonElement made = await fixture.SendAsync(fixture.Operator, HttpMethod.Post, "/vouchers", $$"""{"amount_nano_usd":{{Most}}}""", 200);
            await fixture.SendAsync(
                fixture.Operator, HttpMethod.Post, "/organizations/acme/vouchers/redeem", $$"""{"code":"{{AdminFixture.Text(made, "code")}}"}""",
                voucher <= 2 ? 200 : 400);
        }

        JsonElement balance = await fixture.SendAsync(fixture.Operator, HttpMethod.Get, "/organizations/acme/balance", null, 200);
        Assert.Equal(3_000_000_000_000_000_000, balance.GetProperty("available_nano_usd").GetInt64());
    }

    [Theory]
    [InlineData("GET", "/organizations/ghost/balance", null)]
    [InlineData("GET", "/organizations/ghost/usage", null)]
    [InlineData("GET", "/organizations/ghost/invoices/2026-01", null)]
    [InlineData("GET", "/organizations/ghost/terms", null)]
    [InlineData("GET", "/organizations/ghost/limits", null)]
    [InlineData("GET", "/limits/requests?organization=ghost", null)]
    [InlineData("GET", "/audit?organization=ghost", null)]
    [InlineData("PATCH", "/organizations/ghost/terms", """{"credit_limit_nano_usd":5}""")]
    [InlineData("PUT", "/organizations/ghost/limits", """{"requests_per_minute":5}""")]
    [InlineData("POST", "/organizations/ghost/topups", """{"amount_nano_usd":5,"idempotency_key":"k"}""")]
    [InlineData("POST", "/organizations/ghost/refunds", """{"amount_nano_usd":5,"idempotency_key":"k"}""")]
    [InlineData("POST", "/organizations/ghost/credits", """{"amount_nano_usd":5,"idempotency_key":"k"}""")]
    [InlineData("POST", "/organizations/ghost/vouchers/redeem", """{"code":"x"}""")]
    [InlineData("POST", "/organizations/ghost/reratings", """{"month":"2026-01","price_book":"free"}""")]
    public async Task Route_OfAnUnknownOrganization_Is404AndLeavesNothing(string method, string path, string? body)
    {
        await using AdminFixture fixture = await AdminFixture.StartAsync();
        JsonElement answer = await fixture.SendAsync(fixture.Operator, new HttpMethod(method), path, body, 404);
        Assert.Equal("There is no organization 'ghost'", AdminFixture.Message(answer));
        Assert.DoesNotContain("ghost", await fixture.Server.Store.Accounts.ListOrganizationsAsync(default));
    }

    [Fact]
    public async Task Voucher_ForAnUnknownOrganization_IsRefused()
    {
        await using AdminFixture fixture = await AdminFixture.StartAsync();
        JsonElement refused = await fixture.SendAsync(
            fixture.Operator, HttpMethod.Post, "/vouchers", """{"amount_nano_usd":5,"organization":"ghost"}""", 400);
        Assert.Equal("Invalid request: organization: found 'ghost', allowed one that exists", AdminFixture.Message(refused));
    }

    private static Task<JsonElement> TopUpAsync(AdminFixture fixture, int number, int status) => fixture.SendAsync(
        fixture.Operator, HttpMethod.Post, "/organizations/acme/topups", $$"""{"amount_nano_usd":{{Most}},"idempotency_key":"t{{number}}"}""", status);
}
