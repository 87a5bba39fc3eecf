using Baltoro.Engine.Cache;
using Baltoro.Engine.Model;
using Baltoro.Engine.Schedule;

namespace Baltoro.Engine.Tests.Schedule;

/// <summary>I9: between two tokens of a sequence the owner thread allocates nothing. Counted on that very thread.</summary>
public class AllocationTests
{
    [Theory]
    [InlineData(0f, 0, 1f)]
    [InlineData(0.7f, 0, 0.9f)]
    [InlineData(1f, 40, 0.9f)]
    [InlineData(1f, 0, 1f)]
    public async Task SteadyDecoding_AllocatesNothing(float temperature, int topK, float topP)
    {
        var runner = new CountingRunner();
        await using var engine = new InferenceEngine(runner, 1, 4, new EngineOptions { KvCacheBytes = 1 << 20, Kernels = "scalar" });
        var request = new GenerationRequest
        {
            RequestId = "r",
            TenantId = "t",
            PromptIds = new[] { 1, 2, 3 },
            MaxNewTokens = 1000,
            Sampling = new SamplingParams { Temperature = temperature, TopK = topK, TopP = topP, Seed = 1 },
        };
        await foreach (TokenEvent tokenEvent in engine.Submit(request).ReadAsync(TestContext.Current.CancellationToken))
        {
            runner.Consumed++;
        }

        // From step 600 on, the token buffer (doubled at 518) is large enough; only the page list grows, by one array.
        Assert.True(runner.AllocatedBetween < 1024, $"{runner.AllocatedBetween} bytes for 350 tokens");
    }

    private sealed class CountingRunner : IModelRunner
    {
        private readonly float[] _logits = [.. Enumerable.Range(0, 512 * 16).Select(i => (i % 512 * 37 % 101) / 20f)];
        private volatile int _consumed;
        private int _step;
        private long _start;

        public int VocabularySize => 512;

        public int MaxPositions => 4096;

        public long AllocatedBetween { get; private set; }

        /// <summary>Events read so far; the runner keeps pace, so that the event queue does not grow.</summary>
        public int Consumed
        {
            get => _consumed;
            set => _consumed = value;
        }

        public ReadOnlySpan<float> Run(StepPlan plan, LatentCache cache)
        {
            while (_consumed < _step - 2)
            {
                Thread.Yield();
            }

            _step++;
            if (_step == 600)
            {
                _start = GC.GetAllocatedBytesForCurrentThread();
            }
            else if (_step == 950)
            {
                AllocatedBetween = GC.GetAllocatedBytesForCurrentThread() - _start;
            }

            return _logits.AsSpan(0, plan.Slices[0].LogitRows * VocabularySize);
        }
    }
}
