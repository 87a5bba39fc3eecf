using System.Runtime.InteropServices;

namespace Baltoro.Engine.Cache;

/// <summary>
/// The memory of the latent KV cache: cache[page, layer, slot, kv_lora_rank + qk_rope_head_dim], float32. Per token and
/// layer it holds the normalised latent and then the rotated rope key (spec 2.2); nothing else. Which pages belong to
/// whom is <c>PagePool</c>'s business. Writers touch disjoint slots; no locking.
/// </summary>
public sealed unsafe class LatentCache : IDisposable
{
    /// <summary>Tokens a page holds.</summary>
    public const int PageTokens = 16;

    private readonly long _pageFloats;
    private float* _memory;

    public LatentCache(int pageCount, int layerCount, int rowWidth)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(pageCount, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(layerCount, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(rowWidth, 1);
        PageCount = pageCount;
        LayerCount = layerCount;
        RowWidth = rowWidth;
        _pageFloats = checked((long)layerCount * PageTokens * rowWidth);
        nuint bytes = checked((nuint)(pageCount * _pageFloats * sizeof(float)));
        _memory = (float*)NativeMemory.AlignedAlloc(bytes, 64);
    }

    public int PageCount { get; }

    public int LayerCount { get; }

    /// <summary>Floats per token and layer: latent width + rope width.</summary>
    public int RowWidth { get; }

    /// <summary>Bytes one page takes.</summary>
    public static long PageBytes(int layerCount, int rowWidth) => checked((long)layerCount * PageTokens * rowWidth * sizeof(float));

    /// <summary>First row of (page, layer): PageTokens rows of RowWidth floats, contiguous, 64-byte aligned when RowWidth is a multiple of 16.</summary>
    public float* Rows(int page, int layer)
    {
        if ((uint)page >= (uint)PageCount || (uint)layer >= (uint)LayerCount)
        {
            throw new ArgumentOutOfRangeException(nameof(page), $"page {page} of {PageCount}, layer {layer} of {LayerCount}");
        }

        return _memory + (page * _pageFloats) + ((long)layer * PageTokens * RowWidth);
    }

    public void Dispose()
    {
        NativeMemory.AlignedFree(_memory);
        _memory = null;
    }
}
