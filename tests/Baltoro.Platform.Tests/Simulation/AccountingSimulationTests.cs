using System.Globalization;
using Baltoro.Platform.Ledger;
using Baltoro.Platform.Limits;
using Baltoro.Platform.Ports;
using Baltoro.Platform.Prices;
using Baltoro.Platform.Receipts;
using Baltoro.Platform.Tiers;
using Baltoro.Platform.Verification;

namespace Baltoro.Platform.Tests.Simulation;

/// <summary>
/// Goal: I7 and I8 and all limits hold under any mix of admissions, ends, crashes, clock steps and store faults.
/// Method: seeded schedules over a store in memory, checked after every step by an auditor that shares no code.
/// </summary>
public sealed class AccountingSimulationTests(ITestOutputHelper output)
{
    private static readonly LimitSet Limits = new()
    {
        Concurrency = 4,
        RequestsPerMinute = 12,
        TokensPerMinute = 30_000,
        TokensPerDay = 120_000,
    };

    [Fact]
    public async Task Accounting_AnySchedule_KeepsLimitsAndBooks()
    {
        bool soak = Environment.GetEnvironmentVariable("BALTORO_SOAK") == "1";
        string? fixedSeed = Environment.GetEnvironmentVariable("BALTORO_SEED");
        int first = fixedSeed is null
            ? (int)(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() % 1_000_000_000)
            : int.Parse(fixedSeed, CultureInfo.InvariantCulture);
        int schedules = fixedSeed is not null ? 1 : soak ? 5_000 : 150;
        output.WriteLine($"seeds {first}..{first + schedules - 1} (BALTORO_SEED repeats one)");
        int admitted = 0;
        for (int seed = first; seed < first + schedules; seed++)
        {
            try
            {
                admitted += await new Schedule(seed).RunAsync(200);
            }
            catch (Exception fault)
            {
                throw new InvalidOperationException($"seed {seed}: {fault.Message}", fault);
            }
        }

        Assert.True(admitted > schedules, $"only {admitted} admissions: the schedules test nothing");
    }

    private sealed class Schedule
    {
        private const string Organization = "acme";
        private readonly Random _random;
        private readonly ManualClock _clock = new(new DateTimeOffset(2026, 10, 31, 23, 0, 0, TimeSpan.Zero));
        private readonly MemoryAccountStore _store;
        private readonly Auditor _auditor = new(Limits);
        private readonly List<Reservation> _handles = [];
        private readonly AccountingSettings _settings;
        private readonly ReceiptKey _key = ReceiptKey.Read(ReceiptKey.CreateFile())!; // just made
        private readonly MemoryJournal _journal = new();
        private readonly List<SignedRoot> _kept = [];
        private Accounting _accounting;
        private DurableSettlement _settlements;
        private int _nextId;
        private bool _clockWentBack;

        public Schedule(int seed)
        {
            _random = new Random(seed);
            _store = new MemoryAccountStore(_clock);
            _settings = AccountingSettings.Shipped() with
            {
                Tiers = new TierTable([new TierPlan { Name = "paid", Limits = Limits }]),
                NodeId = "n1",
            };
            _accounting = new Accounting(_store, _settings);
            _settlements = new DurableSettlement(_accounting, _accounting, _journal);
        }

        public async Task<int> RunAsync(int steps)
        {
            _store.NextFault = () => _random.Next(20) switch { 0 => StoreFault.BeforeCommit, 1 => StoreFault.AfterCommit, _ => StoreFault.None };
            for (int step = 0; step < steps; step++)
            {
                await StepAsync();
                Auditor.CheckBooks(_store.Entries, _store.Reservations.Values);
            }

            _store.NextFault = () => StoreFault.None;
            await _settlements.RetryAsync();
            Assert.Equal(0, _settlements.WaitingCount);
            Assert.Empty(_journal.Read());
            _clock.StepMs(400L * 3_600_000);
            await _accounting.SweepAsync(default);
            Assert.Equal(0, _store.Reservations.Values.Count(held => held.State == ReservationState.Pending));
            LedgerReport report = await _accounting.VerifyAsync(Organization, default);
            Assert.True(report.IsSound, report.Problem);
            AccountBalanceSheet sheet = await _accounting.BalanceAsync(Organization, default);
            Assert.Equal(Money.Zero, sheet.Reserved);
            Assert.Equal(
                _store.Reservations.Values.Sum(held => (decimal)held.Charged.NanoUsd),
                _store.Usage.Sum(usage => (decimal)usage.Charged.NanoUsd));
            await CloseReceiptsAsync();
            BooksReport books = await new BooksVerifier(
                new StoredBooks(_store, _store), new Dictionary<string, ReceiptPublicKey> { [_key.PublicKey.Id] = _key.PublicKey }, _kept)
                .VerifyAsync(Organization, default);
            Assert.True(books.IsSound, $"{books.FirstBad}: {books.Problem}");
            Assert.Equal(
                _store.Reservations.Values.Count(held => held.State is ReservationState.Posted or ReservationState.Voided), books.ReceiptCount);
            IReadOnlyList<LimitUse> uses = await _accounting.LimitsAsync(Organization, "", "k", "paid", default);
            Assert.Equal(0, uses.Single(use => use.Dimension == LimitDimension.Concurrency).Used);
            return _auditor.AdmittedCount;
        }

        private Task StepAsync() => _random.Next(15) switch
        {
            12 => PayBackAsync(),
            13 => CloseReceiptsAsync(),
            14 => EndDurablyAsync(),
            0 => TopUpAsync(),
            1 or 2 or 3 or 4 => AdmitAsync(),
            5 or 6 => EndAsync(settle: true),
            7 => EndAsync(settle: false),
            8 => RepeatAsync(() => _accounting.SweepAsync(default)),
            9 => RenewAsync(),
            10 => CrashAsync(),
            _ => StepClockAsync(),
        };

        private async Task TopUpAsync()
        {
            string id = $"pay-{_nextId++}";
            EntryKind kind = _random.Next(3) == 0 ? EntryKind.VoucherGrant : EntryKind.TopUp;
            MoneyMovement movement = new(Organization, kind, new Money(_random.Next(1, 90_000_000)), id, "test", "");
            await RepeatAsync(() => _accounting.MoveAsync(movement, default));
            Assert.Single(_store.Entries, entry => entry.RequestId == id);
        }

        /// <summary>Refunds and credit notes, each asked for twice under one key.</summary>
        private async Task PayBackAsync()
        {
            string id = $"back-{_nextId++}";
            EntryKind kind = _random.Next(2) == 0 ? EntryKind.Refund : EntryKind.CreditNote;
            MoneyMovement movement = new(Organization, kind, new Money(_random.Next(1, 20_000_000)), id, "test", "");
            MovementResult first = await RepeatAsync(() => _accounting.MoveAsync(movement, default));
            MovementResult second = await RepeatAsync(() => _accounting.MoveAsync(movement, default));
            bool wasDone = first.Code is MovementCode.Done or MovementCode.Replayed;
            Assert.Equal(wasDone ? MovementCode.Replayed : MovementCode.NotEnough, second.Code);
            Assert.Equal(wasDone ? 1 : 0, _store.Entries.Count(entry => entry.RequestId == id));
        }

        private async Task CloseReceiptsAsync()
        {
            try
            {
                await new ReceiptService(_store, _store, _key, new MemoryRootLog(_kept)).CloseAsync(default);
            }
            catch (IOException)
            {
                // The root stands in the store or does not; the next one goes on from there.
                return;
            }
        }

        /// <summary>An end that the store may not take: it waits, over a crash too, and is settled once.</summary>
        private async Task EndDurablyAsync()
        {
            if (_handles.Count == 0)
            {
                return;
            }

            int index = _random.Next(_handles.Count);
            Reservation held = _handles[index];
            _handles.RemoveAt(index);
            await _settlements.EndAsync(held, _random.Next(4) == 0 ? null : new TokenUsage(held.PromptTokens, 0, _random.Next(held.CompletionTokens + 1)));
            if (_random.Next(4) == 0)
            {
                _settlements = new DurableSettlement(_accounting, _accounting, _journal);
                await RepeatAsync(() => _settlements.RecoverAsync(default));
            }
            else if (_random.Next(2) == 0)
            {
                await _settlements.RetryAsync();
            }

            CloseSeen();
        }

        private async Task AdmitAsync()
        {
            AdmissionRequest request = new()
            {
                RequestId = $"r-{_nextId++}",
                OrganizationId = Organization,
                KeyId = "k",
                KeyTier = "paid",
                Model = "kimi-k2-5",
                PromptTokens = _random.Next(1, 6_000),
                CompletionTokens = _random.Next(1, 6_000),
                SmallestCompletionTokens = _random.Next(2) == 0 ? 1 : null,
            };
            AdmissionResult result = await RepeatAsync(() => _accounting.AdmitAsync(request, default));
            if (result.Reservation is Reservation held)
            {
                if (!_clockWentBack)
                {
                    _auditor.Admitted(held, _clock.NowMs);
                }

                _handles.Add(held);
            }
            else
            {
                Assert.DoesNotContain(request.RequestId, _store.Reservations.Keys);
            }
        }

        private async Task EndAsync(bool settle)
        {
            if (_handles.Count == 0)
            {
                return;
            }

            int index = _random.Next(_handles.Count);
            Reservation held = _handles[index];
            int prompt = held.PromptTokens + (_random.Next(10) == 0 ? 3 : 0);
            TokenUsage usage = new(prompt, _random.Next(prompt + 1), _random.Next(held.CompletionTokens + 1));
            await RepeatAsync(() => settle ? _accounting.SettleAsync(held, usage, default) : _accounting.VoidAsync(held, default));
            CloseSeen();
            if (_random.Next(3) > 0)
            {
                _handles.RemoveAt(index);
            }
        }

        private async Task RenewAsync() => await RepeatAsync(() => _accounting.RenewAsync(_handles, default));

        private async Task CrashAsync()
        {
            if (_random.Next(4) > 0)
            {
                return;
            }

            _handles.Clear();
            _accounting = new Accounting(_store, _settings);
            _settlements = new DurableSettlement(_accounting, _accounting, _journal);
            await RepeatAsync(() => _settlements.RecoverAsync(default));
            await RepeatAsync(() => _accounting.RecoverAsync(default));
            CloseSeen();
        }

        private Task StepClockAsync()
        {
            int kind = _random.Next(30);
            _clock.StepMs(kind switch { 0 => -_random.Next(1, 7_200_000), 1 => 86_400_000, < 10 => 30_000, _ => _random.Next(1, 9_000) });
            _clockWentBack |= kind == 0;
            return RepeatAsync(() => _accounting.SweepAsync(default)).ContinueWith(_ => CloseSeen(), TaskScheduler.Default);
        }

        private void CloseSeen()
        {
            foreach (Reservation held in _store.Reservations.Values)
            {
                if (held.State != ReservationState.Pending && _auditor.IsOpen(held.RequestId))
                {
                    _auditor.Closed(held.RequestId, held.State == ReservationState.Posted ? Math.Min(held.LimitTokens, held.Usage.TotalTokens) : 0);
                }
            }
        }

        /// <summary>A caller that repeats until it has an answer, as the contract allows.</summary>
        private static async Task<T> RepeatAsync<T>(Func<ValueTask<T>> call)
        {
            while (true)
            {
                try
                {
                    return await call();
                }
                catch (IOException)
                {
                    continue;
                }
            }
        }
    }
}
