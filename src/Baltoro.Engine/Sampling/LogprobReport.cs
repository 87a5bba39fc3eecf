namespace Baltoro.Engine.Sampling;

/// <summary>Log probabilities of a drawn token and of its best alternatives, from the model's own logits.</summary>
public static class LogprobReport
{
    /// <param name="logits">logits[vocabulary] as the model gave them.</param>
    /// <param name="tokenId">The token drawn.</param>
    /// <param name="count">Number of alternatives, 0..20.</param>
    public static SampledToken Build(ReadOnlySpan<float> logits, int tokenId, int count)
    {
        float max = float.NegativeInfinity;
        foreach (float logit in logits)
        {
            max = MathF.Max(max, logit);
        }

        double sum = 0;
        foreach (float logit in logits)
        {
            sum += Math.Exp(logit - max);
        }

        double logSum = max + Math.Log(sum);
        return new SampledToken(tokenId, (float)(logits[tokenId] - logSum), Best(logits, count, logSum));
    }

    private static TopLogprob[] Best(ReadOnlySpan<float> logits, int count, double logSum)
    {
        count = Math.Min(count, logits.Length);
        var best = new TopLogprob[count];
        int filled = 0;
        for (int id = 0; id < logits.Length; id++)
        {
            float value = (float)(logits[id] - logSum);
            if (filled == count && (count == 0 || value <= best[count - 1].Logprob))
            {
                continue;
            }

            int place = filled < count ? filled++ : count - 1;
            while (place > 0 && best[place - 1].Logprob < value)
            {
                best[place] = best[place - 1];
                place--;
            }

            best[place] = new TopLogprob(id, value);
        }

        return best;
    }
}
