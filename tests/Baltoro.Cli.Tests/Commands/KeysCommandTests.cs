using System.Text.Json;

namespace Baltoro.Cli.Tests.Commands;

public class KeysCommandTests
{
    [Fact]
    public async Task Create_Json_HasExactlyTheDocumentedMembers()
    {
        using CliHarness cli = new();
        await cli.AddOrganizationAsync("acme");
        (int code, string output, string error) =
            await cli.RunAsync("", "keys", "create", "--name", "n", "--tier", "tier1", "--org", "acme", "--data", cli.Data, "--json");

        Assert.Equal((0, ""), (code, error));
        JsonElement key = Parse(output);
        Assert.Equal(["id", "key", "organization", "tier"], key.EnumerateObject().Select(member => member.Name));
        Assert.StartsWith("sk-", key.GetProperty("key").GetString(), StringComparison.Ordinal);
        Assert.Equal(("acme", "tier1"), (key.GetProperty("organization").GetString(), key.GetProperty("tier").GetString()));
    }

    [Fact]
    public async Task RotateRevokeList_Json_FollowTheKey()
    {
        using CliHarness cli = new();
        JsonElement created = Parse((await cli.RunAsync("", "keys", "create", "--json")).Output);
        string id = created.GetProperty("id").GetString() ?? "";
        JsonElement rotated = Parse((await cli.RunAsync("", "keys", "rotate", id, "--json")).Output);
        Assert.Equal(id, rotated.GetProperty("id").GetString());
        Assert.NotEqual(created.GetProperty("key").GetString(), rotated.GetProperty("key").GetString());
        Assert.Equal(0, (await cli.RunAsync("", "keys", "revoke", id)).ExitCode);
        JsonElement listed = Parse((await cli.RunAsync("", "keys", "list", "--json")).Output);
        Assert.Equal(1, listed.GetArrayLength());
        Assert.False(listed[0].GetProperty("active").GetBoolean());
        Assert.Equal(1, (await cli.RunAsync("", "keys", "rotate", id)).ExitCode);
    }

    [Fact]
    public async Task Create_FirstKeyOfAnOrganization_MakesItAndSaysSo()
    {
        using CliHarness cli = new();
        (int code, string output, string error) = await cli.RunAsync("", "keys", "create", "--org", "acme", "--tier", "tier1", "--json");
        Assert.Equal((0, "acme"), (code, Parse(output).GetProperty("organization").GetString()));
        Assert.Contains("made the organization 'acme'", error, StringComparison.Ordinal);
        (code, _, error) = await cli.RunAsync("", "keys", "create", "--org", "acme", "--json");
        Assert.Equal(0, code);
        Assert.DoesNotContain("made", error, StringComparison.Ordinal);
        Assert.Equal(0, (await cli.RunAsync("", "topup", "--org", "acme", "--amount", "5")).ExitCode);
    }

    [Fact]
    public async Task List_Table_ShowsHintsNotKeys()
    {
        using CliHarness cli = new();
        string key = Parse((await cli.RunAsync("", "keys", "create", "--name", "[bold]x", "--json")).Output).GetProperty("key").GetString() ?? "";
        (int code, string output, _) = await cli.RunAsync("", "keys", "list");
        Assert.Equal(0, code);
        Assert.Contains("[bold]x", output, StringComparison.Ordinal);
        string id = Parse((await cli.RunAsync("", "keys", "list", "--json")).Output)[0].GetProperty("id").GetString() ?? "";
        string line = Assert.Single(output.Split('\n'), line => line.Contains(id, StringComparison.Ordinal));
        Assert.Contains("free", line, StringComparison.Ordinal);
        Assert.Contains(key[^4..], output, StringComparison.Ordinal);
        Assert.DoesNotContain(key[..20], output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, "tier must be one of free, tier1", "keys", "create", "--tier", "gold")]
    [InlineData(2, "organization must have 1 to 64", "keys", "create", "--org", "Bad Org")]
    [InlineData(1, "there is no organization 'nowhere'", "keys", "create", "--admin", "--role", "owner", "--org", "nowhere")]
    [InlineData(1, "there is no organization 'nowhere'", "keys", "list", "--org", "nowhere")]
    [InlineData(1, "there is no project 'pj-x' in the organization 'local'", "keys", "create", "--project", "pj-x")]
    [InlineData(1, "there is no member 'mb-x' in the organization 'local'", "keys", "create", "--member", "mb-x")]
    [InlineData(2, "--model must be one of kimi-k2-5, ", "keys", "create", "--model", "gpt-4o")]
    [InlineData(2, "--role is needed for an admin key of an organization: viewer, member", "keys", "create", "--admin", "--org", "local")]
    [InlineData(1, "no key has the id 'ak-x'", "keys", "revoke", "ak-x")]
    [InlineData(1, "no key has the id 'ak-x'", "keys", "rotate", "ak-x")]
    public async Task Keys_BadRequest_IsOneLineAndItsExitCode(int exitCode, string part, params string[] args)
    {
        using CliHarness cli = new();
        await cli.RunAsync("", "keys", "create");
        (int code, string output, string error) = await cli.RunAsync("", args);
        Assert.Equal((exitCode, ""), (code, output));
        Assert.Contains(part, error, StringComparison.Ordinal);
        Assert.Equal(1, Parse((await cli.RunAsync("", "keys", "list", "--json")).Output).GetArrayLength());
    }

    [Fact]
    public async Task List_Table_ShowsKindRoleProjectAndExpiry()
    {
        using CliHarness cli = new();
        await cli.RunAsync("", "keys", "create", "--admin", "--name", "ops");
        string project = Parse((await cli.RunAsync("", "projects", "create", "--org", "local", "--name", "web", "--json")).Output).GetProperty("id").GetString() ?? "";
        await cli.RunAsync("", "keys", "create", "--name", "shop", "--project", project, "--expires-days", "3");
        string[] lines = (await cli.RunAsync("", "keys", "list")).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        string[] heads = Cells(lines[0]);
        string day = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(["id", "key", "name", "organization", "kind", "role", "project", "tier", "created", "expires", "state"], heads);
        Assert.Equal(["ops", "local", "admin", "operator", "-", "-", day, "-", "active"], Cells(lines[1])[2..]);
        string end = TimeProvider.System.GetUtcNow().AddDays(3).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(["shop", "local", "api", "-", project, "free", day, end, "active"], Cells(lines[2])[2..]);
        Assert.DoesNotContain(lines, line => line.Contains('\u001b', StringComparison.Ordinal));

        static string[] Cells(string line) => line.Split("  ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }

    [Fact]
    public async Task Create_SaysWhereTheKeyIsAndThatTheFolderIsNew()
    {
        using CliHarness cli = new();
        (_, string output, string error) = await cli.RunAsync("", "keys", "create");
        Assert.EndsWith($"\ndata directory {cli.Data}", output.TrimEnd(), StringComparison.Ordinal);
        Assert.StartsWith($"baltoro: made a new data directory, {cli.Data}; a server that uses another one does not know", error, StringComparison.Ordinal);
        (_, output, error) = await cli.RunAsync("", "keys", "create", "--json");
        Assert.Equal("", error);
        Assert.Equal(4, Parse(output).EnumerateObject().Count());
    }

    [Fact]
    public async Task List_OfAnOrganization_ShowsItsKeysOnly()
    {
        using CliHarness cli = new();
        await cli.AddOrganizationAsync("acme");
        await cli.RunAsync("", "keys", "create");
        await cli.RunAsync("", "keys", "create", "--org", "acme", "--admin", "--role", "viewer");
        JsonElement listed = Parse((await cli.RunAsync("", "keys", "list", "--org", "acme", "--json")).Output);
        Assert.Equal("acme", Assert.Single(listed.EnumerateArray()).GetProperty("organization").GetString());
    }

    [Theory]
    [InlineData("keys", "list")]
    [InlineData("keys", "revoke", "ak-x")]
    [InlineData("balance", "--org", "local")]
    [InlineData("usage")]
    [InlineData("ledger", "verify")]
    public async Task Command_OnAFolderThatIsNotThere_SaysSoAndLeavesNothing(params string[] args)
    {
        using CliHarness cli = new();
        string typo = Path.Combine(cli.Folder, "typo");
        (int code, string output, string error) = await cli.RunAsync("", [.. args, "--data", typo]);
        Assert.Equal((5, ""), (code, output));
        Assert.Equal($"baltoro: data directory {typo}: not found; name the one the server uses with --data", error.Trim());
        Assert.False(Directory.Exists(typo));

        Directory.CreateDirectory(typo);
        (code, _, error) = await cli.RunAsync("", [.. args, "--data", typo]);
        Assert.Equal(5, code);
        Assert.Contains("expected the database baltoro.db in it, found none", error, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(typo));
    }

    private static JsonElement Parse(string text)
    {
        using JsonDocument document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }
}
