using Baltoro.Engine.Cache;
using Baltoro.Engine.Kernels;
using Baltoro.Engine.Model;
using Baltoro.Engine.Weights;

namespace Baltoro.Engine.Ops;

/// <summary>One worker's own memory for attention: a tile of keys and values and the scores against it.</summary>
internal sealed unsafe class AttentionScratch : IDisposable
{
    /// <summary>Keys handled at a time; whole cache pages. Part of the result's definition: sums are formed tile by tile.</summary>
    public const int TileKeys = 4 * LatentCache.PageTokens;

    /// <summary>Query rows whose scores are held at a time; no effect on results.</summary>
    public const int BlockRows = 64;

    private readonly NativeArena _arena = new();

    public AttentionScratch(KimiConfig config, KernelTable kernels, bool quantized)
    {
        Softmax = new OnlineSoftmax(kernels);
        Prompt = new PromptScratch(config);
        Decode = new DecodeScratch(config);
        Latents = new ActivationBuffer(config.LatentRank, quantized);
        Queries = new ActivationBuffer(config.NopeHeadDim, quantized);
        int headWidth = config.NopeHeadDim + config.ValueHeadDim;
        Keys = Allocate(TileKeys, config.QueryHeadDim);
        Decompressed = Allocate(TileKeys, headWidth);
        Scores = Allocate(Math.Max(BlockRows, config.HeadCount), TileKeys);
    }

    public OnlineSoftmax Softmax { get; }

    /// <summary>Quantized latents, where weights of the heads read them.</summary>
    public ActivationBuffer Latents { get; }

    /// <summary>For prompts in bfloat16; its memory grows when first used.</summary>
    public PromptScratch Prompt { get; }

    /// <summary>For generated tokens in bfloat16.</summary>
    public DecodeScratch Decode { get; }

    /// <summary>Quantized query parts, where weights of the heads read them.</summary>
    public ActivationBuffer Queries { get; }

    /// <summary>[TileKeys, nope + rope]: whole keys of one head.</summary>
    public RowBlock Keys { get; }

    /// <summary>[TileKeys, nope + value]: one head's keys without their rotated part, and values.</summary>
    public RowBlock Decompressed { get; }

    /// <summary>[max(BlockRows, heads), TileKeys].</summary>
    public RowBlock Scores { get; }

    public void Dispose()
    {
        _arena.Dispose();
        Prompt.Dispose();
        Decode.Dispose();
        Latents.Dispose();
        Queries.Dispose();
    }

    private RowBlock Allocate(int rows, int width) =>
        new((float*)_arena.Allocate((long)rows * width * sizeof(float)), rows, width, width);
}
