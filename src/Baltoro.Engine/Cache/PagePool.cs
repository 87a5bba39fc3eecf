using Baltoro.Engine.Diagnostics;

namespace Baltoro.Engine.Cache;

/// <summary>
/// The state of every KV page: free, referenced by sequences, or only cached by the prefix tree. Invariant I1:
/// free + referenced + cached = total, and no page stands in the free list twice. Used by the engine's owner thread only.
/// </summary>
public sealed class PagePool
{
    private readonly int[] _free;
    private readonly int[] _references;
    private readonly bool[] _inTree;

    public PagePool(int pageCount)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(pageCount, 1);
        _free = new int[pageCount];
        _references = new int[pageCount];
        _inTree = new bool[pageCount];
        for (int i = 0; i < pageCount; i++)
        {
            _free[i] = pageCount - 1 - i;
        }

        FreePages = pageCount;
    }

    public int TotalPages => _free.Length;

    /// <summary>Pages nobody holds.</summary>
    public int FreePages { get; private set; }

    /// <summary>Pages that only the prefix tree holds; they can be freed at any time.</summary>
    public int CachedPages { get; private set; }

    /// <summary>Takes a free page with one owner; false when none is free.</summary>
    public bool TryAllocate(out int page)
    {
        if (FreePages == 0)
        {
            page = -1;
            return false;
        }

        page = _free[--FreePages];
        Check.That(_references[page] == 0 && !_inTree[page], "I1: a page of the free list has owners");
        _references[page] = 1;
        return true;
    }

    /// <summary>Adds an owner to a page that is referenced or cached.</summary>
    public void AddReference(int page)
    {
        Check.That(_references[page] > 0 || _inTree[page], "I1: a free page gets an owner without being allocated");
        CachedPages -= _references[page]++ == 0 ? 1 : 0;
    }

    /// <summary>Gives up one ownership of <paramref name="page"/>; the last one frees it unless the tree keeps it.</summary>
    public void Release(int page)
    {
        Check.That((uint)page < (uint)_references.Length && _references[page] > 0, "I1: a page without owners is released");
        if (--_references[page] > 0)
        {
            return;
        }

        if (_inTree[page])
        {
            CachedPages++;
        }
        else
        {
            _free[FreePages++] = page;
        }
    }

    /// <summary>The prefix tree starts to keep a page that a sequence holds.</summary>
    public void EnterTree(int page)
    {
        Check.That(_references[page] > 0 && !_inTree[page], "I1: a page enters the tree that nobody holds or that is in it");
        _inTree[page] = true;
    }

    /// <summary>The prefix tree lets go of a page that no sequence holds; it becomes free.</summary>
    public void LeaveTree(int page)
    {
        Check.That(_references[page] == 0 && _inTree[page], "I1: a page leaves the tree while it is held");
        _inTree[page] = false;
        CachedPages--;
        _free[FreePages++] = page;
    }

    /// <summary>Whether only the tree holds <paramref name="page"/>.</summary>
    public bool IsOnlyCached(int page) => _inTree[page] && _references[page] == 0;

    /// <summary>Proves I1 by counting; for tests, simulations and idle moments. O(pages).</summary>
    public void Audit()
    {
        int referenced = 0;
        int cached = 0;
        for (int page = 0; page < _references.Length; page++)
        {
            Check.That(_references[page] >= 0, "I1: negative owner count");
            referenced += _references[page] > 0 ? 1 : 0;
            cached += IsOnlyCached(page) ? 1 : 0;
        }

        HashSet<int> free = [.. _free.AsSpan(0, FreePages)];
        Check.That(free.Count == FreePages, "I1: a page stands in the free list twice");
        Check.That(cached == CachedPages, "I1: the count of cached pages is wrong");
        Check.That(referenced + cached + FreePages == TotalPages, "I1: free + referenced + cached differs from total");
    }
}
