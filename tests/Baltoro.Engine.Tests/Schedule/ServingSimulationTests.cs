using CsCheck;

namespace Baltoro.Engine.Tests.Schedule;

/// <summary>
/// Random traffic with random cancels over few pages: tokens of a request that ran to its end equal those of a lone run,
/// those of a cancelled one are a prefix of it, and no page is left behind. Method: <see cref="ChainRunner"/> audits pages.
/// </summary>
public class ServingSimulationTests
{
    [Fact]
    public void RandomTraffic_WithCancels_KeepsTokensAndPages() =>
        Gen.Select(Gen.Int[1, 1_000_000], Gen.Int[25, 60], Gen.Int[1, 40], Gen.Int[1, 6])
            .Sample(
                (seed, pages, chunk, running) => RunAsync(seed, pages, chunk, running).GetAwaiter().GetResult(),
                iter: Environment.GetEnvironmentVariable("BALTORO_SOAK") == "1" ? 10_000 : 150,
                threads: 1);

    private static async Task<bool> RunAsync(int seed, int pages, int chunk, int running)
    {
        var random = new Random(seed);
        var options = new EngineOptions { PrefillTokensPerStep = chunk, MaxRunning = running, MaxWaiting = 1000, Speculation = (SpeculationMode)random.Next(3) };
        await using InferenceEngine engine = ServingHarness.Create(pages, options, out ChainRunner runner);
        EngineOptions plain = options with { PrefillTokensPerStep = 512, PrefixCache = false, Speculation = SpeculationMode.Off };
        await using InferenceEngine lone = ServingHarness.Create(64, plain, out ChainRunner loneRunner);
        runner.Repeats = loneRunner.Repeats = random.Next(2) == 0;
        List<(GenerationRequest Request, Task<(List<int> Tokens, TokenEvent End)> Result)> all = [];
        for (int i = 0; i < 25; i++)
        {
            GenerationRequest request = ServingHarness.Request(random.Next(), random.Next(1, 150), random.Next(1, 120));
            request = ServingHarness.WithPrefix(request, random.Next(4), random.Next(0, 100)) with { TenantId = $"t{random.Next(2)}" };
            Generation generation = engine.Submit(request);
            all.Add((request, ServingHarness.CollectAsync(generation)));
            if (random.Next(3) == 0)
            {
                generation.Cancel();
            }
        }

        foreach ((GenerationRequest request, Task<(List<int> Tokens, TokenEvent End)> result) in all)
        {
            (List<int> expected, TokenEvent end) = await ServingHarness.CollectAsync(lone.Submit(request));
            (List<int> tokens, TokenEvent got) = await result;
            if (got.Finish == FinishReason.Cancelled)
            {
                Assert.Equal(expected.Take(tokens.Count), tokens);
            }
            else
            {
                Assert.Equal(expected, tokens);
                Assert.Equal(end.Finish, got.Finish);
            }
        }

        await ServingHarness.AssertNothingLeftAsync(engine);
        return true;
    }
}
