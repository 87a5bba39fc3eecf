using Baltoro.Platform.Identity;
using Baltoro.Platform.Ledger;
using Baltoro.Platform.Limits;
using CsCheck;

namespace Baltoro.Platform.Tests.Identity;

/// <summary>Bounds of keys: whatever lies within others may do no more than they may.</summary>
public sealed class KeyBoundsTests
{
    private static readonly DateTimeOffset Start = DateTimeOffset.FromUnixTimeSeconds(1_790_000_000);
    private static readonly string[] ModelIds = ["a", "b", "c"];
    private static readonly string[] ProjectIds = ["pj-1", "pj-2"];

    /// <summary>Networks of a few addresses, so that they often lie in each other.</summary>
    private static readonly Gen<NetworkList> Networks = Gen.Select(Gen.Int[0, 15], Gen.Int[28, 32])
        .Select(pair => $"10.0.0.{pair.Item1 & (0xff << (32 - pair.Item2))}/{pair.Item2}")
        .List[0, 3].Select(texts => NetworkList.TryParse(texts, out string problem) ?? throw new InvalidOperationException(problem));

    private static readonly Gen<KeyBounds> Bounds = Gen.Select(
        Gen.Int[1, 15], Gen.Int[0, 2].List[0, 3], Networks, Gen.Int[0, 3], Gen.Int[0, 2]).Select(
        parts => new KeyBounds(
            (KeyScopes)parts.Item1, [.. parts.Item2.Distinct().Select(index => ModelIds[index])], parts.Item3,
            parts.Item4 == 0 ? null : Start.AddHours(parts.Item4), parts.Item5 == 0 ? "" : ProjectIds[parts.Item5 - 1]));

    [Fact]
    public void FirstBeyond_OfBoundsThatLieWithin_MayNothingMore() => Gen.Select(Bounds, Bounds).Sample(
        pair =>
        {
            (KeyBounds inner, KeyBounds outer) = pair;
            List<string> may = [.. Reach(inner)];
            List<string> allowed = [.. Reach(outer)];
            bool isWithin = inner.FirstBeyond(outer) is null;
            Assert.True(!isWithin || may.All(allowed.Contains), $"{string.Join(' ', may.Except(allowed))} is allowed by {inner} within {outer}");
            // Networks are judged one by one: two halves together are not seen as their whole.
            Assert.True(isWithin || inner.Networks.Texts.Count > 0 || !may.All(allowed.Contains), $"{inner} is within {outer}, but was refused");
        },
        iter: 20_000);

    [Fact]
    public void FirstBeyond_OfOneself_IsNothing() => Bounds.Sample(bounds => Assert.Null(bounds.FirstBeyond(bounds)));

    [Fact]
    public void FirstBeyond_OfSeveralAllowed_TakesEachPartFromWhereItIs()
    {
        KeyBounds before = new(KeyScopes.Inference, ["a"], NetworkList.Empty, Start, "");
        KeyBounds own = new(KeyScopes.Account, ["b"], NetworkList.Empty, Start.AddHours(1), "");
        Assert.Null((before with { Models = ["b"], ExpiresAt = Start.AddHours(1) }).FirstBeyond(before, own));
        Assert.Equal("models", (before with { Models = ["a", "b"] }).FirstBeyond(before, own));
        Assert.Equal("scopes", (before with { Scopes = KeyScopes.Inference | KeyScopes.Account }).FirstBeyond(before, own));
        Assert.Equal("expires_at", (before with { ExpiresAt = null }).FirstBeyond(before, own));
    }

    [Fact]
    public void Limits_ThatLieWithin_AreAllSetAndNoHigher()
    {
        Gen<LimitSet> limits = Gen.Select(Gen.Int[0, 3], Gen.Int[0, 3], Gen.Int[0, 3], Gen.Int[0, 3], Gen.Int[0, 3], Gen.Int[0, 2]).Select(
            parts => new LimitSet
            {
                Concurrency = parts.Item1 == 0 ? null : parts.Item1,
                RequestsPerMinute = parts.Item2 == 0 ? null : parts.Item2,
                TokensPerMinute = parts.Item3 == 0 ? null : parts.Item3,
                TokensPerDay = parts.Item4 == 0 ? null : parts.Item4,
                Budget = parts.Item5 == 0 ? null : new Money(parts.Item5),
                BudgetPeriod = parts.Item5 == 0 ? default : (BudgetPeriod)parts.Item6,
            });
        Gen.Select(limits, limits).Sample(
            pair =>
            {
                (LimitSet inner, LimitSet outer) = pair;
                bool isWithin = Numbers(outer).Zip(Numbers(inner)).All(two => two.First is null || two.Second <= two.First)
                    && (outer.Budget is null || inner.BudgetPeriod == outer.BudgetPeriod);
                Assert.Equal(isWithin, inner.FirstBeyond(outer) is null);
            },
            iter: 20_000);
    }

    private static long?[] Numbers(LimitSet limits) =>
        [limits.Concurrency, limits.RequestsPerMinute, limits.TokensPerMinute, limits.TokensPerDay, limits.Budget?.NanoUsd];

    /// <summary>Everything a key of these bounds may, over a small world; a network stands for its addresses.</summary>
    private static IEnumerable<string> Reach(KeyBounds bounds)
    {
        IEnumerable<string> scopes = KeyScopeNames.Of(bounds.Scopes);
        IEnumerable<string> models = ModelIds.Append("d").Where(id => bounds.Models.Count == 0 || bounds.Models.Contains(id));
        IEnumerable<string> addresses = Enumerable.Range(0, 18).Select(last => $"10.0.0.{last}")
            .Where(address => bounds.Networks.IsEmpty || bounds.Networks.Contains(System.Net.IPAddress.Parse(address)));
        IEnumerable<string> hours = Enumerable.Range(0, 5).Where(hour => bounds.ExpiresAt is not { } end || Start.AddHours(hour) < end).Select(hour => $"{hour} h");
        IEnumerable<string> projects = ProjectIds.Append("none").Where(id => bounds.ProjectId.Length == 0 || id == bounds.ProjectId);
        return scopes.Concat(models).Concat(addresses).Concat(hours).Concat(projects);
    }
}
