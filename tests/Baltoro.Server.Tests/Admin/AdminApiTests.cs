using System.Text.Json;
using Baltoro.Platform.Identity;
using Baltoro.Server.Tests.Harness;
using Microsoft.Extensions.Time.Testing;

namespace Baltoro.Server.Tests.Admin;

/// <summary>What the routes of the admin API do, over real HTTP.</summary>
public sealed class AdminApiTests
{
    private static readonly DateTimeOffset Start = DateTimeOffset.FromUnixTimeSeconds(1_790_000_000);

    [Fact]
    public async Task Key_MadeChangedRotatedRevoked_WorksAsItSays()
    {
        FakeTimeProvider clock = new(Start);
        await using AdminFixture fixture = await AdminFixture.StartAsync(clock);
        JsonElement made = await fixture.SendAsync(
            fixture.Operator, HttpMethod.Post, "/keys", $$"""{"organization":"acme","name":"n","expires_at":{{Start.ToUnixTimeSeconds() + 7_200}}}""", 201);
        string id = AdminFixture.Text(made, "id");
        using HttpClient first = fixture.Client(AdminFixture.Text(made, "key"));
        Assert.Equal(200, await ChatStatusAsync(first));
        Assert.False((await fixture.SendAsync(fixture.Operator, HttpMethod.Get, $"/keys/{id}", null, 200)).TryGetProperty("key", out _));

        JsonElement rotated = await fixture.SendAsync(fixture.Operator, HttpMethod.Post, $"/keys/{id}/rotate", """{"grace_seconds":3600}""", 200);
        using HttpClient second = fixture.Client(AdminFixture.Text(rotated, "key"));
        Assert.Equal(200, await ModelsStatusAsync(first));
        Assert.Equal(200, await ModelsStatusAsync(second));
        clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal((401, "Invalid Authentication: this key was replaced by a rotation and its grace period is over"), await ModelsAsync(first));
        Assert.Equal(200, await ModelsStatusAsync(second));

        clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal((401, "Invalid Authentication: this key has expired"), await ModelsAsync(second));
        await fixture.SendAsync(fixture.Operator, HttpMethod.Patch, $"/keys/{id}", """{"expires_at":null,"name":"m"}""", 200);
        Assert.Equal(200, await ModelsStatusAsync(second));
        await fixture.SendAsync(fixture.Operator, HttpMethod.Delete, $"/keys/{id}", null, 200);
        Assert.Equal((401, "Invalid Authentication: this key was revoked"), await ModelsAsync(second));
        await fixture.SendAsync(fixture.Operator, HttpMethod.Post, $"/keys/{id}/rotate", null, 409);
        await fixture.SendAsync(fixture.Operator, HttpMethod.Patch, $"/keys/{id}", """{"name":"x"}""", 409);
    }

    [Fact]
    public async Task Key_MadeUnderAnIdempotencyKey_IsTheSameOnARepeatAndNowhereReadable()
    {
        await using AdminFixture fixture = await AdminFixture.StartAsync();
        List<string> texts = [];
        for (int i = 0; i < 2; i++)
        {
            using HttpRequestMessage request = new(HttpMethod.Post, "/admin/v1/keys") { Content = new StringContent("""{"name":"once"}""") };
            request.Headers.Add("Idempotency-Key", "make-1");
            using HttpResponseMessage response = await fixture.Operator.SendAsync(request);
            Assert.Equal(201, (int)response.StatusCode);
            texts.Add(AdminFixture.Text(await TestServer.JsonAsync(response), "key"));
        }

        Assert.Equal(texts[0], texts[1]);
        foreach (string file in Directory.EnumerateFiles(fixture.Server.DataPath, "baltoro.db*"))
        {
            using FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            byte[] bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            Assert.DoesNotContain(texts[0][5..30], System.Text.Encoding.Latin1.GetString(bytes), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Key_WithModelsOnly_IsRefusedOthersAndSeesItsOwn()
    {
        await using AdminFixture fixture = await AdminFixture.StartAsync();
        using HttpClient client = await MakeAsync(fixture, "\"models\":[\"kimi-k2-5\"]");
        Assert.Equal(200, await ChatStatusAsync(client));
        using HttpResponseMessage refused = await client.PostAsync("/v1/chat/completions", new StringContent(TestServer.Body("kimi-k2.5")));
        JsonElement error = (await TestServer.JsonAsync(refused)).GetProperty("error");
        Assert.Equal((403, "model_not_allowed"), ((int)refused.StatusCode, AdminFixture.Text(error, "code")));
        (_, JsonElement list) = await AdminFixture.SendAsync(client, HttpMethod.Get, "/v1/models");
        Assert.Equal("kimi-k2-5", AdminFixture.Text(Assert.Single(list.GetProperty("data").EnumerateArray()), "id"));
        using HttpResponseMessage completion = await client.PostAsync(
            "/v1/completions", new StringContent("""{"model":"kimi-k2-5-thinking","prompt":"x"}"""));
        Assert.Equal(403, (int)completion.StatusCode);
        await fixture.SendAsync(fixture.Operator, HttpMethod.Post, "/keys", """{"models":["gpt-4o"]}""", 400);
    }

    [Theory]
    [InlineData("127.0.0.0/8", null, null, 200)]
    [InlineData("10.0.0.0/8", null, null, 403)]
    [InlineData("10.0.0.0/8", "10.1.2.3", null, 403)]
    [InlineData("10.0.0.0/8", "10.1.2.3", "127.0.0.1", 200)]
    [InlineData("10.0.0.0/8", "10.1.2.3, 192.0.2.1", "127.0.0.1", 403)]
    [InlineData("10.0.0.0/8", "192.0.2.1, 10.1.2.3", "127.0.0.1", 200)]
    [InlineData("10.0.0.0/8", "10.1.2.3, 192.0.2.7", "127.0.0.1,192.0.2.0/24", 200)]
    [InlineData("2001:db8::/32", "[2001:db8::7]:4711", "127.0.0.1", 200)]
    [InlineData("10.0.0.0/8", "10.1.2.3:80", "127.0.0.1", 200)]
    [InlineData("127.0.0.0/8", "nonsense", "127.0.0.1", 403)]
    [InlineData("127.0.0.0/8", "10.1.2.3, nonsense", "127.0.0.1", 403)]
    [InlineData("127.0.0.0/8", null, "127.0.0.1", 200)]
    public async Task Key_WithNetworks_CountsTheAddressThatCanBeBelieved(string network, string? forwarded, string? proxies, int status)
    {
        await using AdminFixture fixture = await AdminFixture.StartAsync(
            configure: options => proxies is null ? options : options with { TrustedProxies = NetworkList.TryParse(proxies.Split(','), out _)! });
        using HttpClient client = await MakeAsync(fixture, $"\"networks\":[\"{network}\"]");
        if (forwarded is not null)
        {
            client.DefaultRequestHeaders.TryAddWithoutValidation("X-Forwarded-For", forwarded);
        }

        (int found, JsonElement answer) = await AdminFixture.SendAsync(client, HttpMethod.Get, "/v1/models");
        Assert.Equal(status, found);
        if (status == 403)
        {
            Assert.Equal("Your IP is not allowed to access this organization", AdminFixture.Message(answer));
        }
    }

    [Fact]
    public async Task AdminKey_AsksModels_OnlyWithTheScope()
    {
        await using AdminFixture fixture = await AdminFixture.StartAsync();
        Assert.Equal(403, await ChatStatusAsync(fixture.Operator));
        using HttpClient scoped = await fixture.AdminAsync(Role.Operator, "local", KeyScopes.AdminRead | KeyScopes.Inference);
        Assert.NotEqual(403, await ChatStatusAsync(scoped));
        Assert.Equal(200, (await AdminFixture.SendAsync(scoped, HttpMethod.Get, "/keys")).Status);
        (int status, _) = await AdminFixture.SendAsync(scoped, HttpMethod.Get, "/v1/limits");
        Assert.Equal(403, status);
    }

    [Fact]
    public async Task Roles_AboveOnesOwn_CannotBeTaken()
    {
        await using AdminFixture fixture = await AdminFixture.StartAsync();
        using HttpClient admin = await fixture.AdminAsync(Role.Admin, "acme");
        JsonElement owner = await fixture.SendAsync(
            fixture.Operator, HttpMethod.Post, "/organizations/acme/members", """{"email":"o@example.com","role":"owner"}""", 201);
        string ownerId = AdminFixture.Text(owner, "id");
        JsonElement ownerKey = await fixture.SendAsync(
            fixture.Operator, HttpMethod.Post, "/keys", $$"""{"organization":"acme","kind":"admin","member":"{{ownerId}}"}""", 201);
        string ownerKeyId = AdminFixture.Text(ownerKey, "id");

        foreach ((HttpMethod method, string path, string? body) in ((HttpMethod, string, string?)[])
        [
            (HttpMethod.Post, "/keys", """{"kind":"admin","role":"owner"}"""),
            (HttpMethod.Post, "/keys", """{"kind":"admin","role":"operator"}"""),
            (HttpMethod.Post, "/keys", $$"""{"kind":"admin","member":"{{ownerId}}"}"""),
            (HttpMethod.Post, "/keys", """{"tier":"enterprise"}"""),
            (HttpMethod.Post, $"/keys/{ownerKeyId}/rotate", null),
            (HttpMethod.Patch, $"/keys/{ownerKeyId}", """{"name":"mine"}"""),
            (HttpMethod.Delete, $"/keys/{ownerKeyId}", null),
            (HttpMethod.Post, "/organizations/acme/members", """{"email":"x@example.com","role":"owner"}"""),
            (HttpMethod.Patch, $"/organizations/acme/members/{ownerId}", """{"role":"viewer"}"""),
            (HttpMethod.Delete, $"/organizations/acme/members/{ownerId}", null),
        ])
        {
            (int status, JsonElement answer) = await AdminFixture.SendAsync(admin, method, path, body);
            Assert.True(status == 403, $"{method} {path} {body}: {status} {answer}");
        }

        await fixture.SendAsync(fixture.Operator, HttpMethod.Delete, $"/organizations/acme/members/{ownerId}", null, 409);
        using HttpClient member = await fixture.AdminAsync(Role.Member, "acme");
        await fixture.SendAsync(member, HttpMethod.Post, "/keys", "{}", 403);
    }

    [Fact]
    public async Task Member_Removed_TakesItsKeysAlong()
    {
        await using AdminFixture fixture = await AdminFixture.StartAsync();
        JsonElement member = await fixture.SendAsync(
            fixture.Operator, HttpMethod.Post, "/organizations/acme/members", """{"email":"m@example.com"}""", 201);
        using HttpClient client = await MakeAsync(fixture, $"\"organization\":\"acme\",\"member\":\"{AdminFixture.Text(member, "id")}\"");
        Assert.Equal(200, await ModelsStatusAsync(client));
        await fixture.SendAsync(fixture.Operator, HttpMethod.Delete, $"/organizations/acme/members/{AdminFixture.Text(member, "id")}", null, 200);
        Assert.Equal(401, await ModelsStatusAsync(client));
    }

    [Fact]
    public async Task Project_WithLimits_HoldsOverAllItsKeysAndStopsWhenArchived()
    {
        await using AdminFixture fixture = await AdminFixture.StartAsync();
        JsonElement project = await fixture.SendAsync(
            fixture.Operator, HttpMethod.Post, "/organizations/local/projects", """{"name":"web"}""", 201);
        string id = AdminFixture.Text(project, "id");
        string path = $"/organizations/local/projects/{id}";
        await fixture.SendAsync(fixture.Operator, HttpMethod.Put, $"{path}/limits", """{"requests_per_minute":2}""", 200);
        using HttpClient first = await MakeAsync(fixture, $"\"tier\":\"enterprise\",\"project\":\"{id}\"");
        using HttpClient second = await MakeAsync(fixture, $"\"tier\":\"enterprise\",\"project\":\"{id}\"");
        using HttpClient outside = await MakeAsync(fixture, "\"tier\":\"enterprise\"");
        Assert.Equal(200, await ChatStatusAsync(first));
        Assert.Equal(200, await ChatStatusAsync(second));
        using HttpResponseMessage refused = await TestServer.ChatAsync(first);
        Assert.Equal(429, (int)refused.StatusCode);
        Assert.Contains("request reached project max RPM: 2", AdminFixture.Message(await TestServer.JsonAsync(refused)), StringComparison.Ordinal);
        Assert.Equal(200, await ChatStatusAsync(outside));

        (_, JsonElement limits) = await AdminFixture.SendAsync(first, HttpMethod.Get, "/v1/limits");
        Assert.Contains($"project/{id}", limits.ToString(), StringComparison.Ordinal);
        await fixture.SendAsync(fixture.Operator, HttpMethod.Patch, path, """{"archived":true}""", 200);
        Assert.Equal((403, "The project of this key is archived and takes no requests"), await ModelsAsync(first));
        await fixture.SendAsync(fixture.Operator, HttpMethod.Post, "/keys", $$"""{"project":"{{id}}"}""", 409);
        await fixture.SendAsync(fixture.Operator, HttpMethod.Patch, path, """{"archived":false}""", 200);
        Assert.Equal(200, await ModelsStatusAsync(first));
    }

    [Fact]
    public async Task Organization_WithLimits_HoldsOverKeysOfAllTiers()
    {
        await using AdminFixture fixture = await AdminFixture.StartAsync();
        await fixture.SendAsync(fixture.Operator, HttpMethod.Put, "/organizations/local/limits", """{"requests_per_minute":2}""", 200);
        using HttpClient free = await MakeAsync(fixture, "\"tier\":\"free\"");
        using HttpClient enterprise = await MakeAsync(fixture, "\"tier\":\"enterprise\"");
        Assert.Equal(200, await ChatStatusAsync(free));
        Assert.Equal(200, await ChatStatusAsync(enterprise));
        Assert.Equal(429, await ChatStatusAsync(enterprise));
        await fixture.SendAsync(fixture.Operator, HttpMethod.Put, "/organizations/local/limits", "{}", 200);
        Assert.Equal(200, await ChatStatusAsync(enterprise));
    }

    [Fact]
    public async Task LimitRequest_AskedAndApproved_HoldsAtOnceAndIsAudited()
    {
        await using AdminFixture fixture = await AdminFixture.StartAsync();
        using HttpClient client = await MakeAsync(fixture, "\"organization\":\"acme\"");
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(200, await ChatStatusAsync(client));
        }

        Assert.Equal(429, await ChatStatusAsync(client));
        JsonElement asked = await fixture.SendAsync(client, HttpMethod.Post, "/v1/limits/requests", """{"requests_per_minute":50,"reason":"launch"}""", 201);
        string id = AdminFixture.Text(asked, "id");
        Assert.Equal(429, await ChatStatusAsync(client));
        await fixture.SendAsync(fixture.Operator, HttpMethod.Post, $"/limits/requests/{id}/approve", null, 200);
        Assert.Equal(200, await ChatStatusAsync(client));
        await fixture.SendAsync(fixture.Operator, HttpMethod.Post, $"/limits/requests/{id}/deny", null, 409);
        (_, JsonElement seen) = await AdminFixture.SendAsync(client, HttpMethod.Get, "/v1/limits/requests");
        Assert.Equal("approved", AdminFixture.Text(Assert.Single(seen.GetProperty("data").EnumerateArray()), "state"));

        JsonElement audit = await fixture.SendAsync(fixture.Operator, HttpMethod.Get, "/audit?organization=acme", null, 200);
        string[] actions = [.. audit.GetProperty("data").EnumerateArray().Select(item => AdminFixture.Text(item, "action"))];
        Assert.Equal(
            ["key.created", "limits.approved", "limits.requested", "limits.set", "organization.created"], actions.Order());
        Assert.All(audit.GetProperty("data").EnumerateArray(), item => Assert.StartsWith("req_", AdminFixture.Text(item, "request_id"), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("viewer", 403)]
    [InlineData("member", 201)]
    public async Task LimitRequest_OfAMembersKey_FollowsTheMembersRole(string role, int status)
    {
        await using AdminFixture fixture = await AdminFixture.StartAsync();
        JsonElement member = await fixture.SendAsync(
            fixture.Operator, HttpMethod.Post, "/organizations/acme/members", $$"""{"email":"m@example.com","role":"{{role}}"}""", 201);
        string id = AdminFixture.Text(member, "id");
        using HttpClient client = await MakeAsync(fixture, $"\"organization\":\"acme\",\"member\":\"{id}\"");
        JsonElement answer = await fixture.SendAsync(client, HttpMethod.Post, "/v1/limits/requests", """{"concurrency":5}""", status);
        if (status == 201)
        {
            Assert.StartsWith($"{id} with ak-", AdminFixture.Text(answer, "requested_by"), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("{}", "ask for at least one")]
    [InlineData("""{"requests_per_minute":0}""", "requests per minute: found 0, allowed 1 or more")]
    [InlineData("""{"rpm":5}""", "rpm is not known here; allowed: ")]
    [InlineData("""{"budget_nano_usd":5000}""", "budget_nano_usd cannot be asked for")]
    [InlineData("""{"tokens_per_day":9223372036854775807}""", "tokens per day: found 9223372036854775807, allowed at most 1000000000000000")]
    [InlineData("""{"requests_per_minute":5,"tier":"enterprise"}""", "tier is not known here")]
    [InlineData("""{"requests_per_minute":"many"}""", "requests_per_minute must be an integer")]
    public async Task LimitRequest_ThatCannotBeMeant_IsRefused(string body, string part)
    {
        await using AdminFixture fixture = await AdminFixture.StartAsync();
        using HttpClient client = await MakeAsync(fixture, "\"organization\":\"acme\"");
        JsonElement answer = await fixture.SendAsync(client, HttpMethod.Post, "/v1/limits/requests", body, 400);
        Assert.Contains(part, AdminFixture.Message(answer), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Terms_CreditAndSuspension_AreEffectiveWithTheNextRequest()
    {
        await using AdminFixture fixture = await AdminFixture.StartAsync();
        using HttpClient client = await MakeAsync(fixture, "\"organization\":\"acme\",\"tier\":\"enterprise\"");
        Assert.Equal(429, await ChatStatusAsync(client));
        await fixture.SendAsync(fixture.Operator, HttpMethod.Patch, "/organizations/acme/terms", """{"credit_limit_nano_usd":1000000000}""", 200);
        Assert.Equal(200, await ChatStatusAsync(client));
        await fixture.SendAsync(fixture.Operator, HttpMethod.Patch, "/organizations/acme/terms", """{"suspended":true}""", 200);
        Assert.Equal(429, await ChatStatusAsync(client));
        JsonElement wrong = await fixture.SendAsync(fixture.Operator, HttpMethod.Patch, "/organizations/acme/terms", """{"tier":"gold"}""", 400);
        Assert.Equal("Invalid request: tier: found 'gold', allowed free, tier1, tier2, tier3, tier4, tier5, enterprise", AdminFixture.Message(wrong));
        await fixture.SendAsync(fixture.Operator, HttpMethod.Patch, "/organizations/acme/terms", """{"credit_limit_nano_usd":-1}""", 400);
    }

    [Fact]
    public async Task TopUp_Repeated_AddsOnceAndShowsInBalanceAndUse()
    {
        await using AdminFixture fixture = await AdminFixture.StartAsync();
        const string Body = """{"amount_nano_usd":20000000000,"idempotency_key":"k"}""";
        JsonElement first = await fixture.SendAsync(fixture.Operator, HttpMethod.Post, "/organizations/acme/topups", Body, 200);
        JsonElement again = await fixture.SendAsync(fixture.Operator, HttpMethod.Post, "/organizations/acme/topups", Body, 200);
        Assert.Equal((false, true), (first.GetProperty("replayed").GetBoolean(), again.GetProperty("replayed").GetBoolean()));
        await fixture.SendAsync(
            fixture.Operator, HttpMethod.Post, "/organizations/acme/topups", """{"amount_nano_usd":1,"idempotency_key":"k"}""", 409);
        JsonElement balance = await fixture.SendAsync(fixture.Operator, HttpMethod.Get, "/organizations/acme/balance", null, 200);
        Assert.Equal(20_000_000_000, balance.GetProperty("cash_nano_usd").GetInt64());
        Assert.Equal("tier2", AdminFixture.Text(balance, "tier"));
        using HttpClient client = await MakeAsync(fixture, "\"organization\":\"acme\"");
        Assert.Equal(200, await ChatStatusAsync(client));
        JsonElement usage = await fixture.SendAsync(fixture.Operator, HttpMethod.Get, "/organizations/acme/usage?group_by=key", null, 200);
        Assert.Equal(1, Assert.Single(usage.GetProperty("data").EnumerateArray()).GetProperty("requests").GetInt64());
        await fixture.SendAsync(fixture.Operator, HttpMethod.Get, "/organizations/acme/usage?group_by=colour", null, 400);
        await fixture.SendAsync(fixture.Operator, HttpMethod.Get, "/organizations/acme/usage?month=2026-13", null, 400);
    }

    [Fact]
    public async Task List_InPages_GivesEachOnceAndRefusesWhatIsNoPage()
    {
        await using AdminFixture fixture = await AdminFixture.StartAsync();
        for (int i = 0; i < 7; i++)
        {
            await fixture.SendAsync(fixture.Operator, HttpMethod.Post, "/organizations/acme/projects", $$"""{"name":"p{{i}}"}""", 201);
        }

        List<string> names = [];
        string after = "";
        JsonElement page;
        do
        {
            page = await fixture.SendAsync(fixture.Operator, HttpMethod.Get, $"/organizations/acme/projects?limit=3{after}", null, 200);
            names.AddRange(page.GetProperty("data").EnumerateArray().Select(project => AdminFixture.Text(project, "name")));
            after = $"&after={AdminFixture.Text(page, "last_id")}";
        }
        while (page.GetProperty("has_more").GetBoolean());

        Assert.Equal(["p0", "p1", "p2", "p3", "p4", "p5", "p6"], names.Order());
        foreach (string query in (string[])["limit=0", "limit=501", "limit=x", "after=pj-none"])
        {
            await fixture.SendAsync(fixture.Operator, HttpMethod.Get, $"/organizations/acme/projects?{query}", null, 400);
        }
    }

    [Theory]
    [InlineData("POST", "/organizations", """{"id":"Bad Id"}""", 400)]
    [InlineData("POST", "/organizations", """{"id":"acme"}""", 409)]
    [InlineData("POST", "/organizations", """{"id":"x","name":""}""", 400)]
    [InlineData("POST", "/organizations", """{"id":"x","colour":"red"}""", 400)]
    [InlineData("POST", "/organizations", "[]", 400)]
    [InlineData("POST", "/organizations", "", 400)]
    [InlineData("POST", "/organizations/none/projects", """{"name":"x"}""", 404)]
    [InlineData("POST", "/organizations/acme/members", """{"email":"nobody"}""", 400)]
    [InlineData("POST", "/organizations/acme/members", """{"email":"a@b.cd","role":"king"}""", 400)]
    [InlineData("POST", "/organizations/acme/members", """{"email":"a@b.cd","role":"operator"}""", 400)]
    [InlineData("POST", "/keys", """{"kind":"master"}""", 400)]
    [InlineData("POST", "/keys", """{"kind":"admin"}""", 400)]
    [InlineData("POST", "/keys", """{"scopes":["everything"]}""", 400)]
    [InlineData("POST", "/keys", """{"scopes":["admin.write"]}""", 400)]
    [InlineData("POST", "/keys", """{"networks":["10.0.0.1/8"]}""", 400)]
    [InlineData("POST", "/keys", """{"expires_at":1}""", 400)]
    [InlineData("POST", "/keys", """{"expires_at":9223372036854775807}""", 400)]
    [InlineData("POST", "/keys", """{"limits":{"requests_per_minute":-1}}""", 400)]
    [InlineData("POST", "/keys", """{"project":"pj-none"}""", 404)]
    [InlineData("POST", "/keys", """{"member":"mb-none"}""", 404)]
    [InlineData("PUT", "/organizations/acme/limits", "", 400)]
    [InlineData("PUT", "/organizations/acme/limits", """{"concurrency":3000000000}""", 400)]
    [InlineData("PUT", "/organizations/acme/limits", """{"budget_period":"year"}""", 400)]
    [InlineData("GET", "/nothing", null, 404)]
    [InlineData("PUT", "/keys", "{}", 405)]
    public async Task Request_ThatCannotBeMeant_IsRefusedInTheEnvelope(string method, string path, string? body, int status)
    {
        await using AdminFixture fixture = await AdminFixture.StartAsync();
        JsonElement answer = await fixture.SendAsync(fixture.Operator, new HttpMethod(method), path, body, status);
        Assert.NotEmpty(AdminFixture.Message(answer));
    }

    [Fact]
    public async Task Body_OverItsBound_IsRefused()
    {
        await using AdminFixture fixture = await AdminFixture.StartAsync();
        string body = $$"""{"id":"x","name":"{{new string('n', 70_000)}}"}""";
        await fixture.SendAsync(fixture.Operator, HttpMethod.Post, "/organizations", body, 413);
    }

    private static async Task<HttpClient> MakeAsync(AdminFixture fixture, string members) => fixture.Client(AdminFixture.Text(
        await fixture.SendAsync(fixture.Operator, HttpMethod.Post, "/keys", $"{{{members}}}", 201), "key"));

    private static async Task<int> ChatStatusAsync(HttpClient client)
    {
        using HttpResponseMessage response = await TestServer.ChatAsync(client);
        return (int)response.StatusCode;
    }

    private static async Task<int> ModelsStatusAsync(HttpClient client) => (await ModelsAsync(client)).Status;

    private static async Task<(int Status, string Message)> ModelsAsync(HttpClient client)
    {
        (int status, JsonElement answer) = await AdminFixture.SendAsync(client, HttpMethod.Get, "/v1/models");
        return (status, status == 200 ? "" : AdminFixture.Message(answer));
    }
}
