using Baltoro.Engine.Diagnostics;

namespace Baltoro.Engine.Cache;

/// <summary>
/// Which KV pages are free and how many owners each of the others has. Invariant I1: free + referenced = total, and no
/// page stands in the free list twice. Used by the engine's owner thread only.
/// </summary>
public sealed class PagePool
{
    private readonly int[] _free;
    private readonly int[] _references;
    private int _freeCount;

    public PagePool(int pageCount)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(pageCount, 1);
        _free = new int[pageCount];
        _references = new int[pageCount];
        for (int i = 0; i < pageCount; i++)
        {
            _free[i] = pageCount - 1 - i;
        }

        _freeCount = pageCount;
    }

    public int TotalPages => _free.Length;

    public int FreePages => _freeCount;

    /// <summary>Takes a page with one owner; false when none is free.</summary>
    public bool TryAllocate(out int page)
    {
        if (_freeCount == 0)
        {
            page = -1;
            return false;
        }

        page = _free[--_freeCount];
        Check.That(_references[page] == 0, "I1: a page of the free list has owners");
        _references[page] = 1;
        return true;
    }

    /// <summary>Gives up one ownership of <paramref name="page"/>; the last one frees it.</summary>
    public void Release(int page)
    {
        Check.That((uint)page < (uint)_references.Length && _references[page] > 0, "I1: a page without owners is released");
        if (--_references[page] == 0)
        {
            _free[_freeCount++] = page;
        }
    }

    /// <summary>Proves I1 by counting; for tests, simulations and idle moments. O(pages).</summary>
    public void Audit()
    {
        int referenced = 0;
        foreach (int owners in _references)
        {
            Check.That(owners >= 0, "I1: negative owner count");
            referenced += owners > 0 ? 1 : 0;
        }

        HashSet<int> free = [.. _free.AsSpan(0, _freeCount)];
        Check.That(free.Count == _freeCount, "I1: a page stands in the free list twice");
        Check.That(referenced + _freeCount == TotalPages, "I1: free + referenced differs from total");
    }
}
