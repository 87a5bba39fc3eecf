using System.Net.Http.Headers;
using System.Text.Json;
using Baltoro.Platform.Identity;
using Baltoro.Server.Tests.Harness;

namespace Baltoro.Server.Tests.Gate;

public class AuthenticationTests(TestServer server) : IClassFixture<TestServer>
{
    [Theory]
    [InlineData(null)]
    [InlineData("Basic abc")]
    [InlineData("Bearer")]
    [InlineData("Bearer ")]
    [InlineData("Bearer your-kimi-api-key")]
    [InlineData("Bearer sk-0000000000000000000000000000000000000000000000000")]
    public async Task Request_WithoutAValidKey_Is401BeforeAnythingElse(string? header)
    {
        foreach ((HttpMethod method, string path) in ((HttpMethod, string)[])
            [(HttpMethod.Post, "/v1/chat/completions"), (HttpMethod.Get, "/v1/models"), (HttpMethod.Get, "/v1/models/kimi-k2-5"), (HttpMethod.Get, "/v1/models/none")])
        {
            using HttpClient client = new() { BaseAddress = server.BaseUri };
            using HttpRequestMessage request = new(method, path);
            if (header is not null)
            {
                request.Headers.TryAddWithoutValidation("Authorization", header);
            }

            using HttpResponseMessage response = await client.SendAsync(request);

            Assert.Equal(401, (int)response.StatusCode);
            JsonElement error = (await TestServer.JsonAsync(response)).GetProperty("error");
            Assert.Equal("invalid_authentication_error", error.GetProperty("type").GetString());
            Assert.StartsWith("Invalid Authentication", error.GetProperty("message").GetString(), StringComparison.Ordinal);
            Assert.Equal("Bearer", response.Headers.WwwAuthenticate.Single().Scheme);
            Assert.NotEmpty(response.Headers.GetValues("x-request-id").Single());
        }
    }

    [Fact]
    public async Task Key_RotatedAndRevoked_IsRefusedAtOnce()
    {
        KeyResult created = await server.Keys.CreateAsync(new KeyRequest { Tier = "tier1" }, default);
        string first = created.Issued!.Text;
        Assert.Equal(200, await ListStatusAsync(first));
        KeyResult rotated = await server.Keys.RotateAsync(created.Issued.Key.Id, default);
        string second = rotated.Issued!.Text;

        Assert.Equal(401, await ListStatusAsync(first));
        Assert.Equal(200, await ListStatusAsync(second));
        Assert.Equal(KeyProblem.None, await server.Keys.RevokeAsync(created.Issued.Key.Id, default));
        Assert.Equal(401, await ListStatusAsync(second));
        Assert.Equal(200, await ListStatusAsync(server.Key));
    }

    [Fact]
    public async Task Key_LowerCaseScheme_IsAccepted()
    {
        using HttpClient client = new() { BaseAddress = server.BaseUri };
        client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", $"bearer {server.Key}");
        Assert.Equal(200, (int)(await client.GetAsync("/v1/models")).StatusCode);
    }

    private async Task<int> ListStatusAsync(string key)
    {
        using HttpClient client = new() { BaseAddress = server.BaseUri };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        using HttpResponseMessage response = await client.GetAsync("/v1/models");
        return (int)response.StatusCode;
    }
}
