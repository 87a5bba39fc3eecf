using Baltoro.Engine.Model;

namespace Baltoro.Engine.Tests.Model;

public class ExpertRouterTests
{
    [Fact]
    public void Select_Bias_ChangesTheChoiceNotTheWeight()
    {
        (int[] experts, float[] weights) = Select(Config(4, 2), [2f, 1f, 0f, -1f], [0f, 0f, 0f, 10f]);
        Assert.Equal([3, 0], experts);
        double low = 1 / (1 + Math.Exp(1));
        double high = 1 / (1 + Math.Exp(-2));
        Assert.Equal(2.5 * low / (low + high), weights[0], 1e-6);
        Assert.Equal(2.5 * high / (low + high), weights[1], 1e-6);
    }

    [Fact]
    public void Select_Ties_GoToTheLowerIndex()
    {
        (int[] experts, _) = Select(Config(6, 3), [1f, 1f, 1f, 1f, 1f, 1f], new float[6]);
        Assert.Equal([0, 1, 2], experts);
    }

    [Fact]
    public void Select_Groups_NeverLeavesTheBestGroups()
    {
        KimiConfig config = Config(8, 2) with { GroupCount = 4, TopGroupCount = 2 };
        (int[] experts, _) = Select(config, [5f, -9f, 1f, 1f, 0.9f, 0.9f, -5f, -5f], new float[8]);
        Assert.Equal([2, 3], experts);
    }

    [Fact]
    public void Select_NegativeBiasInKeptGroup_StillExcludesOtherGroups()
    {
        KimiConfig config = Config(4, 2) with { GroupCount = 2, TopGroupCount = 1 };
        (int[] experts, _) = Select(config, [0f, 0f, 0f, 0f], [-3f, -3f, -4f, -4f]);
        Assert.Equal([0, 1], experts);
    }

    [Fact]
    public void Select_SoftmaxWithoutNormalising_ScalesTheProbabilities()
    {
        KimiConfig config = Config(3, 1) with { Scoring = ScoringFunction.Softmax, NormalizeTopK = false, TopKMethod = TopKMethod.Greedy };
        (int[] experts, float[] weights) = Select(config, [1f, 3f, 2f], []);
        Assert.Equal([1], experts);
        Assert.Equal(2.5 / (1 + Math.Exp(-1) + Math.Exp(-2)), weights[0], 1e-6);
    }

    [Fact]
    public void Sort_Pairs_GroupsByExpertWithRowsAscending()
    {
        ExpertGroups groups = new(3, 2);
        groups.Reserve(3);
        int[][] chosen = [[2, 0], [0, 1], [2, 1]];
        for (int row = 0; row < 3; row++)
        {
            chosen[row].CopyTo(groups.Experts(row));
        }

        groups.Sort();
        Assert.Equal([0, 1], groups.Rows(0));
        Assert.Equal([1, 2], groups.Rows(1));
        Assert.Equal([0, 2], groups.Rows(2));
        Assert.Equal([4, 0], groups.Slots(0));
        Assert.Equal([5, 3], groups.Slots(2));
    }

    private static (int[] Experts, float[] Weights) Select(KimiConfig config, float[] logits, float[] bias)
    {
        int[] experts = new int[config.ExpertsPerToken];
        float[] weights = new float[config.ExpertsPerToken];
        new ExpertRouter(config).Select(logits, bias, experts, weights);
        return (experts, weights);
    }

    private static KimiConfig Config(int experts, int perToken) => new()
    {
        HiddenSize = 8,
        LayerCount = 1,
        HeadCount = 1,
        LatentRank = 4,
        NopeHeadDim = 4,
        RopeHeadDim = 2,
        ValueHeadDim = 4,
        DenseWidth = 8,
        RmsNormEps = 1e-5f,
        InnerNormEps = 1e-5f,
        RopeTheta = 10000,
        MaxPositions = 64,
        VocabularySize = 16,
        ExpertCount = experts,
        ExpertsPerToken = perToken,
        ExpertWidth = 4,
        RoutedScalingFactor = 2.5,
    };
}
