using System.Text.Json;
using Baltoro.Platform.Identity;
using Baltoro.Server.Tests.Harness;

namespace Baltoro.Server.Tests.Admin;

/// <summary>Every route of the admin API against every role, every scope, and another organization's key.</summary>
public sealed class AuthorizationMatrixTests : IAsyncLifetime
{
    private const string Money = """{"amount_nano_usd":1,"idempotency_key":"m"}""";
    private const string Limits = """{"requests_per_minute":5}""";

    /// <summary>Each documented route, the least role it takes, and a body that is right for it.</summary>
    private static readonly (string Method, string Path, Role Least, string? Body)[] Routes =
    [
        ("GET", "/organizations", Role.Viewer, null),
        ("POST", "/organizations", Role.Operator, """{"id":"new-one"}"""),
        ("GET", "/organizations/{organization}", Role.Viewer, null),
        ("PATCH", "/organizations/{organization}", Role.Owner, """{"name":"Acme"}"""),
        ("GET", "/organizations/{organization}/projects", Role.Viewer, null),
        ("POST", "/organizations/{organization}/projects", Role.Admin, """{"name":"p"}"""),
        ("GET", "/organizations/{organization}/projects/{project}", Role.Viewer, null),
        ("PATCH", "/organizations/{organization}/projects/{project}", Role.Admin, """{"name":"q"}"""),
        ("GET", "/organizations/{organization}/projects/{project}/limits", Role.Viewer, null),
        ("PUT", "/organizations/{organization}/projects/{project}/limits", Role.Admin, Limits),
        ("GET", "/organizations/{organization}/members", Role.Viewer, null),
        ("POST", "/organizations/{organization}/members", Role.Admin, """{"email":"new@example.com","role":"viewer"}"""),
        ("GET", "/organizations/{organization}/members/{member}", Role.Viewer, null),
        ("PATCH", "/organizations/{organization}/members/{member}", Role.Admin, """{"name":"n"}"""),
        ("DELETE", "/organizations/{organization}/members/{member}", Role.Admin, null),
        ("GET", "/organizations/{organization}/limits", Role.Viewer, null),
        ("PUT", "/organizations/{organization}/limits", Role.Operator, Limits),
        ("GET", "/organizations/{organization}/terms", Role.Viewer, null),
        ("PATCH", "/organizations/{organization}/terms", Role.Operator, """{"suspended":false}"""),
        ("GET", "/organizations/{organization}/balance", Role.Viewer, null),
        ("POST", "/organizations/{organization}/topups", Role.Operator, """{"amount_nano_usd":1,"idempotency_key":"k"}"""),
        ("GET", "/organizations/{organization}/usage", Role.Viewer, null),
        ("GET", "/keys", Role.Viewer, null),
        ("POST", "/keys", Role.Member, """{"name":"k"}"""),
        ("GET", "/keys/{key}", Role.Viewer, null),
        ("PATCH", "/keys/{key}", Role.Member, """{"name":"l"}"""),
        ("POST", "/keys/{key}/rotate", Role.Member, "{}"),
        ("GET", "/keys/{key}/limits", Role.Viewer, null),
        ("PUT", "/keys/{key}/limits", Role.Member, Limits),
        ("DELETE", "/keys/{key}", Role.Member, null),
        ("GET", "/limits/requests", Role.Viewer, null),
        ("POST", "/limits/requests", Role.Member, Limits),
        ("POST", "/limits/requests/{request}/approve", Role.Operator, null),
        ("POST", "/limits/requests/{request}/deny", Role.Operator, null),
        ("GET", "/tiers", Role.Viewer, null),
        ("GET", "/audit", Role.Admin, null),
        ("POST", "/organizations/{organization}/credits", Role.Operator, Money),
        ("POST", "/organizations/{organization}/refunds", Role.Operator, Money),
        ("POST", "/organizations/{organization}/vouchers/redeem", Role.Operator, """{"code":"none"}"""),
        ("POST", "/organizations/{organization}/reratings", Role.Operator, """{"month":"2026-01","price_book":"standard"}"""),
        ("GET", "/organizations/{organization}/invoices/{month}", Role.Viewer, null),
        ("POST", "/vouchers", Role.Operator, """{"amount_nano_usd":1}"""),
    ];

    /// <summary>Routes that need more than a right and a body to succeed, such as money that may be paid back.</summary>
    private static readonly string[] Conditional = ["/credits", "/refunds", "/redeem", "/reratings", "/vouchers"];

    private AdminFixture _fixture = null!; // set before any test runs

    public async ValueTask InitializeAsync() => _fixture = await AdminFixture.StartAsync();

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task Document_AndThisTable_NameTheSameRoutes()
    {
        using HttpClient anybody = new() { BaseAddress = _fixture.Server.BaseUri };
        using HttpResponseMessage response = await anybody.GetAsync("/admin/v1/openapi.json");
        JsonElement document = await TestServer.JsonAsync(response);
        Assert.StartsWith("3.1", AdminFixture.Text(document, "openapi"), StringComparison.Ordinal);
        IEnumerable<string> documented = document.GetProperty("paths").EnumerateObject()
            .Where(path => path.Name.StartsWith("/admin/v1/", StringComparison.Ordinal))
            .SelectMany(path => path.Value.EnumerateObject().Select(verb => $"{verb.Name.ToUpperInvariant()} {path.Name}"));
        Assert.Equal(Routes.Select(route => $"{route.Method} /admin/v1{route.Path}").Order(), documented.Order());
        Assert.True(document.GetProperty("paths").TryGetProperty("/v1/limits/requests", out _));
        JsonElement key = document.GetProperty("components").GetProperty("schemas").GetProperty("KeyBody").GetProperty("properties");
        Assert.True(key.TryGetProperty("expires_at", out _));
    }

    [Theory]
    [InlineData(Role.Viewer)]
    [InlineData(Role.Member)]
    [InlineData(Role.Admin)]
    [InlineData(Role.Owner)]
    [InlineData(Role.Operator)]
    public async Task EveryRoute_PerRole_AllowsFromItsLeastRoleOn(Role role)
    {
        foreach ((string method, string path, Role least, string? body) in Routes)
        {
            // Fresh things per route; the key acts for a member, so that a member may manage it.
            JsonElement member = await AddMemberAsync("acme", role == Role.Operator ? Role.Owner : role);
            string memberId = AdminFixture.Text(member, "id");
            using HttpClient client = role == Role.Operator
                ? await _fixture.AdminAsync(role, "local")
                : await _fixture.AdminAsync(role, "acme", member: memberId);
            string filled = await FillAsync(path, "acme", memberId);
            (int status, JsonElement answer) = await AdminFixture.SendAsync(client, new HttpMethod(method), filled, body);
            bool isAllowed = role >= least;
            Assert.True(
                isAllowed
                    ? status is 200 or 201 || (Conditional.Any(path.EndsWith) && status is 400 or 404 or 409)
                    : status == 403,
                $"{role} {method} {path}: {(isAllowed ? "allowed" : "refused")}, but found {status} {answer}");
            if (!isAllowed)
            {
                Assert.Equal("permission_denied", AdminFixture.Text(answer.GetProperty("error"), "code"));
            }
        }
    }

    [Fact]
    public async Task EveryRoute_OfAnotherOrganization_AnswersLikeWhatIsNotThere()
    {
        using HttpClient stranger = await _fixture.AdminAsync(Role.Owner, "beta");
        foreach ((string method, string path, _, string? body) in Routes.Where(route => route.Path.Contains('{', StringComparison.Ordinal)))
        {
            string memberId = AdminFixture.Text(await AddMemberAsync("acme", Role.Viewer), "id");
            string real = await FillAsync(path, "acme", memberId);
            string none = path.Replace("{organization}", "nowhere").Replace("{project}", "pj-x").Replace("{member}", "mb-x")
                .Replace("{key}", "ak-x").Replace("{request}", "lr-x").Replace("{month}", "2026-01");
            (int status, JsonElement answer) = await AdminFixture.SendAsync(stranger, new HttpMethod(method), real, body);
            (int emptyStatus, JsonElement empty) = await AdminFixture.SendAsync(stranger, new HttpMethod(method), none, body);
            Assert.True(status is 404 or 403, $"{method} {real}: {status} {answer}");
            Assert.Equal(emptyStatus, status);
            Assert.Equal(Skeleton(empty), Skeleton(answer));
        }
    }

    [Fact]
    public async Task EveryRoute_WithoutTheScope_IsRefused()
    {
        using HttpClient nobody = new() { BaseAddress = _fixture.Server.BaseUri };
        (_, HttpClient api) = await _fixture.Server.IssueAsync("enterprise");
        using HttpClient reader = await _fixture.AdminAsync(Role.Operator, "local", KeyScopes.AdminRead);
        using HttpClient writer = await _fixture.AdminAsync(Role.Operator, "local", KeyScopes.AdminWrite);
        foreach ((string method, string path, _, string? body) in Routes)
        {
            HttpMethod verb = new(method);
            string filled = path.Replace("{organization}", "acme").Replace("{", "").Replace("}", "");
            Assert.Equal(401, (await AdminFixture.SendAsync(nobody, verb, filled, body)).Status);
            (int status, JsonElement answer) = await AdminFixture.SendAsync(api, verb, filled, body);
            Assert.Equal((403, "scope_missing"), (status, AdminFixture.Text(answer.GetProperty("error"), "code")));
            (status, answer) = await AdminFixture.SendAsync(method == "GET" ? writer : reader, verb, filled, body);
            Assert.Equal((403, "scope_missing"), (status, AdminFixture.Text(answer.GetProperty("error"), "code")));
        }
    }

    [Fact]
    public async Task Lists_OfAnotherOrganization_ShowOnlyOnesOwn()
    {
        await AddMemberAsync("acme", Role.Owner);
        await FillAsync("{key}", "acme", "");
        using HttpClient stranger = await _fixture.AdminAsync(Role.Owner, "beta");
        foreach (string path in (string[])["/keys", "/audit", "/limits/requests", "/organizations"])
        {
            JsonElement page = await _fixture.SendAsync(stranger, HttpMethod.Get, path, null, 200);
            Assert.DoesNotContain("acme", page.ToString(), StringComparison.Ordinal);
            if (path != "/organizations")
            {
                await _fixture.SendAsync(stranger, HttpMethod.Get, $"{path}?organization=acme", null, 404);
            }
        }

        await _fixture.SendAsync(stranger, HttpMethod.Post, "/keys", """{"organization":"acme"}""", 404);
    }

    private async Task<JsonElement> AddMemberAsync(string organization, Role role) => await _fixture.SendAsync(
        _fixture.Operator, HttpMethod.Post, $"/organizations/{organization}/members",
        $$"""{"email":"{{Guid.NewGuid():N}}@example.com","role":"{{RoleNames.Of(role)}}"}""", 201);

    /// <summary>The path with things that are there. The member to be changed is a viewer of its own, the key acts for the given member.</summary>
    private async Task<string> FillAsync(string path, string organization, string memberId)
    {
        string root = $"/organizations/{organization}";
        path = path.Replace("{organization}", organization).Replace("{month}", "2026-01");
        if (path.Contains("{project}", StringComparison.Ordinal))
        {
            JsonElement project = await _fixture.SendAsync(_fixture.Operator, HttpMethod.Post, $"{root}/projects", """{"name":"p"}""", 201);
            path = path.Replace("{project}", AdminFixture.Text(project, "id"));
        }

        if (path.Contains("{member}", StringComparison.Ordinal))
        {
            path = path.Replace("{member}", AdminFixture.Text(await AddMemberAsync(organization, Role.Viewer), "id"));
        }

        if (path.Contains("{key}", StringComparison.Ordinal))
        {
            string member = memberId.Length == 0 ? "" : $$""","member":"{{memberId}}" """;
            JsonElement key = await _fixture.SendAsync(
                _fixture.Operator, HttpMethod.Post, "/keys", $$"""{"organization":"{{organization}}"{{member}}}""", 201);
            path = path.Replace("{key}", AdminFixture.Text(key, "id"));
        }

        if (path.Contains("{request}", StringComparison.Ordinal))
        {
            using HttpClient owner = await _fixture.AdminAsync(Role.Owner, organization);
            JsonElement request = await _fixture.SendAsync(owner, HttpMethod.Post, "/limits/requests", Limits, 201);
            path = path.Replace("{request}", AdminFixture.Text(request, "id"));
        }

        return path;
    }

    /// <summary>An error without what stands in quotes.</summary>
    private static string Skeleton(JsonElement answer) =>
        System.Text.RegularExpressions.Regex.Replace(answer.ToString(), "'[^']*'", "'…'");
}
