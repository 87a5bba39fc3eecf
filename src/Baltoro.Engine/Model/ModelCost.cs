namespace Baltoro.Engine.Model;

/// <summary>Arithmetic a model costs, from its shape.</summary>
internal static class ModelCost
{
    /// <summary>
    /// Multiply-adds of all matrices one row goes through, the head and the attention over earlier tokens left out.
    /// </summary>
    public static long MultiplyAddsPerRow(KimiConfig config)
    {
        long attention = Attention(config);
        long total = 0;
        for (int layer = 0; layer < config.LayerCount; layer++)
        {
            total += attention + (config.IsMoeLayer(layer) ? Mixture(config) : 3L * config.HiddenSize * config.DenseWidth);
        }

        return total;
    }

    private static long Attention(KimiConfig config)
    {
        long queryWidth = (long)config.HeadCount * (config.NopeHeadDim + config.RopeHeadDim);
        long query = config.QueryRank is { } rank ? rank * (config.HiddenSize + queryWidth) : config.HiddenSize * queryWidth;
        long latent = (long)config.HiddenSize * (config.LatentRank + config.RopeHeadDim);
        long heads = (long)config.HeadCount * config.LatentRank * (config.NopeHeadDim + config.ValueHeadDim);
        return query + latent + heads + ((long)config.HeadCount * config.ValueHeadDim * config.HiddenSize);
    }

    private static long Mixture(KimiConfig config) =>
        (3L * config.HiddenSize * config.ExpertWidth * (config.ExpertsPerToken + config.SharedExpertCount))
        + ((long)config.HiddenSize * config.ExpertCount);
}
