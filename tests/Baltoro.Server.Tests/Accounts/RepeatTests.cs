using System.Net;
using System.Text;
using System.Text.Json;
using Baltoro.Platform.Audit;
using Baltoro.Platform.Idempotency;
using Baltoro.Platform.Identity;
using Baltoro.Server.Tests.Admin;
using Baltoro.Server.Tests.Harness;
using Microsoft.Extensions.Time.Testing;

namespace Baltoro.Server.Tests.Accounts;

/// <summary>Repeats under an <c>Idempotency-Key</c>: only for who might still ask afresh, and at once when the answer is there.</summary>
public sealed class RepeatTests
{
    /// <summary>Long enough for an answer that is sent too early to arrive.</summary>
    private static readonly TimeSpan Early = TimeSpan.FromMilliseconds(400);

    [Theory]
    [InlineData("/v1/chat/completions", """{"scopes":["account"]}""", "scope_missing")]
    [InlineData("/v1/chat/completions", """{"models":["kimi-k2.5"]}""", "model_not_allowed")]
    [InlineData("/v1/chat/completions", """{"networks":["10.0.0.0/8"]}""", "ip_not_allowed")]
    [InlineData("/v1/completions", """{"scopes":["account"]}""", "scope_missing")]
    [InlineData("/v1/completions", """{"models":["kimi-k2.5"]}""", "model_not_allowed")]
    public async Task Repeat_OfAKeyThatMayNoLonger_IsRefusedLikeAFreshRequest(string path, string change, string code)
    {
        await using AdminFixture fixture = await AdminFixture.StartAsync();
        (ApiKey key, HttpClient client) = await fixture.Server.IssueAsync("enterprise");
        const string Body = """{"model":"kimi-k2-5","prompt":"x","messages":[{"role":"user","content":"x"}]}""";
        using HttpResponseMessage first = await SendAsync(client, path, "k1", Body);
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);

        await fixture.SendAsync(fixture.Operator, HttpMethod.Patch, $"/keys/{key.Id}", change, 200);
        using HttpResponseMessage repeat = await SendAsync(client, path, "k1", Body);
        using HttpResponseMessage fresh = await SendAsync(client, path, "k2", Body);

        Assert.Equal(HttpStatusCode.Forbidden, repeat.StatusCode);
        Assert.False(repeat.Headers.Contains("idempotency-replayed"));
        Assert.Equal(code, AdminFixture.Text((await TestServer.JsonAsync(repeat)).GetProperty("error"), "code"));
        Assert.Equal(await fresh.Content.ReadAsStringAsync(), await repeat.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("/admin/v1/keys", """{"name":"n"}""", Role.Viewer)]
    [InlineData("/admin/v1/keys", """{"kind":"admin","role":"owner"}""", Role.Admin)]
    [InlineData("/admin/v1/organizations/acme/members", """{"email":"x@example.com","role":"owner"}""", Role.Admin)]
    [InlineData("/admin/v1/organizations/acme/projects", """{"name":"p"}""", Role.Member)]
    [InlineData("/v1/limits/requests", """{"requests_per_minute":9}""", Role.Viewer)]
    public async Task Repeat_OfADemotedMember_IsRefused(string path, string body, Role after)
    {
        await using AdminFixture fixture = await AdminFixture.StartAsync();
        await fixture.SendAsync(
            fixture.Operator, HttpMethod.Post, "/organizations/acme/members", """{"email":"stays@example.com","role":"owner"}""", 201);
        string memberId = AdminFixture.Text(
            await fixture.SendAsync(
                fixture.Operator, HttpMethod.Post, "/organizations/acme/members", """{"email":"m@example.com","role":"admin"}""", 201),
            "id");
        Member member = await fixture.Server.Store.Platform.Identities.FindMemberAsync("acme", memberId, default)
            ?? throw new InvalidOperationException("no member");
        await PromoteAsync(fixture, member, Role.Owner);
        using HttpClient client = await fixture.AdminAsync(Role.None, "acme", member: memberId);
        using HttpResponseMessage first = await SendAsync(client, path, "k1", body);
        Assert.Equal(HttpStatusCode.Created, first.StatusCode);
        using HttpResponseMessage same = await SendAsync(client, path, "k1", body);
        Assert.Equal((HttpStatusCode.Created, true), (same.StatusCode, same.Headers.Contains("idempotency-replayed")));
        Assert.Equal(await first.Content.ReadAsStringAsync(), await same.Content.ReadAsStringAsync());
        int events = (await fixture.Server.Store.Platform.Audit.ListAsync("acme", 100, default)).Count;

        await PromoteAsync(fixture, member with { Version = member.Version + 1 }, after);
        using HttpResponseMessage repeat = await SendAsync(client, path, "k1", body);

        Assert.Equal(HttpStatusCode.Forbidden, repeat.StatusCode);
        Assert.Equal("permission_denied", AdminFixture.Text((await TestServer.JsonAsync(repeat)).GetProperty("error"), "code"));
        Assert.Equal(events + 1, (await fixture.Server.Store.Platform.Audit.ListAsync("acme", 100, default)).Count);
    }

    [Fact]
    public async Task Repeat_OfARotation_IsTheSameSecretOnce()
    {
        await using AdminFixture fixture = await AdminFixture.StartAsync();
        (ApiKey key, _) = await fixture.Server.IssueAsync("free");
        using HttpResponseMessage first = await SendAsync(fixture.Operator, $"/admin/v1/keys/{key.Id}/rotate", "k1", "{}");
        using HttpResponseMessage second = await SendAsync(fixture.Operator, $"/admin/v1/keys/{key.Id}/rotate", "k1", "{}");
        Assert.Equal(await first.Content.ReadAsStringAsync(), await second.Content.ReadAsStringAsync());
        using HttpClient rotated = fixture.Client(AdminFixture.Text(await TestServer.JsonAsync(second), "key"));
        Assert.Equal(200, (await AdminFixture.SendAsync(rotated, HttpMethod.Get, "/v1/models")).Status);
    }

    [Fact]
    public async Task Answer_UnderAKey_IsKeptBeforeItIsSent()
    {
        HeldResponses store = new();
        await using TestServer server = await StartAsync(store);
        Task<HttpResponseMessage> sending = SendAsync(server.Client, "/v1/chat/completions", "k1", TestServer.Body());
        await store.Completing;
        Assert.NotSame(sending, await Task.WhenAny(sending, Task.Delay(Early)));
        store.Allow();
        using HttpResponseMessage answer = await sending;
        Assert.Equal("chat.completion", AdminFixture.Text(await TestServer.JsonAsync(answer), "object"));
    }

    [Fact]
    public async Task Stream_UnderAKey_IsKeptBeforeItsEndIsSent()
    {
        HeldResponses store = new();
        await using TestServer server = await StartAsync(store);
        using HttpResponseMessage answer = await SendAsync(
            server.Client, "/v1/chat/completions", "k1", TestServer.Body(more: "\"stream\":true"), HttpCompletionOption.ResponseHeadersRead);
        using StreamReader reader = new(await answer.Content.ReadAsStreamAsync());
        Task<string?> end = DoneAsync(reader);
        await store.Completing;
        Assert.NotSame(end, await Task.WhenAny(end, Task.Delay(Early)));
        store.Allow();
        Assert.Equal("data: [DONE]", await end);
    }

    [Fact]
    public async Task Answer_WhoseStoreHangs_IsSentAllTheSame()
    {
        FakeTimeProvider clock = new(DateTimeOffset.FromUnixTimeSeconds(1_790_000_000));
        HeldResponses store = new();
        await using TestServer server = await StartAsync(store, clock);
        Task<HttpResponseMessage> sending = SendAsync(server.Client, "/v1/chat/completions", "k1", TestServer.Body());
        await store.Completing;
        while (!sending.IsCompleted)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(10);
        }

        using HttpResponseMessage answer = await sending;
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        store.Allow();
    }

    private static async Task<string?> DoneAsync(StreamReader reader)
    {
        string? line;
        do
        {
            line = await reader.ReadLineAsync();
        }
        while (line is not (null or "data: [DONE]"));
        return line;
    }

    private static async Task<TestServer> StartAsync(HeldResponses store, TimeProvider? clock = null)
    {
        TestServer server = new()
        {
            IsMetered = true,
            Clock = clock ?? TimeProvider.System,
            Responses = new KeptResponses(store, new KeyPepper(new byte[32]), TimeProvider.System),
        };
        await server.InitializeAsync();
        return server;
    }

    private static async Task PromoteAsync(AdminFixture fixture, Member before, Role role)
    {
        DirectoryService directory = new(fixture.Server.Store.Platform.Identities, TimeProvider.System);
        Assert.NotNull((await directory.UpdateMemberAsync(before, null, role, Actor.CommandLine, default)).Value);
    }

    private static Task<HttpResponseMessage> SendAsync(
        HttpClient client, string path, string key, string body, HttpCompletionOption until = HttpCompletionOption.ResponseContentRead)
    {
        HttpRequestMessage request = new(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Add("Idempotency-Key", key);
        return client.SendAsync(request, until);
    }
}
