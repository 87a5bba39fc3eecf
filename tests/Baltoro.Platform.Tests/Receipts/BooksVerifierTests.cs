using Baltoro.Platform.Ledger;
using Baltoro.Platform.Ports;
using Baltoro.Platform.Prices;
using Baltoro.Platform.Receipts;
using Baltoro.Platform.Tests.Simulation;
using Baltoro.Platform.Verification;
using CsCheck;

namespace Baltoro.Platform.Tests.Receipts;

/// <summary>Whatever is changed in an export, the check sees it: the chain, a signature or the sums break.</summary>
public sealed class BooksVerifierTests : IDisposable
{
    private const string Organization = "local";
    private readonly ManualClock _clock = new(new DateTimeOffset(2026, 11, 3, 12, 0, 0, TimeSpan.Zero));
    private readonly MemoryAccountStore _store;
    private readonly Accounting _accounting;
    private readonly ReceiptKey _key = ReceiptKey.Read(ReceiptKey.CreateFile())!; // just made
    private readonly List<SignedRoot> _kept = [];

    public BooksVerifierTests()
    {
        _store = new MemoryAccountStore(_clock);
        _accounting = new Accounting(_store, AccountingSettings.Shipped());
    }

    public void Dispose() => _key.Dispose();

    [Fact]
    public async Task Export_Untouched_IsSoundOffline()
    {
        string[] lines = await ExportAsync(6);
        BooksReport report = Assert.Single(await VerifyAsync(lines));
        Assert.True(report.IsSound, $"{report.FirstBad}: {report.Problem}");
        Assert.Equal((6, 2), (report.ReceiptCount, report.RootCount));
        Assert.Equal(report.EntryCount, report.SignedUntil);
    }

    [Fact]
    public async Task Export_AnyDigitChanged_IsSeen()
    {
        string[] lines = await ExportAsync(5);
        int seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        Random random = new(seed);
        for (int attempt = 0; attempt < 300; attempt++)
        {
            int line = random.Next(lines.Length);
            int[] digits = [.. Enumerable.Range(0, lines[line].Length).Where(at => char.IsAsciiDigit(lines[line][at]))];
            int place = digits[random.Next(digits.Length)];
            string[] changed = [.. lines];
            changed[line] = lines[line][..place] + (char)('0' + ((lines[line][place] - '0' + random.Next(1, 10)) % 10)) + lines[line][(place + 1)..];
            // The use by key, reasoning tokens, images and price parts is detail that no sum of the books holds.
            if (!changed[line].Contains("\"type\":\"usage\"", StringComparison.Ordinal))
            {
                await AssertSeenAsync(changed, $"line {line}, character {place}: {lines[line]}");
            }
        }
    }

    [Fact]
    public async Task Export_WhoseReceiptsBeginElsewhereThanTheRootsSay_IsSeen()
    {
        string[] lines = await ExportAsync(4);
        lines[0] = lines[0].Replace("\"receipts_after\":0", "\"receipts_after\":7", StringComparison.Ordinal);
        await AssertSeenAsync(lines, "receipts_after");
    }

    [Theory]
    [InlineData("uncached_tokens")]
    [InlineData("cached_tokens")]
    [InlineData("completion_tokens")]
    [InlineData("input_nano_usd")]
    [InlineData("discount_nano_usd")]
    public async Task Export_UseChanged_IsSeen(string member)
    {
        string[] lines = await ExportAsync(4);
        int line = Array.FindIndex(lines, text => text.Contains("\"type\":\"usage\"", StringComparison.Ordinal));
        lines[line] = lines[line].Replace($"\"{member}\":", $"\"{member}\":1", StringComparison.Ordinal);
        await AssertSeenAsync(lines, member);
    }

    [Fact]
    public async Task Export_AnyLineRemovedRepeatedOrMoved_IsSeen()
    {
        string[] lines = await ExportAsync(5);
        for (int line = 1; line < lines.Length; line++)
        {
            await AssertSeenAsync([.. lines[..line], .. lines[(line + 1)..]], $"removed {lines[line]}");
            await AssertSeenAsync([.. lines[..line], lines[line], .. lines[line..]], $"repeated {lines[line]}");
        }
    }

    [Fact]
    public async Task Ledger_CutAtItsEndWithHeadReceiptsAndRoots_IsSeenByAKeptRoot()
    {
        string[] before = await ExportAsync(3);
        string[] after = await ExportAsync(2);
        Assert.True(Assert.Single(await VerifyAsync(before)).IsSound == false, "the kept roots hold more than the cut books have");
        BooksReport cut = Assert.Single(await VerifyAsync(before));
        long end = Assert.Single(await VerifyAsync(before, kept: [])).EntryCount;
        Assert.Equal((end + 1, $"entry {end + 1}"), (cut.FirstBadEntry, cut.FirstBad));
        Assert.Contains("root", cut.Problem, StringComparison.Ordinal);
        Assert.True(Assert.Single(await VerifyAsync(after)).IsSound);
        Assert.True(Assert.Single(await VerifyAsync(before, kept: [])).IsSound, "without kept roots a cut export is only older");
    }

    [Fact]
    public async Task Roots_OfAnotherKey_AreNotTrusted()
    {
        string[] lines = await ExportAsync(2);
        using ReceiptKey other = ReceiptKey.Read(ReceiptKey.CreateFile())!; // just made
        BooksReport report = Assert.Single(await new BooksVerifier(
            ExportedBooks.Read(lines), new Dictionary<string, ReceiptPublicKey> { [other.PublicKey.Id] = other.PublicKey }, []).VerifyAsync(default));
        Assert.Equal("root 1", report.FirstBad);
        Assert.Contains("none of the trusted keys", report.Problem, StringComparison.Ordinal);
    }

    private async Task AssertSeenAsync(string[] lines, string what)
    {
        try
        {
            Assert.True((await VerifyAsync(lines)).Any(report => !report.IsSound), $"not seen: {what}");
        }
        catch (FormatException)
        {
            // Refused as no export at all: seen too.
            return;
        }
    }

    private async Task<IReadOnlyList<BooksReport>> VerifyAsync(string[] lines, IReadOnlyList<SignedRoot>? kept = null) => await new BooksVerifier(
        ExportedBooks.Read(lines), new Dictionary<string, ReceiptPublicKey> { [_key.PublicKey.Id] = _key.PublicKey }, kept ?? _kept).VerifyAsync(default);

    /// <summary>Some requests, a root in the middle and at the end, and the export.</summary>
    private async Task<string[]> ExportAsync(int requests)
    {
        for (int index = 0; index < requests; index++)
        {
            AdmissionResult admitted = await _accounting.AdmitAsync(
                new AdmissionRequest
                {
                    RequestId = Guid.NewGuid().ToString("N"),
                    OrganizationId = Organization,
                    KeyId = "k",
                    KeyTier = "enterprise",
                    Model = "kimi-k2-5",
                    PromptTokens = 1_000,
                    CompletionTokens = 500,
                },
                default);
            Reservation held = admitted.Reservation!; // postpaid: always admitted
            _ = index % 3 == 1 ? await _accounting.VoidAsync(held, default) : await _accounting.SettleAsync(held, new TokenUsage(1_000, 10, 123 + index), default);
            if (index == requests / 2)
            {
                await CloseAsync();
            }

            _clock.StepMs(500);
        }

        await CloseAsync();
        using StringWriter text = new();
        await ExportedBooks.WriteAsync(new StoredBooks(_store, _store), null, text, default);
        return text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private async Task CloseAsync() => await new ReceiptService(_store, _store, _key, new MemoryRootLog(_kept)).CloseAsync(default);
}
