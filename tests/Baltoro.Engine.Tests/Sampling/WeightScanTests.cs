using Baltoro.Engine.Sampling;
using CsCheck;

namespace Baltoro.Engine.Tests.Sampling;

/// <summary>The scans against loops, at lengths around the vectors and stretches they work in.</summary>
public class WeightScanTests
{
    private static readonly Gen<(float[] Weights, float Least)> _cases = Gen.Select(
        Gen.OneOf(Gen.Float[0, 1], Gen.Float[0, 1e-6f], Gen.Const(0f)).Array[1, 1300], Gen.OneOf(Gen.Const(0f), Gen.Float[0, 0.9f]));

    [Fact]
    public void Sum_AnyWeights_IsThatOfALoop() => _cases.Sample(test =>
    {
        double expected = test.Weights.Where(weight => weight >= test.Least).Sum(weight => (double)weight);
        return Math.Abs(WeightScan.Sum(test.Weights, test.Least) - expected) <= 1e-12 * (1 + expected);
    });

    [Fact]
    public void Gather_AnyWeights_FindsAllOfThemInOrder() => _cases.Sample(test =>
    {
        int[] ids = new int[test.Weights.Length];
        float[] negated = new float[test.Weights.Length];
        int count = WeightScan.Gather(test.Weights, test.Least, ids, negated);
        int[] expected = [.. Enumerable.Range(0, test.Weights.Length).Where(id => test.Weights[id] >= test.Least && test.Weights[id] > 0)];
        return expected.SequenceEqual(ids[..count]) && expected.Select(id => -test.Weights[id]).SequenceEqual(negated[..count]);
    });

    [Fact]
    public void Pick_AnyUnit_StandsWhereTheRunningSumPassesIt() => Gen.Select(_cases, Gen.Double[0, 0.999999]).Sample((test, unit) =>
    {
        double total = test.Weights.Where(weight => weight >= test.Least).Sum(weight => (double)weight);
        if (total == 0)
        {
            return true;
        }

        int picked = WeightScan.Pick(test.Weights, test.Least, unit);
        double before = test.Weights[..picked].Where(weight => weight >= test.Least).Sum(weight => (double)weight);
        double slack = 1e-9 * total;
        return test.Weights[picked] >= test.Least && test.Weights[picked] > 0
            && before <= (unit * total) + slack && before + test.Weights[picked] >= (unit * total) - slack;
    });
}
