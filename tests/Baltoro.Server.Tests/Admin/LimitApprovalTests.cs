using System.Net;
using System.Text.Json;
using Baltoro.Platform.Identity;
using Baltoro.Platform.Limits;
using Baltoro.Server.Tests.Harness;

namespace Baltoro.Server.Tests.Admin;

/// <summary>What an approval changes, and what it leaves alone.</summary>
public sealed class LimitApprovalTests
{
    private static readonly (string Counts, long Limit)[] _freeTier =
        [("concurrency", 1), ("requests_per_minute", 3), ("tokens_per_minute", 500_000), ("tokens_per_day", 1_500_000)];

    [Fact]
    public async Task Approvals_AddUp_AndKeepTheRestOfTheTier()
    {
        await using AdminFixture fixture = await AdminFixture.StartAsync();
        using HttpClient member = await MemberAsync(fixture);
        await AssertLimitsAsync(member, _freeTier);
        string first = await AskAsync(fixture, member, """{"requests_per_minute":50}""");
        await ApproveAsync(fixture, first);
        await AssertLimitsAsync(member, [("concurrency", 1), ("requests_per_minute", 50), .. _freeTier[2..]]);
        await ApproveAsync(fixture, await AskAsync(fixture, member, """{"concurrency":5}"""));
        await ApproveAsync(fixture, await AskAsync(fixture, member, """{"requests_per_minute":70}"""));
        (string, long)[] all = [("concurrency", 5), ("requests_per_minute", 70), .. _freeTier[2..]];
        await AssertLimitsAsync(member, all);
        await ApproveAsync(fixture, first);
        await AssertLimitsAsync(member, all);
        JsonElement shown = await fixture.SendAsync(fixture.Operator, HttpMethod.Get, "/organizations/acme/limits", null, 200);
        Assert.Equal("""{"concurrency":5,"requests_per_minute":70}""", shown.GetProperty("approved").ToString());
    }

    [Fact]
    public async Task Approvals_AtTheSameTime_AllHold()
    {
        await using AdminFixture fixture = await AdminFixture.StartAsync();
        using HttpClient member = await MemberAsync(fixture);
        string[] bodies =
            ["""{"requests_per_minute":50}""", """{"concurrency":5}""", """{"tokens_per_minute":600000}""", """{"tokens_per_day":9000000}"""];
        string[] asked = [.. bodies.Select(body => AskAsync(fixture, member, body).GetAwaiter().GetResult())];
        await Task.WhenAll(asked.Concat(asked).Select(id => ApproveAsync(fixture, id)));
        await AssertLimitsAsync(
            member, [("concurrency", 5), ("requests_per_minute", 50), ("tokens_per_minute", 600_000), ("tokens_per_day", 9_000_000)]);
    }

    [Fact]
    public async Task Approval_OfAFreeOrganization_KeepsItsPricesAndTerms()
    {
        await using AdminFixture fixture = await AdminFixture.StartAsync();
        using HttpClient member = await MemberAsync(fixture);
        JsonElement before = await fixture.SendAsync(fixture.Operator, HttpMethod.Get, "/organizations/acme/terms", null, 200);
        await ApproveAsync(fixture, await AskAsync(fixture, member, """{"requests_per_minute":50,"concurrency":9}"""));
        for (int request = 0; request < 5; request++)
        {
            using HttpResponseMessage answer = await TestServer.ChatAsync(member);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        JsonElement balance = await fixture.SendAsync(fixture.Operator, HttpMethod.Get, "/organizations/acme/balance", null, 200);
        Assert.Equal((0, "free"), (balance.GetProperty("cash_nano_usd").GetInt64(), AdminFixture.Text(balance, "tier")));
        JsonElement after = await fixture.SendAsync(fixture.Operator, HttpMethod.Get, "/organizations/acme/terms", null, 200);
        Assert.Equal(before.GetRawText(), after.GetRawText());
    }

    [Fact]
    public async Task OpenRequests_AskedForInParallel_NeverPassTheirBound()
    {
        await using AdminFixture fixture = await AdminFixture.StartAsync();
        using HttpClient member = await MemberAsync(fixture);
        (int Status, JsonElement Body)[] answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(
            _ => AdminFixture.SendAsync(member, HttpMethod.Post, "/v1/limits/requests", """{"concurrency":5}""")));
        Assert.Equal(LimitRequests.MostOpen, answers.Count(answer => answer.Status == 201));
        Assert.Equal(40 - LimitRequests.MostOpen, answers.Count(answer => answer.Status == 409));
    }

    private static async Task<HttpClient> MemberAsync(AdminFixture fixture)
    {
        KeyResult issued = await fixture.Server.Keys.CreateAsync(new KeyRequest { OrganizationId = "acme" }, default);
        return fixture.Client(issued.Issued?.Text ?? throw new InvalidOperationException(issued.Message));
    }

    private static async Task<string> AskAsync(AdminFixture fixture, HttpClient member, string body) =>
        AdminFixture.Text(await fixture.SendAsync(member, HttpMethod.Post, "/v1/limits/requests", body, 201), "id");

    private static Task<JsonElement> ApproveAsync(AdminFixture fixture, string id) =>
        fixture.SendAsync(fixture.Operator, HttpMethod.Post, $"/limits/requests/{id}/approve", null, 200);

    private static async Task AssertLimitsAsync(HttpClient member, (string Counts, long Limit)[] expected)
    {
        (_, JsonElement answer) = await AdminFixture.SendAsync(member, HttpMethod.Get, "/v1/limits");
        (string Counts, long Limit)[] found =
        [
            .. answer.GetProperty("limits").EnumerateArray().Select(limit => (AdminFixture.Text(limit, "counts"), limit.GetProperty("limit").GetInt64())),
        ];
        Assert.Equal(expected, found);
    }
}
