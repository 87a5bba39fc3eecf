using Baltoro.Engine.Schedule;
using Baltoro.Engine.Tests.Support;

namespace Baltoro.Engine.Tests.Model;

/// <summary>
/// I4, I5 and I6 for the model: rows do not depend on their neighbours, on chunk borders, on cached or fresh prefixes, on
/// the number of threads. All comparisons are bit for bit.
/// </summary>
public class InvarianceTests
{
    private static readonly string[] ShapeNames = ["plain-q", "yarn-fast", "groups", "nested-split"];

    public static TheoryData<string, string> Cases()
    {
        TheoryData<string, string> data = [];
        foreach (string name in ShapeNames)
        {
            foreach (string kernels in ModelDriver.PlainModelVariants)
            {
                data.Add(name, kernels);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Prefill_AnyChunkSize_IsBitIdentical(string name, string kernels)
    {
        GoldenCase golden = GoldenCase.Load(name);
        using ModelDriver driver = new(golden.Folder, kernels, 2);
        int[] ids = golden.Sequences[^1].Ids;
        float[][] whole = driver.Whole(ids, AttentionForm.Plain, ids.Length);
        foreach (int chunk in new[] { 1, 3, 16, 50, 64, 65, 130 })
        {
            AssertSameBits(whole, driver.Whole(ids, AttentionForm.Plain, chunk, sequence: 1), $"chunk {chunk}");
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Run_OneToThreeThreads_IsBitIdentical(string name, string kernels)
    {
        GoldenCase golden = GoldenCase.Load(name);
        int[] ids = golden.Sequences[1].Ids;
        foreach (AttentionForm form in Enum.GetValues<AttentionForm>())
        {
            using ModelDriver one = new(golden.Folder, kernels, 1);
            float[][] expected = one.Whole(ids, form, 9);
            for (int threads = 2; threads <= 3; threads++)
            {
                using ModelDriver driver = new(golden.Folder, kernels, threads);
                AssertSameBits(expected, driver.Whole(ids, form, 9), $"{form}, {threads} threads");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Step_ManySequencesTogether_EqualsEachAlone(string name, string kernels)
    {
        GoldenCase golden = GoldenCase.Load(name);
        using ModelDriver driver = new(golden.Folder, kernels, 2);
        int[] ids = golden.Sequences[^1].Ids;
        int[] prefixes = [3, 64, 17, 100, 1, 33];
        SequenceSlice[] slices = [.. prefixes.Select((prefix, i) => Continue(ids, prefix, i))];
        for (int i = 0; i < prefixes.Length; i++)
        {
            driver.Step(ModelDriver.Slice(ids.AsMemory(0, prefixes[i]), 0, ModelDriver.PagesOf(i), AttentionForm.Plain, 0));
        }

        float[][] alone = [.. slices.SelectMany(slice => driver.Step(slice))];
        AssertSameBits(alone, driver.Step(slices), "all together");
        SequenceSlice[] turned = [.. slices.Reverse()];
        AssertSameBits([.. turned.SelectMany(slice => driver.Step(slice))], driver.Step(turned), "the other way round");
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Prefill_PrefixPagesOfAnotherSequence_EqualsColdRun(string name, string kernels)
    {
        GoldenCase golden = GoldenCase.Load(name);
        using ModelDriver driver = new(golden.Folder, kernels, 2);
        int[] ids = golden.Sequences[^1].Ids;
        float[][] cold = driver.Whole(ids, AttentionForm.Plain, ids.Length);
        int[] other = [.. ids[..96], .. ids[..20]];
        driver.Whole(other, AttentionForm.Plain, 40, sequence: 1);
        int[] pages = [.. ModelDriver.PagesOf(1)[..6], .. ModelDriver.PagesOf(2)[6..]];
        float[][] warm = driver.Step(ModelDriver.Slice(ids.AsMemory(96), 96, pages, AttentionForm.Plain, ids.Length - 96));
        AssertSameBits(cold[96..], warm, "after a cached prefix");
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Decode_AfterPlainPrompt_StaysWithinTwiceTheToleranceOfPlain(string name, string kernels)
    {
        GoldenCase golden = GoldenCase.Load(name);
        using ModelDriver driver = new(golden.Folder, kernels, 2);
        int[] ids = golden.Sequences[1].Ids;
        float[][] plain = driver.Whole(ids, AttentionForm.Plain, ids.Length);
        driver.Step(ModelDriver.Slice(ids.AsMemory(0, 20), 0, ModelDriver.PagesOf(1), AttentionForm.Plain, 0));
        for (int position = 20; position < ids.Length; position++)
        {
            float[] row = driver.Step(ModelDriver.Slice(ids.AsMemory(position, 1), position, ModelDriver.PagesOf(1), AttentionForm.Absorbed, 1))[0];
            double worst = row.Zip(plain[position], (a, b) => Math.Abs((double)a - b)).Max();
            Assert.True(worst <= 2 * golden.ToleranceOf(kernels), $"position {position}: {worst}");
        }
    }

    [Fact]
    public void Decode_SteadyState_AllocatesNothing()
    {
        GoldenCase golden = GoldenCase.Load("groups");
        using ModelDriver driver = new(golden.Folder, ModelDriver.Variants[^1], 1);
        int[] token = [7];
        StepPlan plan = new();
        SequenceSlice slice = ModelDriver.Slice(token, 0, ModelDriver.PagesOf(0), AttentionForm.Absorbed, 1);
        plan.Slices.Add(slice);
        for (int i = 0; i < 40; i++)
        {
            slice.StartPosition = i;
            driver.Runner.Run(plan, driver.Cache);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 40; i < 80; i++)
        {
            slice.StartPosition = i;
            driver.Runner.Run(plan, driver.Cache);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    /// <summary>Even sequences go on in prompt form with a few rows, odd ones generate one row.</summary>
    internal static SequenceSlice Continue(int[] ids, int prefix, int sequence) => sequence % 2 == 0
        ? ModelDriver.Slice(ids.AsMemory(prefix, 5 + sequence), prefix, ModelDriver.PagesOf(sequence), AttentionForm.Plain, 3)
        : ModelDriver.Slice(ids.AsMemory(prefix, 1), prefix, ModelDriver.PagesOf(sequence), AttentionForm.Absorbed, 1);

    internal static void AssertSameBits(float[][] expected, float[][] actual, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int row = 0; row < expected.Length; row++)
        {
            Assert.True(
                expected[row].Select(BitConverter.SingleToInt32Bits).SequenceEqual(actual[row].Select(BitConverter.SingleToInt32Bits)),
                $"{what}: row {row} differs by up to {expected[row].Zip(actual[row], (a, b) => Math.Abs(a - b)).Max()}");
        }
    }
}
