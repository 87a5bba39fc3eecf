using System.Diagnostics;
using Baltoro.Platform.Ledger;
using Baltoro.Platform.Ports;
using Baltoro.Platform.Prices;
using Baltoro.Platform.Usage;
using Baltoro.Storage.Postgres;
using Baltoro.Storage.Sqlite.Accounts;
using Baltoro.Storage.Tests.Servers;
using Baltoro.Tests.Shared;
using Microsoft.Data.Sqlite;

namespace Baltoro.Storage.Tests.Accounts;

/// <summary>
/// Goal: a kill at any moment loses nothing that was answered and charges nothing twice.
/// Method: this same program runs as a child that admits and settles and notes each answer in a file; it is killed at a
/// random moment; then the books are compared with the notes. For PostgreSQL it is the server that is killed.
/// </summary>
public sealed class CrashTests(PostgresServer postgres, ITestOutputHelper output) : IClassFixture<PostgresServer>
{
    private const string ChildVariable = "BALTORO_CRASH_CHILD";
    private const string Organization = "acme";
    private const int Workers = 8;
    private static readonly bool Soak = Environment.GetEnvironmentVariable("BALTORO_SOAK") == "1";

    [Fact]
    public async Task Child_OfCrashTest_WorksUntilKilled()
    {
        string? folder = Environment.GetEnvironmentVariable(ChildVariable);
        Assert.SkipWhen(folder is null, "runs only as the child of Sqlite_KilledAtRandom_LosesAndRepeatsNothing");
        await using SqliteAccountStore store = SqliteAccountStore.Open(Path.Combine(folder, "accounts.db"), TimeProvider.System);
        Accounting accounting = new(store, Settings());
        await accounting.RecoverAsync(default);
        using StreamWriter notes = new(Path.Combine(folder, "notes"), append: true) { AutoFlush = true };
        await Task.WhenAll(Enumerable.Range(0, Workers).Select(worker => WorkAsync(accounting, worker, text => Note(notes, text), 100_000)));
    }

    [Fact]
    public async Task Sqlite_KilledAtRandom_LosesAndRepeatsNothing()
    {
        using TemporaryFolder folder = new();
        int seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        Random random = new(seed);
        int kills = Soak ? 200 : 5;
        await using (SqliteAccountStore store = SqliteAccountStore.Open(folder.File("accounts.db"), TimeProvider.System))
        {
            await new Accounting(store, Settings()).MoveAsync(TopUp(), default);
        }

        for (int kill = 0; kill < kills; kill++)
        {
            int before = ReadNotes(folder).Count;
            // Under "dotnet X.dll" the running program is dotnet itself: name the test program in both cases.
            ProcessStartInfo start = new(
                DotnetHost.Path,
                [typeof(CrashTests).Assembly.Location, "--filter-method", $"{typeof(CrashTests).FullName}.{nameof(Child_OfCrashTest_WorksUntilKilled)}"])
            {
                RedirectStandardOutput = true,
            };
            start.Environment[ChildVariable] = folder.Path;
            using Process child = Process.Start(start)!; // throws when it cannot start
            await ServerProcess.RetryAsync(
                () => ReadNotes(folder).Count > before + 20 ? Task.CompletedTask : throw new InvalidOperationException("child idle"),
                tries: 4_000);
            await Task.Delay(random.Next(100));
            child.Kill();
            await child.WaitForExitAsync();
            await using SqliteAccountStore store = SqliteAccountStore.Open(folder.File("accounts.db"), TimeProvider.System);
            await CheckAsync(store, ReadNotes(folder));
            SqliteConnection.ClearAllPools();
        }
    }

    [Fact]
    public async Task Postgres_KilledAtRandom_LosesAndRepeatsNothing()
    {
        int seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        Random random = new(seed);
        List<string> notes = [];
        await using (PostgresDatabase database = PostgresDatabase.Open(postgres.ConnectionString, TimeProvider.System))
        {
            await new Accounting(new PostgresAccountStore(database), Settings()).MoveAsync(TopUp(), default);
        }

        for (int kill = 0; kill < (Soak ? 200 : 3); kill++)
        {
            await using PostgresDatabase database = PostgresDatabase.Open(postgres.ConnectionString, TimeProvider.System);
            PostgresAccountStore store = new(database);
            Accounting accounting = new(store, Settings());
            await accounting.RecoverAsync(default);
            Task work = Task.WhenAll(Enumerable.Range(0, Workers).Select(worker => Task.Run(async () =>
            {
                await Assert.ThrowsAnyAsync<Exception>(() => WorkAsync(accounting, worker, text => Note(notes, text), 100_000));
            })));
            await Task.Delay(300 + random.Next(300));
            postgres.Kill();
            await work;
            await postgres.StartAsync();
            await using PostgresDatabase again = PostgresDatabase.Open(postgres.ConnectionString, TimeProvider.System);
            await CheckAsync(new PostgresAccountStore(again), notes);
        }

        Assert.True(notes.Count > 20, $"only {notes.Count} answers: nothing was tested");
    }

    private static async Task WorkAsync(Accounting accounting, int worker, Action<string> note, int rounds)
    {
        for (int round = 0; round < rounds; round++)
        {
            string id = $"{worker}-{Guid.NewGuid():N}";
            AdmissionResult admitted = await accounting.AdmitAsync(Request(id), default);
            note($"admitted {id}");
            if (admitted.Reservation is Reservation held)
            {
                await accounting.SettleAsync(held, new TokenUsage(10, 0, 5), default);
                note($"settled {id}");
            }
        }
    }

    private static async Task CheckAsync(IAccountStore store, IReadOnlyCollection<string> notes)
    {
        Accounting accounting = new(store, Settings());
        await accounting.RecoverAsync(default);
        LedgerReport report = await accounting.VerifyAsync(Organization, default);
        Assert.True(report.IsSound, report.Problem);
        AccountBalanceSheet sheet = await accounting.BalanceAsync(Organization, default);
        Assert.Equal(Money.Zero, sheet.Reserved);
        List<LedgerEntry> entries = [];
        while (entries.Count < report.EntryCount)
        {
            entries.AddRange(await store.ReadEntriesAsync(Organization, entries.Count, 10_000, default));
        }

        Dictionary<string, List<EntryKind>> kinds = entries.GroupBy(entry => entry.RequestId)
            .ToDictionary(group => group.Key, group => group.Select(entry => entry.Kind).ToList());
        foreach (string note in notes)
        {
            string[] words = note.Split(' ');
            Assert.True(kinds.TryGetValue(words[1], out List<EntryKind>? found), $"{note}: no entry");
            Assert.True(words[0] != "settled" || found.Contains(EntryKind.Post), $"{note}: found {string.Join(',', found)}");
        }

        Assert.All(kinds.Where(pair => pair.Value[0] == EntryKind.Reserve), pair => Assert.Equal(2, pair.Value.Count));
        int posted = kinds.Values.Count(found => found.Contains(EntryKind.Post));
        Assert.Equal(Money.FromUsd(1_000) - new Money(posted * ((10 * 1_400L) + (5 * 4_200))), sheet.Available);
        int period = entries[0].Period;
        Invoice invoice = await new Invoices(store, TimeProvider.System).BuildAsync(Organization, period, default);
        Assert.True(invoice.MatchesLedger, $"invoice {invoice.Total}, ledger {invoice.LedgerTotal}");
    }

    private static void Note(StreamWriter notes, string text)
    {
        lock (notes)
        {
            notes.WriteLine(text);
        }
    }

    private static void Note(List<string> notes, string text)
    {
        lock (notes)
        {
            notes.Add(text);
        }
    }

    private static List<string> ReadNotes(TemporaryFolder folder)
    {
        if (!File.Exists(folder.File("notes")))
        {
            return [];
        }

        using FileStream file = new(folder.File("notes"), FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using StreamReader reader = new(file);
        string text = reader.ReadToEnd();
        int whole = text.LastIndexOf('\n') + 1;
        return [.. text[..whole].Split('\n', StringSplitOptions.RemoveEmptyEntries)];
    }

    private static AccountingSettings Settings() => AccountingSettings.Shipped() with { NodeId = "crash" };

    private static MoneyMovement TopUp() =>
        new(Organization, EntryKind.TopUp, Money.FromUsd(1_000), "first", "test", "");

    private static AdmissionRequest Request(string id) => new()
    {
        RequestId = id,
        OrganizationId = Organization,
        KeyId = "ak-1",
        KeyTier = "enterprise",
        Model = "kimi-k2-5",
        PromptTokens = 10,
        CompletionTokens = 20,
    };
}
