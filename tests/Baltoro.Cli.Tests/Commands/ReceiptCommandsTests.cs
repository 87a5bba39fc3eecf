using System.Globalization;
using System.Net;
using System.Text;
using System.Threading.Channels;
using Microsoft.Data.Sqlite;

namespace Baltoro.Cli.Tests.Commands;

/// <summary>Every way to tamper with a data directory, and what <c>ledger verify</c> says to it.</summary>
public sealed class ReceiptCommandsTests
{
    private const string NoTriggers =
        "DROP TRIGGER ledger_entry_no_update; DROP TRIGGER ledger_entry_no_delete; DROP TRIGGER receipt_no_update; DROP TRIGGER receipt_no_delete; "
        + "DROP TRIGGER receipt_root_no_update; DROP TRIGGER receipt_root_no_delete; ";

    [Theory]
    [InlineData("entry", "UPDATE ledger_entry SET detail = 'x' WHERE sequence = 3")]
    [InlineData("entry", "DELETE FROM ledger_entry WHERE sequence = 2")]
    [InlineData("entry", "DELETE FROM ledger_entry WHERE sequence = (SELECT MAX(sequence) FROM ledger_entry)")]
    [InlineData("balances", "UPDATE ledger_account SET debits_posted = debits_posted + 1 WHERE kind = 0")]
    [InlineData("receipt local/1", "UPDATE receipt SET content = replace(content, 'charged_nano_usd=', 'charged_nano_usd=1') WHERE sequence = 1")]
    [InlineData("receipt local/1", "DELETE FROM receipt WHERE sequence = 1")]
    [InlineData("receipt local/2", "DELETE FROM receipt WHERE sequence = 2")]
    [InlineData("receipt local/", "DELETE FROM receipt; DELETE FROM receipt_chain")]
    [InlineData("receipt local/", "DELETE FROM receipt; DELETE FROM receipt_chain; DELETE FROM receipt_root")]
    [InlineData("root 1", "UPDATE receipt_root SET content = replace(content, 'number=1', 'number=2')")]
    [InlineData("root 1", "UPDATE receipt_root SET signature = zeroblob(64)")]
    [InlineData("root 1", "DELETE FROM receipt_root")]
    [InlineData("month", "UPDATE usage_day SET output_nano = output_nano - 4200")]
    [InlineData("month", "DELETE FROM usage_day")]
    public async Task Verify_AnyTableTamperedWith_FailsAndNamesIt(string first, string sql)
    {
        using CliHarness cli = new();
        await UsedAsync(cli);
        (int before, string said, _) = await cli.RunAsync("", "ledger", "verify");
        Assert.Equal(0, before);
        Assert.Contains("2 receipts, 1 roots", said, StringComparison.Ordinal);
        Execute(cli, NoTriggers + sql);
        (int after, _, string error) = await cli.RunAsync("", "ledger", "verify");
        Assert.Equal(1, after);
        Assert.Contains($"acme: first bad {first}", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_OfAnOlderCopyOfTheDatabase_MissesWhatTheRootsHold()
    {
        using CliHarness cli = new();
        await UsedAsync(cli);
        SqliteConnection.ClearAllPools();
        string database = Path.Combine(cli.Data, "baltoro.db");
        File.Copy(database, database + ".old");
        await UsedAsync(cli);
        Assert.Equal(0, (await cli.RunAsync("", "ledger", "verify")).ExitCode);
        SqliteConnection.ClearAllPools();
        File.Delete(database + "-wal");
        File.Copy(database + ".old", database, overwrite: true);
        (int code, _, string error) = await cli.RunAsync("", "ledger", "verify");
        Assert.Equal(1, code);
        Assert.Matches(@"acme: first bad entry \d+, it is missing: root 2, signed at", error);
    }

    [Fact]
    public async Task Export_CheckedElsewhere_NeedsOnlyThePublicKey()
    {
        using CliHarness cli = new();
        await UsedAsync(cli);
        string export = Path.Combine(cli.Folder, "books.jsonl");
        string key = Path.Combine(cli.Folder, "key.pem");
        Assert.Equal(0, (await cli.RunAsync("", "ledger", "export", "--org", "acme", "--out", export)).ExitCode);
        Assert.Equal(0, (await cli.RunAsync("", "ledger", "public-key", "--out", key)).ExitCode);
        Assert.StartsWith("-----BEGIN PUBLIC KEY-----", await File.ReadAllTextAsync(key), StringComparison.Ordinal);

        using CliHarness elsewhere = new();
        string[] verify = ["ledger", "verify", "--export", export, "--public-key", key];
        (int code, string said, string error) = await elsewhere.RunAsync("", verify);
        Assert.True(code == 0, error);
        Assert.Contains("acme: ", said, StringComparison.Ordinal);
        Assert.Equal(2, (await elsewhere.RunAsync("", "ledger", "verify", "--export", export)).ExitCode);

        string text = await File.ReadAllTextAsync(export);
        await File.WriteAllTextAsync(export, text.Replace("\"amount_nano_usd\":25200", "\"amount_nano_usd\":25201", StringComparison.Ordinal));
        (int tampered, _, string named) = await elsewhere.RunAsync("", verify);
        Assert.Equal(1, tampered);
        Assert.Matches(@"acme: first bad entry \d+", named);
        using CliHarness other = new();
        Assert.Equal(0, (await other.RunAsync("", "ledger", "public-key", "--out", key)).ExitCode);
        await File.WriteAllTextAsync(export, text);
        (int foreign, _, string untrusted) = await elsewhere.RunAsync("", verify);
        Assert.Equal(1, foreign);
        Assert.Contains("none of the trusted keys", untrusted, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_OfAForeignNodesBooks_NeedsItsKeyAmongTheTrustedOnes()
    {
        using CliHarness node = new();
        await UsedAsync(node);
        string export = Path.Combine(node.Folder, "books.jsonl");
        string key = Path.Combine(node.Folder, "key.pem");
        Assert.Equal(0, (await node.RunAsync("", "ledger", "export", "--org", "acme", "--out", export)).ExitCode);
        Assert.Equal(0, (await node.RunAsync("", "ledger", "public-key", "--out", key)).ExitCode);

        using CliHarness home = new();
        await home.AddOrganizationAsync("acme");
        string[] verify = ["ledger", "verify", "--export", export, "--data", home.Data];
        (int foreign, _, string untrusted) = await home.RunAsync("", verify);
        Assert.Equal(1, foreign);
        Assert.Contains("none of the trusted keys", untrusted, StringComparison.Ordinal);

        string trusted = Path.Combine(home.Data, "trusted-receipt-keys.pem");
        using CliHarness other = new();
        string otherKey = (await other.RunAsync("", "ledger", "public-key")).Output;
        await File.WriteAllTextAsync(trusted, otherKey);
        Assert.Equal(1, (await home.RunAsync("", verify)).ExitCode);
        await File.WriteAllTextAsync(trusted, otherKey + await File.ReadAllTextAsync(key));
        (int known, string said, string error) = await home.RunAsync("", verify);
        Assert.True(known == 0, error);
        Assert.Contains("acme: ", said, StringComparison.Ordinal);

        await File.WriteAllTextAsync(trusted, "no key");
        (int damaged, _, string named) = await home.RunAsync("", verify);
        Assert.NotEqual(0, damaged);
        Assert.Contains("trusted-receipt-keys.pem", named, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Vouchers_AreRedeemedOnceByWhomTheyAreFor()
    {
        using CliHarness cli = new();
        await cli.AddOrganizationAsync("acme");
        await cli.AddOrganizationAsync("other");
        string code = await JsonAsync(cli, "code", "voucher", "create", "--amount", "7.5", "--org", "acme", "--json");
        Assert.Equal(1, (await cli.RunAsync("", "voucher", "redeem", "--org", "other", "--code", code)).ExitCode);
        Assert.Equal(0, (await cli.RunAsync("", "voucher", "redeem", "--org", "acme", "--code", code.ToLowerInvariant().Replace('-', ' '))).ExitCode);
        (int again, string said, _) = await cli.RunAsync("", "voucher", "redeem", "--org", "acme", "--code", code);
        Assert.Equal(0, again);
        Assert.Contains("redeemed before", said, StringComparison.Ordinal);
        Assert.Equal("7500000000", await JsonAsync(cli, "voucher_nano_usd", "balance", "--org", "acme", "--json"));
        (_, string list, _) = await cli.RunAsync("", "voucher", "list");
        Assert.Contains("redeemed by acme", list, StringComparison.Ordinal);
        Assert.DoesNotContain(code, list, StringComparison.Ordinal);
        Assert.Equal(2, (await cli.RunAsync("", "voucher", "create", "--amount", "1", "--expires", "2020-01-01")).ExitCode);
    }

    [Fact]
    public async Task RefundAndCredit_AreBoundedAndOncePerKey()
    {
        using CliHarness cli = new();
        await cli.AddOrganizationAsync("acme");
        Assert.Equal(0, (await cli.RunAsync("", "topup", "--org", "acme", "--amount", "10")).ExitCode);
        Assert.Equal(0, (await cli.RunAsync("", "refund", "--org", "acme", "--amount", "4", "--idempotency-key", "r1")).ExitCode);
        Assert.Equal(0, (await cli.RunAsync("", "refund", "--org", "acme", "--amount", "4", "--idempotency-key", "r1")).ExitCode);
        Assert.Equal("6000000000", await JsonAsync(cli, "cash_nano_usd", "balance", "--org", "acme", "--json"));
        (int code, _, string error) = await cli.RunAsync("", "refund", "--org", "acme", "--amount", "6.000000001");
        Assert.Equal(1, code);
        Assert.Contains("more than the free cash of acme", error, StringComparison.Ordinal);
        Assert.Equal(1, (await cli.RunAsync("", "credit", "--org", "acme", "--amount", "1")).ExitCode);
        Assert.Equal(0, (await cli.RunAsync("", "ledger", "verify")).ExitCode);
    }

    [Fact]
    public async Task Prices_AddedThenRerated_AreOneCreditNote()
    {
        using CliHarness cli = new();
        await UsedAsync(cli);
        string month = TimeProvider.System.GetUtcNow().ToString("yyyy-MM", CultureInfo.InvariantCulture);
        string[] add =
        [
            "prices", "add", "--book", "half", "--id", "1", "--model", "kimi-k2-5", "--input", "0.70", "--output", "2.10", "--from", "2026-01-01",
        ];
        Assert.Equal(0, (await cli.RunAsync("", add)).ExitCode);
        Assert.Equal(1, (await cli.RunAsync("", add)).ExitCode);
        Assert.Equal(0, (await cli.RunAsync("", "prices", "discount", "--name", "ten", "--step", "0:10")).ExitCode);
        (_, string list, _) = await cli.RunAsync("", "prices", "list");
        Assert.Contains("half/1 from 2026-01-01", list, StringComparison.Ordinal);
        Assert.Contains("discount ten: 10 % above $0.000000000", list, StringComparison.Ordinal);
        string[] rerate = ["rerate", "--org", "acme", "--month", month, "--book", "half", "--discount", "ten", "--apply"];
        (int code, string said, string error) = await cli.RunAsync("", rerate);
        Assert.True(code == 0, error);
        Assert.Contains("posted $-0.000027720", said, StringComparison.Ordinal);
        Assert.Contains("nothing to post", (await cli.RunAsync("", rerate)).Output, StringComparison.Ordinal);
        Assert.Equal("22680", await JsonAsync(cli, "total_nano_usd", "invoice", "--org", "acme", "--month", month, "--json"));
        string pdf = Path.Combine(cli.Folder, "invoice.pdf");
        Assert.Equal(0, (await cli.RunAsync("", "invoice", "--org", "acme", "--month", month, "--pdf", pdf)).ExitCode);
        Assert.StartsWith("%PDF-", Encoding.Latin1.GetString(await File.ReadAllBytesAsync(pdf)), StringComparison.Ordinal);
        Assert.Contains("price book half", (await cli.RunAsync("", "terms", "--org", "acme", "--price-book", "half")).Output, StringComparison.Ordinal);
        Assert.Equal(2, (await cli.RunAsync("", "terms", "--org", "acme", "--price-book", "none")).ExitCode);
        (_, string byDay, _) = await cli.RunAsync("", "usage", "--org", "acme", "--by", "day", "--by", "model");
        Assert.Matches(@"^\d{4}-\d\d-\d\d kimi-k2-5: 2 requests", byDay);
        Assert.Equal(0, (await cli.RunAsync("", "ledger", "verify")).ExitCode);
    }

    [Fact]
    public async Task Prices_PerImageAndCall_AreListedAndChargedByARerating()
    {
        using CliHarness cli = new();
        await UsedAsync(cli);
        string month = TimeProvider.System.GetUtcNow().ToString("yyyy-MM", CultureInfo.InvariantCulture);
        string[] add =
        [
            "prices", "add", "--book", "units", "--id", "1", "--model", "kimi-k2-5", "--input", "1.40", "--output", "4.20", "--from", "2026-01-01",
            "--image", "0.005", "--call", "0.000700001",
        ];
        Assert.Equal(0, (await cli.RunAsync("", add)).ExitCode);
        Assert.Contains("5000000 per image, 700001 per call", (await cli.RunAsync("", "prices", "list")).Output, StringComparison.Ordinal);
        (int code, string said, string error) = await cli.RunAsync("", "rerate", "--org", "acme", "--month", month, "--book", "units", "--apply");
        Assert.True(code == 0, error);
        Assert.Contains("posted $0.001400002", said, StringComparison.Ordinal);
        Assert.Equal("1450402", await JsonAsync(cli, "total_nano_usd", "invoice", "--org", "acme", "--month", month, "--json"));
        Assert.Equal(0, (await cli.RunAsync("", "ledger", "verify")).ExitCode);
    }

    /// <summary>A server that answered two requests of acme and was stopped.</summary>
    private static async Task UsedAsync(CliHarness cli)
    {
        using CancellationTokenSource stop = new();
        (Task<int> running, ChannelReader<string> lines) = cli.Serve(stop.Token);
        string line;
        do
        {
            line = await lines.ReadAsync();
        }
        while (!line.StartsWith("ready ", StringComparison.Ordinal));
        await cli.AddOrganizationAsync("acme");
        string key = await JsonAsync(cli, "key", "keys", "create", "--tier", "enterprise", "--org", "acme", "--json");
        Assert.Equal(0, (await cli.RunAsync("", "topup", "--org", "acme", "--amount", "5")).ExitCode);
        using HttpClient client = new() { BaseAddress = new Uri(line["ready ".Length..]) };
        client.DefaultRequestHeaders.Authorization = new("Bearer", key);
        for (int request = 0; request < 2; request++)
        {
            using StringContent body = new(
                """{"model":"kimi-k2-5","messages":[{"role":"user","content":"Hi"}]}""", Encoding.UTF8, "application/json");
            using HttpResponseMessage answer = await client.PostAsync(new Uri("/v1/chat/completions", UriKind.Relative), body);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        await stop.CancelAsync();
        Assert.Equal(0, await running);
    }

    private static async Task<string> JsonAsync(CliHarness cli, string member, params string[] args)
    {
        (int code, string output, string error) = await cli.RunAsync("", args);
        Assert.True(code == 0, error);
        using System.Text.Json.JsonDocument document = System.Text.Json.JsonDocument.Parse(output);
        return document.RootElement.GetProperty(member).ToString();
    }

    private static void Execute(CliHarness cli, string sql)
    {
        using SqliteConnection connection = new($"Data Source={Path.Combine(cli.Data, "baltoro.db")}");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
