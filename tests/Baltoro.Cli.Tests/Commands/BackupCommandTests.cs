using System.Text.Json;

namespace Baltoro.Cli.Tests.Commands;

public sealed class BackupCommandTests : IDisposable
{
    private readonly CliHarness _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task Restore_IntoAnotherFolder_HasKeyAndMoney()
    {
        string file = Path.Combine(_cli.Folder, "b.zip");
        string there = Path.Combine(_cli.Folder, "there");
        await _cli.AddOrganizationAsync("acme");
        (_, string issued, _) = await _cli.RunAsync("", "keys", "create", "--org", "acme", "--json");
        await _cli.RunAsync("", "topup", "--org", "acme", "--amount", "12.5");
        (int code, string output, string error) = await _cli.RunAsync("", "backup", file, "--json");
        Assert.True(code == 0, error);
        using JsonDocument summary = JsonDocument.Parse(output);
        Assert.True(summary.RootElement.GetProperty("rows").GetInt64() > 5);
        (code, output, error) = await _cli.RunAsync("", "restore", file, "--data", there);
        Assert.True(code == 0, error);
        Assert.Contains("ledgers replayed, sound", output, StringComparison.Ordinal);
        (_, string balance, _) = await _cli.RunAsync("", "balance", "--org", "acme", "--data", there);
        Assert.Contains("available $12.500000000", balance, StringComparison.Ordinal);
        using JsonDocument key = JsonDocument.Parse(issued);
        (_, string list, _) = await _cli.RunAsync("", "keys", "list", "--data", there);
        Assert.Contains(key.RootElement.GetProperty("id").GetString() ?? "none", list, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Restore_OverAStore_IsRefusedWithoutForceAndKeepsTheOldOne()
    {
        string file = Path.Combine(_cli.Folder, "b.zip");
        await _cli.AddOrganizationAsync("acme");
        await _cli.RunAsync("", "topup", "--org", "acme", "--amount", "1");
        await _cli.RunAsync("", "backup", file);
        await _cli.RunAsync("", "topup", "--org", "acme", "--amount", "2");
        (int code, _, string error) = await _cli.RunAsync("", "restore", file);
        Assert.Equal(5, code);
        Assert.Contains("--force", error, StringComparison.Ordinal);
        (code, string output, error) = await _cli.RunAsync("", "restore", file, "--force");
        Assert.True(code == 0, error);
        Assert.Contains("baltoro.db.before-", output, StringComparison.Ordinal);
        (_, string balance, _) = await _cli.RunAsync("", "balance", "--org", "acme");
        Assert.Contains("available $1.000000000", balance, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Restore_OfNoBackup_IsOneLine()
    {
        string file = Path.Combine(_cli.Folder, "b.zip");
        await File.WriteAllTextAsync(file, "not a backup");
        (int code, _, string error) = await _cli.RunAsync("", "restore", file);
        Assert.Equal(5, code);
        Assert.Single(error.Trim().Split('\n'));
        Assert.Contains(file, error, StringComparison.Ordinal);
    }
}
