using Baltoro.Platform.Ledger;
using Baltoro.Platform.Tiers;

namespace Baltoro.Platform.Tests.Tiers;

public sealed class TierTableTests
{
    [Theory]
    [InlineData("free", null, 0, 0, "free")]
    [InlineData("free", null, 9, 0, "free")]
    [InlineData("free", null, 10, 0, "tier1")]
    [InlineData("free", null, 0, 100, "tier3")]
    [InlineData("free", null, 5_000, 0, "tier5")]
    [InlineData("tier4", null, 10, 0, "tier4")]
    [InlineData("enterprise", null, 0, 0, "enterprise")]
    [InlineData("free", "enterprise", 0, 0, "enterprise")]
    [InlineData("tier5", "free", 5_000, 0, "free")]
    [InlineData("gone", null, 0, 0, null)]
    public void Effective_KeyOrganizationAndMoney_GiveTier(string key, string? chosen, long topUpUsd, long useUsd, string? tier) =>
        Assert.Equal(tier, TierTable.Shipped().Effective(key, chosen, Money.FromUsd(topUpUsd), Money.FromUsd(useUsd))?.Name);

    [Fact]
    public void Shipped_FreeTier_HasThePublishedLimits()
    {
        TierPlan free = TierTable.Shipped().Plans[0];
        Assert.Equal(
            (1, 3L, 500_000L, 1_500_000L),
            (free.Limits.Concurrency, free.Limits.RequestsPerMinute, free.Limits.TokensPerMinute, free.Limits.TokensPerDay));
    }
}
