using Baltoro.Platform.Identity;
using Baltoro.Platform.Ledger;
using Baltoro.Platform.Ports;
using Baltoro.Platform.Prices;
using Baltoro.Platform.Usage;
using Baltoro.Storage.Files;

namespace Baltoro.Storage.Tests.Backup;

/// <summary>A store with a key, money, use and a running request, and what must be true of every copy of it.</summary>
internal static class FilledStore
{
    public const string Organization = "acme";
    private static readonly AccountingSettings _settings = AccountingSettings.Shipped() with { NodeId = "filled" };

    /// <summary>Fills an empty store; returns the key's text.</summary>
    public static async Task<string> FillAsync(StoreSettings settings, DataDirectory directory)
    {
        await using PlatformStore store = PlatformStore.Open(settings, directory, TimeProvider.System);
        KeyResult key = await store.Keys.CreateAsync(new KeyRequest { Name = "k", OrganizationId = Organization, Tier = "tier1" }, default);
        Accounting accounting = new(store.Accounts, _settings);
        await accounting.MoveAsync(new MoneyMovement(Organization, EntryKind.TopUp, Money.FromUsd(30), "first", "test", "ö\n'x"), default);
        for (int index = 0; index < 20; index++)
        {
            await WorkAsync(accounting, $"r-{index}");
        }

        Assert.True((await accounting.AdmitAsync(Request("running"), default)).MayRun);
        return key.Issued!.Text; // the request is good
    }

    /// <summary>One admitted and settled request.</summary>
    public static async Task WorkAsync(Accounting accounting, string id)
    {
        AdmissionResult admitted = await accounting.AdmitAsync(Request(id), default);
        await accounting.SettleAsync(admitted.Reservation!, new TokenUsage(10, 4, 5), default); // the balance covers it
    }

    /// <summary>Ledger, balance, use and key are those that were filled in.</summary>
    public static async Task CheckAsync(StoreSettings settings, DataDirectory directory, string key)
    {
        await using PlatformStore store = PlatformStore.Open(settings, directory, TimeProvider.System);
        Assert.Equal(Organization, (await store.Keys.AuthenticateAsync(key, default))?.OrganizationId);
        Accounting accounting = new(store.Accounts, _settings);
        LedgerReport report = await accounting.VerifyAsync(Organization, default);
        Assert.True(report is { IsSound: true, EntryCount: 42 }, report.Problem);
        AccountBalanceSheet sheet = await accounting.BalanceAsync(Organization, default);
        Money used = new(20 * ((10 * 1_400L) + (5 * 4_200)));
        Assert.Equal(Money.FromUsd(30) - used - sheet.Reserved, sheet.Available);
        Assert.True(sheet.Reserved > Money.Zero);
        Assert.Equal(1, await accounting.RecoverAsync(default));
        Assert.Equal(used, (await store.Accounts.ReadUsageAsync(Organization, 0, 99999999, default)).Select(day => day.Charged).Aggregate((a, b) => a + b));
        Assert.Equal("ö\n'x", (await store.Accounts.ReadEntriesAsync(Organization, 0, 1, default))[0].Detail);
        Assert.NotEmpty(await store.Audit.ListAsync(Organization, 10, default));
    }

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
