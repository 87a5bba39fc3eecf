using System.Text.Json;
using Baltoro.Platform.Identity;
using Baltoro.Server.Tests.Harness;
using Microsoft.Extensions.Time.Testing;

namespace Baltoro.Server.Tests.Admin;

/// <summary>No key gives more than it has, members only narrow their keys, and keys are only for what is there.</summary>
public sealed class KeyBoundsTests
{
    private static readonly DateTimeOffset Start = DateTimeOffset.FromUnixTimeSeconds(1_790_000_000);

    [Theory]
    [InlineData("""{"scopes":["inference","account"]}""", "scopes")]
    [InlineData("""{"models":null}""", "models")]
    [InlineData("""{"models":[]}""", "models")]
    [InlineData("""{"models":["kimi-k2-5","kimi-k2.5"]}""", "models")]
    [InlineData("""{"networks":null}""", "networks")]
    [InlineData("""{"networks":["127.0.0.0/8","10.0.0.0/8"]}""", "networks")]
    [InlineData("""{"networks":["126.0.0.0/7"]}""", "networks")]
    [InlineData("""{"expires_at":null}""", "expires_at")]
    [InlineData("""{"expires_at":1790007201}""", "expires_at")]
    [InlineData("""{"project":null}""", "project")]
    public async Task Member_WidensItsOwnKey_IsRefusedByName(string change, string field)
    {
        await using AdminFixture fixture = await AdminFixture.StartAsync(new FakeTimeProvider(Start));
        (HttpClient member, string id) = await RestrictedAsync(fixture);
        JsonElement answer = await fixture.SendAsync(member, HttpMethod.Patch, $"/keys/{id}", change, 403);
        Assert.Contains($"A member may only narrow a key: {field} would be wider", AdminFixture.Message(answer), StringComparison.Ordinal);

        using HttpClient admin = await fixture.AdminAsync(Role.Admin, "acme");
        await fixture.SendAsync(admin, HttpMethod.Patch, $"/keys/{id}", change, 200);
    }

    [Fact]
    public async Task Member_NarrowsItsOwnKey_Works()
    {
        await using AdminFixture fixture = await AdminFixture.StartAsync(new FakeTimeProvider(Start));
        (HttpClient member, string id) = await RestrictedAsync(fixture);
        await fixture.SendAsync(member, HttpMethod.Patch, $"/keys/{id}", """{"name":"n","networks":["127.0.0.1"],"expires_at":1790000060}""", 200);
        await fixture.SendAsync(member, HttpMethod.Put, $"/keys/{id}/limits", """{"requests_per_minute":4,"budget_nano_usd":9,"budget_period":"day"}""", 200);
    }

    [Theory]
    [InlineData("{}", "requests_per_minute")]
    [InlineData("""{"requests_per_minute":6,"budget_nano_usd":10,"budget_period":"day"}""", "requests_per_minute")]
    [InlineData("""{"requests_per_minute":5}""", "budget_nano_usd")]
    [InlineData("""{"requests_per_minute":5,"budget_nano_usd":11,"budget_period":"day"}""", "budget_nano_usd")]
    [InlineData("""{"requests_per_minute":5,"budget_nano_usd":10,"budget_period":"month"}""", "budget_period")]
    public async Task Member_RaisesLimitsOfItsOwnKey_IsRefusedAndNothingChanges(string limits, string field)
    {
        await using AdminFixture fixture = await AdminFixture.StartAsync(new FakeTimeProvider(Start));
        (HttpClient member, string id) = await RestrictedAsync(fixture);
        JsonElement before = await fixture.SendAsync(member, HttpMethod.Get, $"/keys/{id}/limits", null, 200);
        JsonElement answer = await fixture.SendAsync(member, HttpMethod.Put, $"/keys/{id}/limits", limits, 403);
        Assert.Contains(field, AdminFixture.Message(answer), StringComparison.Ordinal);
        JsonElement after = await fixture.SendAsync(member, HttpMethod.Get, $"/keys/{id}/limits", null, 200);
        Assert.Equal(before.ToString(), after.ToString());
        await fixture.SendAsync(fixture.Operator, HttpMethod.Put, $"/keys/{id}/limits", limits, 200);
    }

    [Theory]
    [InlineData("""{"kind":"admin","role":"admin","scopes":["admin.write","admin.read"]}""", "scopes")]
    [InlineData("""{"kind":"admin","role":"admin","scopes":["admin.write","inference"]}""", "scopes")]
    [InlineData("""{"models":[]}""", "models")]
    [InlineData("""{"models":["kimi-k2.5"]}""", "models")]
    [InlineData("""{"networks":[]}""", "networks")]
    [InlineData("""{"networks":["0.0.0.0/0"]}""", "networks")]
    [InlineData("""{"expires_at":1790003601}""", "expires_at")]
    [InlineData("""{"limits":{"budget_nano_usd":101}}""", "limits.budget_nano_usd")]
    public async Task NarrowAdminKey_MakesAWiderKey_IsRefusedByName(string body, string field)
    {
        await using AdminFixture fixture = await AdminFixture.StartAsync(new FakeTimeProvider(Start));
        (HttpClient maker, _) = await NarrowAsync(fixture);
        JsonElement answer = await fixture.SendAsync(maker, HttpMethod.Post, "/keys", body, 403);
        Assert.Contains($"at most what it may itself: {field} ", AdminFixture.Message(answer), StringComparison.Ordinal);
    }

    [Fact]
    public async Task NarrowAdminKey_SaysNothing_ItsKeysInheritItsBounds()
    {
        await using AdminFixture fixture = await AdminFixture.StartAsync(new FakeTimeProvider(Start));
        (HttpClient maker, _) = await NarrowAsync(fixture);
        foreach ((string body, string scopes) in ((string, string)[])
            [("""{"kind":"admin","role":"admin"}""", "admin.write"), ("""{"name":"n"}""", "inference,account")])
        {
            JsonElement made = await fixture.SendAsync(maker, HttpMethod.Post, "/keys", body, 201);
            Assert.Equal(scopes, string.Join(',', made.GetProperty("scopes").EnumerateArray().Select(scope => scope.GetString())));
            Assert.Equal("kimi-k2-5", made.GetProperty("models")[0].GetString());
            Assert.Equal("127.0.0.0/8", made.GetProperty("networks")[0].GetString());
            Assert.Equal(Start.ToUnixTimeSeconds() + 3_600, made.GetProperty("expires_at").GetInt64());
            JsonElement limits = await fixture.SendAsync(
                fixture.Operator, HttpMethod.Get, $"/keys/{AdminFixture.Text(made, "id")}/limits", null, 200);
            Assert.Equal(100, limits.GetProperty("limits").GetProperty("budget_nano_usd").GetInt64());
        }
    }

    [Fact]
    public async Task NarrowAdminKey_WidensItselfOrTakesAWiderSecret_IsRefused()
    {
        await using AdminFixture fixture = await AdminFixture.StartAsync(new FakeTimeProvider(Start));
        (HttpClient maker, string own) = await NarrowAsync(fixture);
        string wide = AdminFixture.Text(
            await fixture.SendAsync(fixture.Operator, HttpMethod.Post, "/keys", """{"organization":"acme","kind":"admin","role":"admin"}""", 201), "id");
        await fixture.SendAsync(maker, HttpMethod.Patch, $"/keys/{own}", """{"expires_at":null}""", 403);
        await fixture.SendAsync(maker, HttpMethod.Patch, $"/keys/{own}", """{"scopes":["admin.read","admin.write"]}""", 403);
        await fixture.SendAsync(maker, HttpMethod.Put, $"/keys/{own}/limits", "{}", 403);
        await fixture.SendAsync(maker, HttpMethod.Post, $"/keys/{wide}/rotate", "{}", 403);
        await fixture.SendAsync(maker, HttpMethod.Patch, $"/keys/{wide}", """{"name":"still"}""", 200);
        await fixture.SendAsync(maker, HttpMethod.Post, $"/keys/{own}/rotate", "{}", 200);
    }

    [Fact]
    public async Task LimitedAdminKey_TakesTheSecretOfAKeyWithoutItsLimits_IsRefused()
    {
        await using AdminFixture fixture = await AdminFixture.StartAsync();
        JsonElement made = await fixture.SendAsync(
            fixture.Operator, HttpMethod.Post, "/keys",
            """{"organization":"acme","kind":"admin","role":"admin","limits":{"requests_per_minute":5}}""", 201);
        using HttpClient limited = fixture.Client(AdminFixture.Text(made, "key"));
        string free = AdminFixture.Text(await fixture.SendAsync(fixture.Operator, HttpMethod.Post, "/keys", """{"organization":"acme"}""", 201), "id");
        JsonElement answer = await fixture.SendAsync(limited, HttpMethod.Post, $"/keys/{free}/rotate", "{}", 403);
        Assert.Contains("limits.requests_per_minute", AdminFixture.Message(answer), StringComparison.Ordinal);
        await fixture.SendAsync(limited, HttpMethod.Post, $"/keys/{AdminFixture.Text(made, "id")}/rotate", "{}", 200);
    }

    [Theory]
    [InlineData("POST", "/keys", """{"organization":"nowhere"}""", "There is no organization 'nowhere'")]
    [InlineData("POST", "/keys", """{"organization":"nowhere","kind":"admin","role":"owner"}""", "There is no organization 'nowhere'")]
    [InlineData("POST", "/keys", """{"organization":"acme","project":"pj-x"}""", "There is no project 'pj-x'")]
    [InlineData("POST", "/keys", """{"organization":"acme","member":"mb-x"}""", "There is no member 'mb-x'")]
    [InlineData("GET", "/keys?organization=nowhere", null, "There is no organization 'nowhere'")]
    [InlineData("GET", "/keys?organization=-5", null, "There is no organization '-5'")]
    [InlineData("GET", "/keys?organization=acme&project=pj-x", null, "There is no project 'pj-x'")]
    [InlineData("GET", "/keys?organization=acme&member=mb-x", null, "There is no member 'mb-x'")]
    [InlineData("GET", "/audit?organization=nowhere", null, "There is no organization 'nowhere'")]
    [InlineData("GET", "/limits/requests?organization=nowhere", null, "There is no organization 'nowhere'")]
    [InlineData("GET", "/organizations/nowhere/projects", null, "There is no organization 'nowhere'")]
    [InlineData("GET", "/organizations/nowhere/members", null, "There is no organization 'nowhere'")]
    [InlineData("GET", "/organizations/nowhere/balance", null, "There is no organization 'nowhere'")]
    [InlineData("GET", "/organizations/nowhere/usage", null, "There is no organization 'nowhere'")]
    [InlineData("GET", "/organizations/nowhere/invoices/2026-01", null, "There is no organization 'nowhere'")]
    public async Task Request_AboutWhatIsNotThere_Is404WithItsName(string method, string path, string? body, string message)
    {
        await using AdminFixture fixture = await AdminFixture.StartAsync();
        JsonElement answer = await fixture.SendAsync(fixture.Operator, new HttpMethod(method), path, body, 404);
        Assert.Equal(message, AdminFixture.Message(answer));
    }

    [Theory]
    [InlineData("POST", "/keys", """{"limits":{"request_per_minute":1}}""", "limits.request_per_minute", "requests_per_minute, tokens_per_day, tokens_per_minute")]
    [InlineData("POST", "/keys", """{"limits":{"budget":null}}""", "limits.budget", "budget_nano_usd, budget_period, concurrency")]
    [InlineData("POST", "/keys", """{"expire_at":null}""", "expire_at", "expires_at")]
    [InlineData("PUT", "/organizations/acme/limits", """{"request_per_minute":1}""", "request_per_minute", "requests_per_minute")]
    [InlineData("POST", "/organizations", """{"id":"x","limits":{"a":1}}""", "limits", "allowed: id, name")]
    public async Task Body_WithAnUnknownMember_NamesItAndTheKnownOnes(string method, string path, string body, string field, string allowed)
    {
        await using AdminFixture fixture = await AdminFixture.StartAsync();
        JsonElement answer = await fixture.SendAsync(fixture.Operator, new HttpMethod(method), path, body, 400);
        Assert.StartsWith($"Invalid request: {field} is not known here; allowed: ", AdminFixture.Message(answer), StringComparison.Ordinal);
        Assert.Contains(allowed, AdminFixture.Message(answer), StringComparison.Ordinal);
        Assert.Equal(field, AdminFixture.Text(answer.GetProperty("error"), "param"));
    }

    [Fact]
    public async Task Model_ThatTheKeyMayNotUse_IsNotThere()
    {
        await using AdminFixture fixture = await AdminFixture.StartAsync();
        JsonElement made = await fixture.SendAsync(fixture.Operator, HttpMethod.Post, "/keys", """{"models":["kimi-k2-5"]}""", 201);
        using HttpClient client = fixture.Client(AdminFixture.Text(made, "key"));
        Assert.Equal(200, (await AdminFixture.SendAsync(client, HttpMethod.Get, "/v1/models/kimi-k2-5")).Status);
        (int status, JsonElement hidden) = await AdminFixture.SendAsync(client, HttpMethod.Get, "/v1/models/kimi-k2.5");
        (_, JsonElement none) = await AdminFixture.SendAsync(client, HttpMethod.Get, "/v1/models/none");
        Assert.Equal(404, status);
        Assert.Equal(AdminFixture.Message(none).Replace("none", "kimi-k2.5", StringComparison.Ordinal), AdminFixture.Message(hidden));
    }

    /// <summary>A member of acme with an admin key, and a key of its own that an administrator bound on every side.</summary>
    private static async Task<(HttpClient Member, string KeyId)> RestrictedAsync(AdminFixture fixture)
    {
        JsonElement member = await fixture.SendAsync(
            fixture.Operator, HttpMethod.Post, "/organizations/acme/members", """{"email":"m@example.com","role":"member"}""", 201);
        string memberId = AdminFixture.Text(member, "id");
        JsonElement project = await fixture.SendAsync(fixture.Operator, HttpMethod.Post, "/organizations/acme/projects", """{"name":"p"}""", 201);
        JsonElement key = await fixture.SendAsync(
            fixture.Operator, HttpMethod.Post, "/keys",
            $$$"""
            {"organization":"acme","member":"{{{memberId}}}","project":"{{{AdminFixture.Text(project, "id")}}}","scopes":["inference"],
            "models":["kimi-k2-5"],"networks":["127.0.0.0/8"],"expires_at":{{{Start.ToUnixTimeSeconds() + 7_200}}},
            "limits":{"requests_per_minute":5,"budget_nano_usd":10,"budget_period":"day"}}
            """,
            201);
        return (await fixture.AdminAsync(Role.None, "acme", member: memberId), AdminFixture.Text(key, "id"));
    }

    /// <summary>An admin key of acme that may only change things, for one model, from one network, for an hour, with a small budget.</summary>
    private static async Task<(HttpClient Maker, string KeyId)> NarrowAsync(AdminFixture fixture)
    {
        JsonElement key = await fixture.SendAsync(
            fixture.Operator, HttpMethod.Post, "/keys",
            $$$"""
            {"organization":"acme","kind":"admin","role":"admin","scopes":["admin.write"],"models":["kimi-k2-5"],
            "networks":["127.0.0.0/8"],"expires_at":{{{Start.ToUnixTimeSeconds() + 3_600}}},"limits":{"budget_nano_usd":100}}
            """,
            201);
        return (fixture.Client(AdminFixture.Text(key, "key")), AdminFixture.Text(key, "id"));
    }
}
