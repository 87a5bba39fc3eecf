using Baltoro.Engine.Diagnostics;
using Baltoro.Engine.Sampling;
using CsCheck;

namespace Baltoro.Engine.Tests.Sampling;

public class SamplerTests
{
    private static readonly SamplingParams Greedy = new() { Temperature = 0 };

    [Fact]
    public void Draw_TemperatureZero_TakesTheLowestOfTheLargest()
    {
        float[] logits = [1, 5, 5, 2];
        Assert.Equal(1, new Sampler(4).Draw(logits, Greedy, null, 0, null).TokenId);
    }

    [Fact]
    public void Draw_LogitBias_MovesTheChoice()
    {
        float[] logits = [1, 5, 4, 2];
        SamplingParams biased = Greedy with { LogitBias = new Dictionary<int, float> { [3] = 10, [1] = -100 } };
        Assert.Equal(3, new Sampler(4).Draw(logits, biased, null, 0, null).TokenId);
        Assert.Equal(5f, logits[1]);
    }

    [Fact]
    public void Draw_NotFiniteLogits_Throws() =>
        Assert.Throws<InvariantException>(() => new Sampler(3).Draw([1, float.NaN, 0], Greedy, null, 0, null));

    [Theory]
    [InlineData(1e-45f)]
    [InlineData(1e-40f)]
    [InlineData(1e-30f)]
    public void Draw_TinyTemperature_TakesTheLargest(float temperature)
    {
        var sampler = new Sampler(4);
        SamplingParams whole = new() { Temperature = temperature };
        Assert.Equal(2, sampler.Draw([1, 4, 5, 2], whole, null, 0, null).TokenId);
        Assert.Equal(2, sampler.Draw([1, 4, 5, 2], whole with { TopP = 0.9f }, null, 0, null).TokenId);
    }

    [Theory]
    [InlineData(1e-45f)]
    [InlineData(1e-38f)]
    public void Draw_TinyRepetitionPenalty_StaysFinite(float penalty)
    {
        var sampling = new SamplingParams { RepetitionPenalty = penalty, Temperature = 0.7f };
        Assert.Equal(1, new Sampler(4).Draw([1, 40, -5, 2], sampling with { TopK = 1 }, new TokenCounts([1]), 0, null).TokenId);
        Assert.Equal(1, new Sampler(4).Draw([1, 40, -5, 2], sampling, new TokenCounts([1, 2]), 0, null).TokenId);
    }

    [Fact]
    public void Draw_Penalties_FollowTheirDefinitions()
    {
        var counts = new TokenCounts([0]);
        counts.Add(1);
        counts.Add(1);
        float[] work = [2, 3, -1];
        counts.Apply(work, new SamplingParams { RepetitionPenalty = 2, PresencePenalty = 0.5f, FrequencyPenalty = 0.25f });
        Assert.Equal([1f, 1.5f - 0.5f - 0.5f, -1f], work);
    }

    [Fact]
    public void Draw_SameSeedAndIndex_SameToken() =>
        Gen.Select(Gen.ULong, Gen.Int[0, 100_000]).Sample((seed, index) =>
        {
            float[] logits = Logits(200, (int)(seed % 1000));
            var sampling = new SamplingParams { Seed = seed, TopP = 0.9f };
            return new Sampler(200).Draw(logits, sampling, null, index, null) == new Sampler(200).Draw(logits, sampling, null, index, 0) with { Logprob = 0, Top = null };
        });

    [Fact]
    public void Draw_TopKTopPMinP_StaysInsideTheNaiveSupport() =>
        Gen.Select(Gen.Int[0, 5000], Gen.Int[0, 20], Gen.Float[0.05f, 1f], Gen.Float[0f, 0.5f], Gen.Float[0.1f, 2f]).Sample((seed, topK, topP, minP, temperature) =>
        {
            float[] logits = Logits(300, seed);
            var sampling = new SamplingParams { Seed = (ulong)seed, TopK = topK, TopP = topP, MinP = minP, Temperature = temperature };
            HashSet<int> allowed = NaiveSupport(logits, sampling);
            var sampler = new Sampler(300);
            return Enumerable.Range(0, 20).All(i => allowed.Contains(sampler.Draw(logits, sampling, null, i, null).TokenId));
        });

    [Theory]
    [InlineData(0, 1f)]
    [InlineData(5, 1f)]
    [InlineData(0, 0.8f)]
    public void Draw_ManyTimes_MatchesTheDistribution(int topK, float topP)
    {
        float[] logits = Logits(12, 77);
        var sampling = new SamplingParams { Seed = 9, TopK = topK, TopP = topP, Temperature = 0.8f };
        HashSet<int> allowed = NaiveSupport(logits, sampling);
        double total = allowed.Sum(id => Math.Exp(logits[id] / 0.8));
        const int Draws = 40_000;
        var sampler = new Sampler(12);
        int[] seen = new int[12];
        for (int i = 0; i < Draws; i++)
        {
            seen[sampler.Draw(logits, sampling, null, i, null).TokenId]++;
        }

        double chiSquare = allowed.Sum(id =>
        {
            double expected = Draws * Math.Exp(logits[id] / 0.8) / total;
            return (seen[id] - expected) * (seen[id] - expected) / expected;
        });

        // 11 degrees of freedom at most: chi-square above 40 has probability below 4e-5, and the seed is fixed.
        Assert.InRange(chiSquare, 0, 40);
    }

    [Fact]
    public void Draw_Logprobs_AreTheLogSoftmaxOfTheRawLogits()
    {
        float[] logits = Logits(50, 3);
        var sampling = new SamplingParams { Seed = 4, Temperature = 0.3f, LogitBias = new Dictionary<int, float> { [7] = 50 } };
        SampledToken token = new Sampler(50).Draw(logits, sampling, null, 0, 5);
        double logSum = Math.Log(logits.Sum(value => Math.Exp(value)));
        Assert.Equal(7, token.TokenId);
        Assert.Equal(logits[7] - logSum, token.Logprob, 1e-5);
        int[] order = [.. Enumerable.Range(0, 50).OrderByDescending(id => logits[id]).ThenBy(id => id).Take(5)];
        Assert.Equal(order, token.Top!.Select(top => top.TokenId));
        Assert.All(token.Top!, top => Assert.Equal(logits[top.TokenId] - logSum, top.Logprob, 1e-5));
    }

    private static float[] Logits(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)((random.NextDouble() * 12) - 6))];
    }

    private static HashSet<int> NaiveSupport(float[] logits, SamplingParams sampling)
    {
        double max = logits.Max();
        var weights = logits.Select((value, id) => (Id: id, Weight: Math.Exp((value - max) / sampling.Temperature)))
            .OrderByDescending(entry => entry.Weight).ThenBy(entry => entry.Id).ToList();
        var kept = sampling.TopK > 0 ? weights.Take(sampling.TopK).ToList() : weights;
        double total = kept.Sum(entry => entry.Weight);
        double running = 0;
        HashSet<int> support = [];
        foreach ((int id, double weight) in kept)
        {
            bool first = support.Count == 0;
            if (!first && (running >= (sampling.TopP * total) + 1e-5 || weight < sampling.MinP - 1e-6))
            {
                break;
            }

            support.Add(id);
            running += weight;
        }

        return support;
    }
}
