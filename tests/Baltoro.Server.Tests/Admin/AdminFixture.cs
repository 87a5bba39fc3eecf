using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Baltoro.Platform.Identity;
using Baltoro.Server.Hosting;
using Baltoro.Server.Tests.Harness;

namespace Baltoro.Server.Tests.Admin;

/// <summary>A metered server with two organizations, and admin keys of every role.</summary>
internal sealed class AdminFixture : IAsyncDisposable
{
    private AdminFixture(TestServer server) => Server = server;

    public TestServer Server { get; }

    public HttpClient Operator { get; private set; } = new();

    public static async Task<AdminFixture> StartAsync(TimeProvider? clock = null, Func<ServerOptions, ServerOptions>? configure = null)
    {
        AdminFixture fixture = new(await TestServer.StartMeteredAsync(clock, configure));
        fixture.Operator = await fixture.AdminAsync(Role.Operator, Organization.LocalId);
        foreach (string organization in (string[])["acme", "beta"])
        {
            await fixture.SendAsync(fixture.Operator, HttpMethod.Post, "/organizations", $$"""{"id":"{{organization}}"}""", 201);
        }

        return fixture;
    }

    /// <summary>A client with an admin key of a role, or of a member where one is given.</summary>
    public async Task<HttpClient> AdminAsync(Role role, string organization, KeyScopes? scopes = null, string member = "")
    {
        KeyRequest request = new()
        {
            Kind = KeyKind.Admin, Role = member.Length > 0 ? Role.None : role, MemberId = member, OrganizationId = organization, Scopes = scopes,
        };
        KeyResult issued = await Server.Keys.CreateAsync(request, default);
        return Client(issued.Issued?.Text ?? throw new InvalidOperationException(issued.Message));
    }

    public HttpClient Client(string key)
    {
        HttpClient client = new() { BaseAddress = Server.BaseUri };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    /// <summary>Sends a request behind <c>/admin/v1</c>, or to a path under <c>/v1</c>.</summary>
    public static async Task<(int Status, JsonElement Body)> SendAsync(HttpClient client, HttpMethod method, string path, string? body = null)
    {
        using HttpRequestMessage request = new(method, path.StartsWith("/v1", StringComparison.Ordinal) ? path : $"/admin/v1{path}");
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        using HttpResponseMessage response = await client.SendAsync(request);
        return ((int)response.StatusCode, await TestServer.JsonAsync(response));
    }

    /// <summary>Sends a request and expects a status.</summary>
    public async Task<JsonElement> SendAsync(HttpClient client, HttpMethod method, string path, string? body, int status)
    {
        (int found, JsonElement answer) = await SendAsync(client, method, path, body);
        Assert.True(found == status, $"{method} {path}: expected {status}, found {found} {answer}");
        return answer;
    }

    /// <summary>Text of a member.</summary>
    public static string Text(JsonElement element, string name) => element.GetProperty(name).GetString() ?? "";

    /// <summary>Message of an error.</summary>
    public static string Message(JsonElement answer) => Text(answer.GetProperty("error"), "message");

    public async ValueTask DisposeAsync()
    {
        Operator.Dispose();
        await Server.DisposeAsync();
    }
}
