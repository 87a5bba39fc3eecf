using Baltoro.Engine.Model;

namespace Baltoro.Engine.Tests.Model;

/// <summary>Frequencies of the published configurations, computed independently for the model specification.</summary>
public class RopeTests
{
    [Theory]
    [InlineData(0, 1.0, 1.0, 1.0)]
    [InlineData(1, 0.713111085, 0.713111085, 0.713111085)]
    [InlineData(8, 0.0668740305, 0.0668740305, 0.0668740305)]
    [InlineData(9, 0.0437766560, 0.0476886124, 0.0476886124)]
    [InlineData(12, 0.0116191599, 0.0172936334, 0.0172936334)]
    [InlineData(15, 0.00267020339, 0.00627130338, 0.00627130338)]
    [InlineData(19, 1.58374991e-4, 1.62175991e-3, 1.62175991e-3)]
    [InlineData(20, 1.80702339e-5, 3.61404677e-5, 1.80702339e-5)]
    [InlineData(31, 4.38220646e-7, 8.76441291e-7, 4.38220646e-7)]
    public void Frequencies_PublishedModels_MatchTheTable(int pair, double kimi25, double kimi2, double thinking)
    {
        AssertRelative(kimi25, Build(new YarnScaling(64, 4096, 32, 1, 1, 1)).Frequencies[pair]);
        AssertRelative(kimi2, Build(new YarnScaling(32, 4096, 1, 1, 1, 1)).Frequencies[pair]);
        AssertRelative(thinking, Build(new YarnScaling(64, 4096, 1, 1, 1, 1)).Frequencies[pair]);
    }

    [Theory]
    [InlineData(32, 0.13086079996295)]
    [InlineData(64, 0.14467962580269)]
    [InlineData(0, 0.07216878364870323)]
    public void SoftmaxScale_PublishedModels_MatchesTheTable(double factor, double expected) =>
        Assert.Equal(expected, Config(factor == 0 ? null : new YarnScaling(factor, 4096, 1, 1, 1, 1)).SoftmaxScale, 1e-13);

    [Fact]
    public void Fill_LastPosition_IsExactToFloat()
    {
        Rope rope = Build(null);
        float[] cos = new float[64];
        float[] sin = new float[64];
        rope.Fill(262143, cos, sin);
        for (int pair = 0; pair < 32; pair++)
        {
            double angle = 262143 * Math.Pow(50000, -pair / 32.0);
            Assert.Equal((float)Math.Cos(angle), cos[2 * pair], 1e-7f);
            Assert.Equal((float)Math.Cos(angle), cos[(2 * pair) + 1], 1e-7f);
            Assert.Equal((float)-Math.Sin(angle), sin[2 * pair], 1e-7f);
            Assert.Equal((float)Math.Sin(angle), sin[(2 * pair) + 1], 1e-7f);
        }
    }

    private static Rope Build(YarnScaling? yarn) => new(Config(yarn));

    private static KimiConfig Config(YarnScaling? yarn) => new()
    {
        HiddenSize = 7168,
        LayerCount = 61,
        HeadCount = 64,
        LatentRank = 512,
        NopeHeadDim = 128,
        RopeHeadDim = 64,
        ValueHeadDim = 128,
        DenseWidth = 18432,
        RmsNormEps = 1e-5f,
        InnerNormEps = 1e-5f,
        RopeTheta = 50000,
        Yarn = yarn,
        MaxPositions = 262144,
        VocabularySize = 163840,
    };

    /// <summary>The table has nine significant digits.</summary>
    private static void AssertRelative(double expected, double actual) => Assert.InRange(actual / expected, 1 - 5e-9, 1 + 5e-9);
}
