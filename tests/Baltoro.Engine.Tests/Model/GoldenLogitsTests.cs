using Baltoro.Engine.Schedule;
using Baltoro.Engine.Tests.Support;

namespace Baltoro.Engine.Tests.Model;

/// <summary>Every kernel variant, both attention forms, one to three threads, against the float64 oracle.</summary>
public class GoldenLogitsTests
{
    public static TheoryData<string, string, int> Cases()
    {
        TheoryData<string, string, int> data = [];
        foreach (string name in GoldenCase.Names)
        {
            foreach (string kernels in ModelDriver.PlainModelVariants)
            {
                for (int threads = 1; threads <= 3; threads++)
                {
                    data.Add(name, kernels, threads);
                }
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Logits_PlainForm_MatchTheOracle(string name, string kernels, int threads) =>
        CheckForm(name, kernels, threads, AttentionForm.Plain, chunk: int.MaxValue);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Logits_AbsorbedFormTokenByToken_MatchTheOracle(string name, string kernels, int threads) =>
        CheckForm(name, kernels, threads, AttentionForm.Absorbed, chunk: 1);

    private static void CheckForm(string name, string kernels, int threads, AttentionForm form, int chunk)
    {
        GoldenCase golden = GoldenCase.Load(name);
        using ModelDriver driver = new(golden.Folder, kernels, threads);
        Assert.Equal(kernels, driver.Runner.KernelName);
        Assert.Empty(driver.Runner.Config.UnknownFields);
        foreach (GoldenSequence sequence in golden.Sequences)
        {
            float[][] rows = driver.Whole(sequence.Ids, form, Math.Min(chunk, sequence.Ids.Length));
            for (int i = 0; i < sequence.Positions.Length; i++)
            {
                AssertClose(sequence.Logits[i], rows[sequence.Positions[i]], golden.ToleranceOf(kernels), sequence.Positions[i]);
            }
        }
    }

    private static void AssertClose(double[] expected, float[] actual, double tolerance, int position)
    {
        for (int id = 0; id < expected.Length; id++)
        {
            double error = Math.Abs(expected[id] - actual[id]);
            Assert.True(error <= tolerance, $"position {position}, id {id}: expected {expected[id]}, actual {actual[id]}, error {error}, tolerance {tolerance}");
        }
    }
}
