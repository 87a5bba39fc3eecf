using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Baltoro.Cli.Output;
using Microsoft.Data.Sqlite;

namespace Baltoro.Cli.Tests.Commands;

/// <summary>Money and limits from the command line, on the store of a running server.</summary>
public sealed class AccountCommandsTests
{
    private const long AnswerNano = 25_200;

    private enum Kind
    {
        CreditNote,
        CachedInput,
        TopUp,
    }

    [Fact]
    public async Task BesideARunningServer_TopUpChatUsageInvoiceAndVerify_AgreeToTheNanoDollar()
    {
        using CliHarness cli = new();
        using CancellationTokenSource stop = new();
        (Task<int> running, ChannelReader<string> reader) = cli.Serve(stop.Token);
        string url = await ReadyAsync(reader);
        await cli.AddOrganizationAsync("acme");
        string key = await JsonAsync(cli, "key", "keys", "create", "--tier", "enterprise", "--org", "acme", "--json");
        Assert.Equal(HttpStatusCode.TooManyRequests, await AskAsync(url, key));

        using JsonDocument topped = await RunJsonAsync(cli, "topup", "--org", "acme", "--amount", "12.5", "--data", cli.Data, "--json");
        Assert.Equal(12_500_000_000, topped.RootElement.GetProperty("available_nano_usd").GetInt64());
        Assert.Equal(HttpStatusCode.OK, await AskAsync(url, key));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(url, key));

        using JsonDocument balance = await RunJsonAsync(cli, "balance", "--org", "acme", "--json");
        Assert.Equal(12_500_000_000 - (2 * AnswerNano), balance.RootElement.GetProperty("available_nano_usd").GetInt64());
        string month = TimeProvider.System.GetUtcNow().ToString("yyyy-MM", CultureInfo.InvariantCulture);
        (_, string csv, _) = await cli.RunAsync("", "usage", "--org", "acme", "--month", month, "--csv");
        string[] rows = csv.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, rows.Length);
        Assert.EndsWith($",2,24,0,4,0,{2 * AnswerNano},0,{2 * AnswerNano},0,2", rows[1], StringComparison.Ordinal);
        string today = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        Assert.StartsWith($"\"acme\",{today},", rows[1], StringComparison.Ordinal);
        Assert.StartsWith($"{today}: ", (await cli.RunAsync("", "usage", "--by", "day")).Output, StringComparison.Ordinal);
        (_, string table, _) = await cli.RunAsync("", "usage");
        Assert.Contains("0.000050400", table, StringComparison.Ordinal);

        using JsonDocument invoice = await RunJsonAsync(cli, "invoice", "--org", "acme", "--month", month, "--json");
        Assert.Equal(2 * AnswerNano, invoice.RootElement.GetProperty("total_nano_usd").GetInt64());
        Assert.True(invoice.RootElement.GetProperty("matches_ledger").GetBoolean());
        Assert.Equal("preliminary", invoice.RootElement.GetProperty("state").GetString());
        Assert.Matches("(?m)^input kimi-k2-5 ", (await cli.RunAsync("", "invoice", "--org", "acme", "--month", month)).Output);
        (_, string printed, _) = await cli.RunAsync("", "invoice", "--org", "acme", "--month", month);
        Assert.EndsWith("\nPreliminary: the month is not over.", printed.TrimEnd(), StringComparison.Ordinal);
        string page = Path.Combine(cli.Folder, "invoice.html");
        Assert.Equal(0, (await cli.RunAsync("", "invoice", "--org", "acme", "--month", month, "--html", page)).ExitCode);
        Assert.Contains("0.000050400", await File.ReadAllTextAsync(page), StringComparison.Ordinal);
        using JsonDocument verified = await RunJsonAsync(cli, "ledger", "verify", "--json");
        Assert.True(verified.RootElement.GetProperty("sound").GetBoolean());
        await stop.CancelAsync();
        Assert.Equal(0, await running);
    }

    [Fact]
    public async Task FreeKeyWithLimitsOfItsOwn_MeetsTheTighterOne()
    {
        using CliHarness cli = new();
        using CancellationTokenSource stop = new();
        (Task<int> running, ChannelReader<string> reader) = cli.Serve(stop.Token);
        string url = await ReadyAsync(reader);
        await cli.AddOrganizationAsync("acme");
        string key = await JsonAsync(
            cli, "key", "keys", "create", "--tier", "free", "--org", "acme", "--rpm", "1", "--tpm", "9000", "--budget-usd", "5", "--json");
        Assert.Equal(HttpStatusCode.OK, await AskAsync(url, key));
        Assert.Equal(HttpStatusCode.TooManyRequests, await AskAsync(url, key));
        await stop.CancelAsync();
        Assert.Equal(0, await running);
    }

    [Fact]
    public async Task LedgerVerify_EntryChangedByHand_FailsAndNamesIt()
    {
        using CliHarness cli = new();
        await cli.AddOrganizationAsync("acme");
        for (int dollars = 1; dollars <= 3; dollars++)
        {
            Assert.Equal(0, (await cli.RunAsync("", "topup", "--org", "acme", "--amount", $"{dollars}")).ExitCode);
        }

        Assert.Equal(0, (await cli.RunAsync("", "ledger", "verify")).ExitCode);
        using (SqliteConnection connection = new($"Data Source={Path.Combine(cli.Data, "baltoro.db")}"))
        {
            connection.Open();
            using SqliteCommand command = connection.CreateCommand();
            command.CommandText = "DROP TRIGGER ledger_entry_no_update; UPDATE ledger_entry SET amount_nano = amount_nano + 1 WHERE sequence = 2";
            command.ExecuteNonQuery();
        }

        (int code, _, string error) = await cli.RunAsync("", "ledger", "verify", "--data", cli.Data);
        Assert.Equal(1, code);
        Assert.Contains("acme: first bad entry 2, ", error, StringComparison.Ordinal);
        (int jsonCode, string json, _) = await cli.RunAsync("", "ledger", "verify", "--json");
        Assert.Equal(1, jsonCode);
        using JsonDocument report = JsonDocument.Parse(json);
        Assert.Equal(2, report.RootElement.GetProperty("organizations")[0].GetProperty("first_bad_entry").GetInt64());
    }

    [Fact]
    public async Task TopUp_SameIdempotencyKey_AddsOnce()
    {
        using CliHarness cli = new();
        await cli.AddOrganizationAsync("acme");
        string[] topUp = ["topup", "--org", "acme", "--amount", "3", "--idempotency-key", "event-1", "--json"];
        using JsonDocument first = await RunJsonAsync(cli, topUp);
        using JsonDocument second = await RunJsonAsync(cli, topUp);
        Assert.Equal(3_000_000_000, second.RootElement.GetProperty("available_nano_usd").GetInt64());
        Assert.Equal(first.RootElement.GetProperty("entry").GetInt64(), second.RootElement.GetProperty("entry").GetInt64());
        (int code, _, string error) = await cli.RunAsync("", "topup", "--org", "acme", "--amount", "4", "--idempotency-key", "event-1");
        Assert.Equal(1, code);
        Assert.Contains("'event-1' was used for another operation", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("topup", "--amount", "1")]
    [InlineData("balance")]
    [InlineData("usage")]
    [InlineData("invoice", "--month", "2026-01")]
    [InlineData("refund", "--amount", "1")]
    [InlineData("credit", "--amount", "1")]
    [InlineData("terms")]
    [InlineData("terms", "--credit-limit", "5")]
    [InlineData("rerate", "--month", "2026-01", "--book", "standard")]
    [InlineData("close-month", "--month", "2026-01")]
    [InlineData("voucher", "create", "--amount", "1")]
    [InlineData("voucher", "redeem", "--code", "x")]
    [InlineData("ledger", "export")]
    public async Task Verb_OnAnUnknownOrganization_FailsAndLeavesNothing(params string[] verb)
    {
        using CliHarness cli = new();
        await cli.AddOrganizationAsync("acme");
        (int code, string output, string error) = await cli.RunAsync("", [.. verb, "--org", "ghost"]);
        Assert.Equal((1, ""), (code, output));
        Assert.Contains("there is no organization 'ghost'", error, StringComparison.Ordinal);
        Assert.DoesNotContain("ghost", (await cli.RunAsync("", "ledger", "verify")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TopUp_OfTheInstallationsOwnOrganization_NeedsNoKeyFirst()
    {
        using CliHarness cli = new();
        using JsonDocument topped = await RunJsonAsync(cli, "topup", "--org", "local", "--amount", "1", "--json");
        Assert.Equal(1, topped.RootElement.GetProperty("entry").GetInt64());
    }

    [Fact]
    public async Task CreditNote_IsNamedInWords()
    {
        using CliHarness cli = new();
        using JsonDocument topped = await RunJsonAsync(cli, "topup", "--org", "local", "--amount", "3", "--json");
        Assert.StartsWith("refund of $1.000000000, entry ", (await cli.RunAsync("", "refund", "--org", "local", "--amount", "1")).Output, StringComparison.Ordinal);
        Assert.Equal(
            ("credit note", "cached input", "top-up"), (Words.Of(Kind.CreditNote), Words.Of(Kind.CachedInput), Words.Of(Kind.TopUp)));
    }

    [Theory]
    [InlineData("price book: found 'special', allowed", "rerate", "--org", "local", "--month", "2026-01", "--book", "special")]
    [InlineData("price book: found 'special', allowed", "terms", "--org", "local", "--price-book", "special")]
    [InlineData("discount: found 'special', allowed", "terms", "--org", "local", "--discount", "special")]
    [InlineData("expiry: found 2001-01-02", "voucher", "create", "--amount", "1", "--expires", "2001-01-01")]
    [InlineData("discount", "prices", "discount", "--name", "d", "--step", "10:5", "--step", "5:6")]
    public async Task RefusalOfThePlatform_ReachesTheUserWithoutNamesOfTheProgram(string part, params string[] args)
    {
        using CliHarness cli = new();
        await cli.RunAsync("", "keys", "create");
        (int code, _, string error) = await cli.RunAsync("", args);
        Assert.Equal(2, code);
        Assert.Contains(part, error, StringComparison.Ordinal);
        Assert.DoesNotContain("(Parameter", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--amount must be dollars above 0, at most 1000000000", "topup", "--org", "acme", "--amount", "9223372036.854775807")]
    [InlineData("--amount must be dollars above 0, at most 1000000000", "voucher", "create", "--amount", "1000000000.000000001")]
    [InlineData("--credit-limit must be dollars from 0 to 1000000000", "terms", "--org", "local", "--credit-limit", "9223372036")]
    [InlineData("--budget-usd must be dollars above 0, at most 1000000000", "keys", "create", "--budget-usd", "9223372036")]
    [InlineData("from 0 to 1000000", "prices", "add", "--book", "b", "--id", "1", "--model", "m", "--input", "1000000.001", "--output", "1")]
    [InlineData("--call must be dollars from 0 to 1000", "prices", "add", "--book", "b", "--id", "1", "--model", "m", "--input", "1", "--output", "1", "--call", "1001")]
    [InlineData("--amount must be dollars above 0", "topup", "--org", "acme", "--amount", "-1")]
    [InlineData("--amount must be dollars above 0", "topup", "--org", "acme", "--amount", "1e3")]
    [InlineData("--month must not be in the future, found '2999-01'", "invoice", "--org", "local", "--month", "2999-01")]
    [InlineData("--month must be a month such as 2026-11", "usage", "--month", "2026-13")]
    [InlineData("--month must be a month such as 2026-11", "invoice", "--org", "acme", "--month", "november")]
    [InlineData("requests per minute: found 0, allowed 1 or more", "keys", "create", "--rpm", "0")]
    [InlineData("--budget-usd must be dollars above 0", "keys", "create", "--budget-usd", "much")]
    [InlineData("--org", "balance")]
    public async Task BadValue_IsOneLineAndExitCodeTwo(string part, params string[] args)
    {
        using CliHarness cli = new();
        (int code, string output, string error) = await cli.RunAsync("", args);
        Assert.Equal((2, ""), (code, output));
        Assert.Contains(part, error, StringComparison.Ordinal);
        Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    private static async Task<JsonDocument> RunJsonAsync(CliHarness cli, params string[] args)
    {
        (int code, string output, string error) = await cli.RunAsync("", args);
        Assert.True(code == 0 && (error.Length == 0 || error.StartsWith("baltoro: made a new data directory", StringComparison.Ordinal)), error);
        return JsonDocument.Parse(output);
    }

    private static async Task<string> JsonAsync(CliHarness cli, string member, params string[] args)
    {
        using JsonDocument document = await RunJsonAsync(cli, args);
        return document.RootElement.GetProperty(member).GetString() ?? "";
    }

    private static async Task<HttpStatusCode> AskAsync(string url, string key)
    {
        using HttpClient client = new() { BaseAddress = new Uri(url) };
        client.DefaultRequestHeaders.Authorization = new("Bearer", key);
        using StringContent body = new(
            """{"model":"kimi-k2-5","max_tokens":2,"messages":[{"role":"user","content":"Hi"}]}""", Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await client.PostAsync(new Uri("/v1/chat/completions", UriKind.Relative), body);
        return answer.StatusCode;
    }

    private static async Task<string> ReadyAsync(ChannelReader<string> lines)
    {
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(60));
        await foreach (string line in lines.ReadAllAsync(limit.Token))
        {
            if (line.StartsWith("ready ", StringComparison.Ordinal))
            {
                return line["ready ".Length..];
            }
        }

        throw new InvalidOperationException("the server ended before it was ready");
    }
}
