using System.Net;
using System.Text.Json;
using Baltoro.Platform.Identity;
using Baltoro.Platform.Ledger;
using Baltoro.Platform.Limits;
using Baltoro.Server.Tests.Harness;
using Microsoft.Extensions.Time.Testing;

namespace Baltoro.Server.Tests.Accounts;

/// <summary>Limits over real HTTP: exact texts and headers, no overshoot under load, keys that do not disturb each other.</summary>
public sealed class LimitTests
{
    [Fact]
    public async Task FreeKey_FourthRequestInAMinute_IsRefusedAsThePlatformDoes()
    {
        FakeTimeProvider clock = new(DateTimeOffset.FromUnixTimeSeconds(1_790_000_000));
        await using TestServer server = await TestServer.StartMeteredAsync(clock);
        (ApiKey key, HttpClient client) = await server.IssueAsync("free");
        for (int i = 0; i < 3; i++)
        {
            using HttpResponseMessage answer = await TestServer.ChatAsync(client);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal("3", Header(answer, "x-ratelimit-limit-requests"));
            Assert.Equal($"{2 - i}", Header(answer, "x-ratelimit-remaining-requests"));
            Assert.Equal("500000", Header(answer, "x-ratelimit-limit-tokens"));
        }

        using HttpResponseMessage refused = await TestServer.ChatAsync(client);
        JsonElement error = (await TestServer.JsonAsync(refused)).GetProperty("error");
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Equal(
            $"Your account local<{key.Id}> request reached organization max RPM: 3, please try again after 60 seconds",
            error.GetProperty("message").GetString());
        Assert.Equal("rate_limit_reached_error", error.GetProperty("type").GetString());
        Assert.Equal("60", Header(refused, "Retry-After"));
        Assert.Equal("0", Header(refused, "X-RateLimit-Remaining"));
        Assert.False(refused.Headers.Contains("x-should-retry"));

        using HttpResponseMessage other = await server.PostAsync(TestServer.Body());
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
        Assert.False(other.Headers.Contains("x-ratelimit-limit-requests"));
        clock.Advance(TimeSpan.FromSeconds(60));
        using HttpResponseMessage later = await TestServer.ChatAsync(client);
        Assert.Equal(HttpStatusCode.OK, later.StatusCode);
    }

    [Fact]
    public async Task FreeKey_OneAnswerAfterTheOther_NeverMeetsItsOwnConcurrency()
    {
        await using TestServer server = await TestServer.StartMeteredAsync();
        (_, HttpClient client) = await server.IssueAsync("free");
        foreach (string more in (string[])["", "\"stream\":true", ""])
        {
            using HttpResponseMessage answer = await TestServer.ChatAsync(client, more);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
    }

    [Fact]
    public async Task FreeKey_SecondRequestBesideARunningOne_IsRefusedForConcurrency()
    {
        await using TestServer server = await TestServer.StartMeteredAsync();
        (ApiKey key, HttpClient client) = await server.IssueAsync("free");
        TaskCompletionSource gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
        server.Backend.PlayUntilCancelled(step => step < 1 ? Task.CompletedTask : gate.Task);
        using (HttpResponseMessage running = await TestServer.ChatAsync(client, "\"stream\":true", readWhole: false))
        {
            using HttpResponseMessage refused = await TestServer.ChatAsync(client);
            string? message = (await TestServer.JsonAsync(refused)).GetProperty("error").GetProperty("message").GetString();
            Assert.StartsWith(
                $"Your account local<{key.Id}> request reached organization max concurrency: 1, please try again after ", message, StringComparison.Ordinal);
        }

        gate.SetResult();
    }

    [Fact]
    public async Task TwoHundredParallelRequests_OnFivePerMinute_FivePass()
    {
        await using TestServer server = await TestServer.StartMeteredAsync();
        (ApiKey key, HttpClient client) = await server.IssueAsync("enterprise");
        await server.Accounts.Accounts.SetLimitsAsync(
            "local", ScopeName.OfKey(key.Id), new LimitSet { RequestsPerMinute = 5 }, "test", default);

        HttpResponseMessage[] answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => TestServer.ChatAsync(client)));

        Assert.Equal(5, answers.Count(answer => answer.StatusCode == HttpStatusCode.OK));
        Assert.Equal(195, answers.Count(answer => answer.StatusCode == HttpStatusCode.TooManyRequests));
        Assert.Equal(5, server.Backend.Requests.Count);
        using HttpResponseMessage other = await server.PostAsync(TestServer.Body());
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
    }

    [Fact]
    public async Task KeyWithABudget_WhenItIsUsedUp_IsToldNotToRetry()
    {
        await using TestServer server = await TestServer.StartMeteredAsync();
        (ApiKey key, HttpClient client) = await server.IssueAsync("enterprise");
        await server.Accounts.Accounts.SetLimitsAsync(
            "local", ScopeName.OfKey(key.Id), new LimitSet { Budget = new Money(25_200) }, "test", default);

        using HttpResponseMessage first = await TestServer.ChatAsync(client, "\"max_tokens\":2");
        using HttpResponseMessage second = await TestServer.ChatAsync(client, "\"max_tokens\":2");

        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.Equal(HttpStatusCode.TooManyRequests, second.StatusCode);
        Assert.Equal("false", Header(second, "x-should-retry"));
        Assert.False(second.Headers.Contains("Retry-After"));
        JsonElement error = (await TestServer.JsonAsync(second)).GetProperty("error");
        Assert.Equal("exceeded_current_quota_error", error.GetProperty("type").GetString());
        Assert.Equal(
            $"You exceeded your current token quota: the budget of key {key.Id} is $0.000025200 in all, of which $0.000025200 is taken, "
                + "and this request may cost $0.000025200; please ask for a higher one",
            error.GetProperty("message").GetString());
    }

    [Fact]
    public async Task Limits_OfAFreeKey_ShowLiveUse()
    {
        await using TestServer server = await TestServer.StartMeteredAsync();
        (ApiKey key, HttpClient client) = await server.IssueAsync("free");
        using HttpResponseMessage chat = await TestServer.ChatAsync(client);
        using HttpResponseMessage answer = await client.GetAsync(new Uri("/v1/limits", UriKind.Relative));
        JsonElement limits = await TestServer.JsonAsync(answer);

        Assert.Equal(key.Id, limits.GetProperty("key").GetString());
        Dictionary<string, (long Limit, long Used)> uses = limits.GetProperty("limits").EnumerateArray().ToDictionary(
            use => use.GetProperty("counts").GetString()!, use => (use.GetProperty("limit").GetInt64(), use.GetProperty("used").GetInt64()));
        Assert.Equal((3, 1), uses["requests_per_minute"]);
        Assert.Equal((1, 0), uses["concurrency"]);
        Assert.Equal((500_000, 14), uses["tokens_per_minute"]);
        Assert.Equal((1_500_000, 14), uses["tokens_per_day"]);
    }

    private static string? Header(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out IEnumerable<string>? values) ? values.First() : null;
}
