using System.Text.Json;

namespace Baltoro.Cli.Tests.Commands;

/// <summary>Verbs through the admin API of a running server.</summary>
public sealed class AdminCommandsTests
{
    [Fact]
    public async Task Verbs_WithUrl_WorkThroughTheAdminApi()
    {
        using CliHarness cli = new();
        using CancellationTokenSource stop = new();
        (Task<int> running, System.Threading.Channels.ChannelReader<string> lines) = cli.Serve(stop.Token);
        string url = await ReadyAsync(lines);
        string key = Text(await JsonAsync(cli, "keys", "create", "--admin", "--data", cli.Data, "--json"), "key");
        Assert.StartsWith("sk-admin-", key, StringComparison.Ordinal);
        string[] remote = ["--url", url, "--admin-key", key, "--json"];

        JsonElement made = await JsonAsync(cli, ["keys", "create", "--name", "n", "--rpm", "7", "--model", "kimi-k2-5", "--network", "127.0.0.0/8", .. remote]);
        Assert.Equal(["id", "key", "organization", "tier"], made.EnumerateObject().Select(member => member.Name));
        string id = Text(made, "id");
        JsonElement listed = await JsonAsync(cli, ["keys", "list", .. remote]);
        Assert.Equal(
            ["id", "hint", "name", "organization", "tier", "created_at", "active"],
            listed[listed.GetArrayLength() - 1].EnumerateObject().Select(member => member.Name));
        Assert.Equal(7, (await JsonAsync(cli, ["limits", "show", "--key", id, .. remote])).GetProperty("limits").GetProperty("requests_per_minute").GetInt32());
        Assert.NotEqual(Text(made, "key"), Text(await JsonAsync(cli, ["keys", "rotate", id, "--grace-seconds", "5", .. remote]), "key"));
        Assert.True((await JsonAsync(cli, ["keys", "revoke", id, .. remote])).GetProperty("revoked").GetBoolean());

        await JsonAsync(cli, ["orgs", "create", "acme", "--name", "Acme", .. remote]);
        Assert.Equal(2, (await JsonAsync(cli, ["orgs", "list", .. remote])).GetArrayLength());
        string project = Text(await JsonAsync(cli, ["projects", "create", "--org", "acme", "--name", "web", .. remote]), "id");
        await JsonAsync(cli, ["limits", "set", "--org", "acme", "--project", project, "--rpm", "3", "--budget-usd", "1.5", .. remote]);
        JsonElement limits = await JsonAsync(cli, ["limits", "show", "--org", "acme", "--project", project, .. remote]);
        Assert.Equal(1_500_000_000, limits.GetProperty("limits").GetProperty("budget_nano_usd").GetInt64());
        Assert.True((await JsonAsync(cli, ["projects", "archive", project, "--org", "acme", .. remote])).TryGetProperty("archived_at", out _));
        string member = Text(await JsonAsync(cli, ["members", "add", "--org", "acme", "--email", "a@example.com", "--role", "viewer", .. remote]), "id");
        Assert.Equal("admin", Text(await JsonAsync(cli, ["members", "role", member, "--org", "acme", "--role", "admin", .. remote]), "role"));
        await JsonAsync(cli, ["members", "remove", member, "--org", "acme", .. remote]);
        Assert.Equal(0, (await JsonAsync(cli, ["members", "list", "--org", "acme", .. remote])).GetArrayLength());

        JsonElement audit = await JsonAsync(cli, ["audit", "--org", "acme", .. remote]);
        Assert.Equal("member.removed", Text(audit[0], "action"));
        (int code, string output, _) = await cli.RunAsync("", [.. (string[])["audit", "--org", "acme"], .. remote[..^1]]);
        Assert.Equal(0, code);
        Assert.Contains("organization.created", output, StringComparison.Ordinal);
        await stop.CancelAsync();
        Assert.Equal(0, await running);
    }

    [Fact]
    public async Task LimitRequest_ApprovedOnTheCommandLine_IsApproved()
    {
        using CliHarness cli = new();
        using CancellationTokenSource stop = new();
        (Task<int> running, System.Threading.Channels.ChannelReader<string> lines) = cli.Serve(stop.Token);
        string url = await ReadyAsync(lines);
        string admin = Text(await JsonAsync(cli, "keys", "create", "--admin", "--json"), "key");
        await cli.AddOrganizationAsync("acme");
        string own = Text(await JsonAsync(cli, "keys", "create", "--org", "acme", "--json"), "key");
        using HttpClient client = new() { BaseAddress = new Uri(url) };
        client.DefaultRequestHeaders.Authorization = new System.Net.Http.Headers.AuthenticationHeaderValue("Bearer", own);
        using HttpResponseMessage asked = await client.PostAsync("/v1/limits/requests", new StringContent("""{"requests_per_minute":9}"""));
        Assert.Equal(201, (int)asked.StatusCode);
        string[] remote = ["--url", url, "--admin-key", admin, "--json"];
        string id = Text((await JsonAsync(cli, ["limits", "requests", .. remote]))[0], "id");
        Assert.Equal("approved", Text(await JsonAsync(cli, ["limits", "approve", id, .. remote]), "state"));
        (int code, _, string error) = await cli.RunAsync("", ["limits", "deny", id, .. remote]);
        Assert.Equal(1, code);
        Assert.Contains($"answered 409: The request '{id}' is approved already", error, StringComparison.Ordinal);
        await stop.CancelAsync();
        Assert.Equal(0, await running);
    }

    [Fact]
    public async Task Verbs_WithoutAServer_WorkOnTheStore()
    {
        using CliHarness cli = new();
        Assert.Equal("acme", Text(await JsonAsync(cli, "orgs", "create", "acme", "--name", "Acme", "--json"), "id"));
        string key = Text(await JsonAsync(cli, "keys", "create", "--org", "acme", "--json"), "id");
        Assert.Equal("Acme", Text(Assert.Single((await JsonAsync(cli, "orgs", "list", "--json")).EnumerateArray()), "name"));
        string project = Text(await JsonAsync(cli, "projects", "create", "--org", "acme", "--name", "web", "--json"), "id");
        Assert.True((await JsonAsync(cli, "projects", "archive", project, "--org", "acme", "--json")).TryGetProperty("archived_at", out _));
        Assert.Equal(project, Text((await JsonAsync(cli, "projects", "list", "--org", "acme", "--json"))[0], "id"));
        string member = Text(await JsonAsync(cli, "members", "add", "--org", "acme", "--email", "a@example.com", "--role", "viewer", "--json"), "id");
        Assert.Equal("owner", Text(await JsonAsync(cli, "members", "role", member, "--org", "acme", "--role", "owner", "--json"), "role"));
        (int lastOwner, _, string kept) = await cli.RunAsync("", "members", "remove", member, "--org", "acme");
        Assert.Equal(1, lastOwner);
        Assert.Contains("last owner", kept, StringComparison.Ordinal);
        foreach (string[] scope in (string[][])[["--org", "acme"], ["--org", "acme", "--project", project], ["--key", key]])
        {
            await JsonAsync(cli, ["limits", "set", .. scope, "--rpm", "3", "--json"]);
            JsonElement limits = (await JsonAsync(cli, ["limits", "show", .. scope, "--json"])).GetProperty("limits");
            Assert.Equal("""{"requests_per_minute":3}""", limits.ToString());
        }

        Assert.Equal(0, (await JsonAsync(cli, "limits", "requests", "--org", "acme", "--json")).GetArrayLength());
        JsonElement[] audit = [.. (await JsonAsync(cli, "audit", "--org", "acme", "--json")).EnumerateArray()];
        Assert.Equal(
            ["key.created", "limits.set", "limits.set", "limits.set", "member.changed", "member.created", "organization.created", "project.changed", "project.created"],
            audit.Select(change => Text(change, "action")).Order());
        Assert.All(audit, change => Assert.Equal("command line", Text(change, "actor")));
    }

    [Fact]
    public async Task LimitRequest_DecidedOnTheStore_IsDecided()
    {
        using CliHarness cli = new();
        using CancellationTokenSource stop = new();
        (Task<int> running, System.Threading.Channels.ChannelReader<string> lines) = cli.Serve(stop.Token);
        string url = await ReadyAsync(lines);
        using HttpClient client = new() { BaseAddress = new Uri(url) };
        string own = Text(await JsonAsync(cli, "keys", "create", "--json"), "key");
        client.DefaultRequestHeaders.Authorization = new System.Net.Http.Headers.AuthenticationHeaderValue("Bearer", own);
        using HttpResponseMessage asked = await client.PostAsync("/v1/limits/requests", new StringContent("""{"requests_per_minute":9}"""));
        string id = Text((await JsonAsync(cli, "limits", "requests", "--json"))[0], "id");
        Assert.Equal("denied", Text(await JsonAsync(cli, "limits", "deny", id, "--json"), "state"));
        (int code, _, string error) = await cli.RunAsync("", "limits", "approve", id);
        Assert.Equal(1, code);
        Assert.Contains($"The request '{id}' is denied already", error, StringComparison.Ordinal);
        await stop.CancelAsync();
        Assert.Equal(0, await running);
    }

    [Fact]
    public async Task LimitsSet_KeepsWhatIsNotNamedAndPrintsWhatHolds()
    {
        using CliHarness cli = new();
        string key = Text(await JsonAsync(cli, "keys", "create", "--tpm", "9000", "--budget-usd", "5", "--json"), "id");
        (int code, string output, string error) = await cli.RunAsync("", "limits", "set", "--key", key, "--rpm", "4", "--budget-period", "month");
        Assert.True(code == 0, error);
        Assert.Contains($"set for key {key} of local: 4 requests per minute, 9000 tokens per minute, $5.000000000 per month", output, StringComparison.Ordinal);
        (_, output, _) = await cli.RunAsync("", "limits", "set", "--key", key, "--tpm", "none", "--tpd", "7");
        Assert.Contains(": 4 requests per minute, 7 tokens per day, $5.000000000 per month\n", output, StringComparison.Ordinal);
        (_, output, _) = await cli.RunAsync("", "limits", "set", "--key", key, "--clear", "rpm", "budget", "--concurrency", "2");
        Assert.Contains(": 2 at once, 7 tokens per day\n", output, StringComparison.Ordinal);
        JsonElement shown = await JsonAsync(cli, "limits", "show", "--key", key, "--json");
        Assert.Equal("""{"concurrency":2,"tokens_per_day":7}""", shown.GetProperty("limits").ToString());
        (_, output, _) = await cli.RunAsync("", "limits", "set", "--key", key, "--clear", "all");
        Assert.Contains(" of local: none\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LimitRequests_ShowWhatIsAsked_AndApprovalWarnsOfWhatBindsLower()
    {
        using CliHarness cli = new();
        using CancellationTokenSource stop = new();
        (Task<int> running, System.Threading.Channels.ChannelReader<string> lines) = cli.Serve(stop.Token);
        string url = await ReadyAsync(lines);
        string own = Text(await JsonAsync(cli, "keys", "create", "--json"), "key");
        cli.Variables["BALTORO_ADMIN_KEY"] = Text(await JsonAsync(cli, "keys", "create", "--admin", "--json"), "key");
        cli.Variables["BALTORO_URL"] = url;
        await cli.RunAsync("", "limits", "set", "--org", "local", "--rpm", "5");
        using HttpClient client = new() { BaseAddress = new Uri(url) };
        client.DefaultRequestHeaders.Authorization = new System.Net.Http.Headers.AuthenticationHeaderValue("Bearer", own);
        using HttpResponseMessage asked = await client.PostAsync("/v1/limits/requests", new StringContent("""{"requests_per_minute":9,"tokens_per_day":70}"""));
        string id = Text((await JsonAsync(cli, "limits", "requests", "--json"))[0], "id");
        (_, string table, _) = await cli.RunAsync("", "limits", "requests");
        Assert.Contains("9 requests per minute, 70 tokens per day", table, StringComparison.Ordinal);
        (int code, string output, string error) = await cli.RunAsync("", "limits", "approve", id);
        Assert.True(code == 0, error);
        Assert.StartsWith("approved for local: 9 requests per minute, 70 tokens per day\nset for organization local: 5 requests per minute\n", output, StringComparison.Ordinal);
        Assert.Contains("approved in place of its tier's: 9 requests per minute, 70 tokens per day\n", output, StringComparison.Ordinal);
        Assert.Contains("still bind lower: 5 requests per minute (approved 9)", error, StringComparison.Ordinal);
        await stop.CancelAsync();
        Assert.Equal(0, await running);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task OrganizationTerms_TierSuspendResume_AreSet(bool remote)
    {
        using CliHarness cli = new();
        using CancellationTokenSource stop = new();
        (Task<int> running, System.Threading.Channels.ChannelReader<string> lines) = cli.Serve(stop.Token);
        string url = await ReadyAsync(lines);
        await cli.AddOrganizationAsync("acme");
        if (remote)
        {
            cli.Variables["BALTORO_ADMIN_KEY"] = Text(await JsonAsync(cli, "keys", "create", "--admin", "--json"), "key");
            cli.Variables["BALTORO_URL"] = url;
        }

        Assert.StartsWith("acme: active, tier tier3, ", (await cli.RunAsync("", "orgs", "tier", "acme", "--tier", "tier3")).Output, StringComparison.Ordinal);
        Assert.True((await JsonAsync(cli, "orgs", "suspend", "acme", "--json")).GetProperty("suspended").GetBoolean());
        Assert.StartsWith("acme: active, tier tier3, ", (await cli.RunAsync("", "orgs", "resume", "acme")).Output, StringComparison.Ordinal);
        Assert.StartsWith("acme: active, tier of its keys, ", (await cli.RunAsync("", "orgs", "tier", "acme", "--tier", "earned")).Output, StringComparison.Ordinal);
        (int code, _, string error) = await cli.RunAsync("", "orgs", "tier", "acme", "--tier", "gold");
        Assert.NotEqual(0, code);
        Assert.Contains("tier: found 'gold', allowed free, tier1", error, StringComparison.Ordinal);
        Assert.DoesNotContain("(Parameter", error, StringComparison.Ordinal);
        await stop.CancelAsync();
        Assert.Equal(0, await running);
    }

    [Fact]
    public async Task UrlVariable_IsTheDefaultUnlessADirectoryIsNamed()
    {
        using CliHarness cli = new();
        cli.Variables["BALTORO_URL"] = "http://127.0.0.1:1";
        (int code, _, string error) = await cli.RunAsync("", "orgs", "list");
        Assert.Equal(2, code);
        Assert.Contains("an admin key is needed: set BALTORO_ADMIN_KEY", error, StringComparison.Ordinal);
        Assert.Contains("--data DIR works on a data directory", error, StringComparison.Ordinal);
        Assert.Equal(0, (await cli.RunAsync("", "keys", "create", "--admin", "--data", cli.Data)).ExitCode);
        cli.Variables["BALTORO_ADMIN_KEY"] = "sk-admin-x";
        (code, _, error) = await cli.RunAsync("", "projects", "list", "--org", "local");
        Assert.Equal(1, code);
        Assert.Contains("http://127.0.0.1:1/ cannot be reached", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Audit_Table_IsPlainAndInWords()
    {
        using CliHarness cli = new();
        await cli.RunAsync("", "topup", "--org", "local", "--amount", "1");
        (_, string output, _) = await cli.RunAsync("", "audit");
        Assert.Contains("ledger.top-up", output, StringComparison.Ordinal);
        Assert.DoesNotContain('│', output);
        Assert.DoesNotContain('{', output);
        Assert.All(output.Split('\n'), line => Assert.InRange(line.Length, 0, 200));
        Assert.Equal("ledger.TopUp", Text((await JsonAsync(cli, "audit", "--json"))[0], "action"));
    }

    [Theory]
    [InlineData(2, "name a limit to set: --concurrency, --rpm, --tpm", "limits", "set", "--org", "local")]
    [InlineData(2, "--rpm must be a whole number from 1 to 1000000000000000, or 'none', found '0'", "limits", "set", "--org", "local", "--rpm", "0")]
    [InlineData(2, "--clear must be one of concurrency, rpm, tpm, tpd, budget, all, found 'x'", "limits", "set", "--org", "local", "--clear", "x")]
    [InlineData(2, "--budget-period must be lifetime, month or day, found 'week'", "limits", "set", "--org", "local", "--budget-period", "week")]
    [InlineData(2, "--budget-period needs a budget", "limits", "set", "--org", "local", "--budget-period", "month")]
    [InlineData(2, "an admin key is needed: set BALTORO_ADMIN_KEY", "keys", "list", "--url", "http://127.0.0.1:1")]
    [InlineData(1, "cannot be reached", "keys", "list", "--url", "http://127.0.0.1:1", "--admin-key", "x")]
    [InlineData(2, "--url must be an address such as http://127.0.0.1:8080", "audit", "--url", "nowhere", "--admin-key", "x")]
    [InlineData(2, "name --key, or --org, or --org and --project", "limits", "show", "--admin-key", "x")]
    [InlineData(1, "there is no organization 'nowhere'", "projects", "list", "--org", "nowhere")]
    [InlineData(1, "there is no organization 'nowhere'", "members", "add", "--org", "nowhere", "--email", "a@example.com", "--role", "viewer")]
    [InlineData(1, "there is no organization 'nowhere'", "limits", "show", "--org", "nowhere")]
    [InlineData(1, "there is no organization 'nowhere'", "limits", "requests", "--org", "nowhere")]
    [InlineData(1, "there is no organization 'nowhere'", "audit", "--org", "nowhere")]
    [InlineData(1, "There is no project 'pj-x'", "projects", "archive", "pj-x", "--org", "local")]
    [InlineData(1, "There is no member 'mb-x'", "members", "remove", "mb-x", "--org", "local")]
    [InlineData(1, "There is no limit request 'lr-x'", "limits", "approve", "lr-x")]
    [InlineData(1, "no key has the id 'ak-x'", "limits", "show", "--key", "ak-x")]
    [InlineData(1, "There is already an organization of this id", "orgs", "create", "local", "--name", "x")]
    [InlineData(2, "--role must be one of viewer", "members", "add", "--org", "local", "--email", "a@example.com", "--role", "king")]
    [InlineData(2, "organization must have 1 to 64 of the characters", "orgs", "create", "A B", "--name", "x")]
    [InlineData(2, "--role must be operator, viewer", "keys", "create", "--admin", "--role", "king")]
    [InlineData(2, "--network: found '10.0.0.1/8'", "keys", "create", "--network", "10.0.0.1/8")]
    [InlineData(2, "--scope must be one of inference", "keys", "create", "--scope", "all")]
    [InlineData(2, "--expires-days must be from 1 to 36500", "keys", "create", "--expires-days", "0")]
    [InlineData(2, "--grace-seconds must be from 0 to 2592000", "keys", "rotate", "ak-x", "--grace-seconds", "-1")]
    public async Task Verb_ThatCannotBeMeant_IsOneLine(int exitCode, string part, params string[] args)
    {
        using CliHarness cli = new();
        await cli.RunAsync("", "keys", "create");
        (int code, string output, string error) = await cli.RunAsync("", args);
        Assert.Equal((exitCode, ""), (code, output));
        Assert.Contains(part, error, StringComparison.Ordinal);
        Assert.Single(error.Trim().Split('\n'));
    }

    private static async Task<string> ReadyAsync(System.Threading.Channels.ChannelReader<string> lines)
    {
        await foreach (string line in lines.ReadAllAsync())
        {
            if (line.StartsWith("ready ", StringComparison.Ordinal))
            {
                return line["ready ".Length..];
            }
        }

        throw new InvalidOperationException("the server ended");
    }

    private static async Task<JsonElement> JsonAsync(CliHarness cli, params string[] args)
    {
        (int code, string output, string error) = await cli.RunAsync("", args);
        Assert.True(code == 0, $"{string.Join(' ', args)}: {code} {error}");
        using JsonDocument document = JsonDocument.Parse(output);
        return document.RootElement.Clone();
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString() ?? "";
}
