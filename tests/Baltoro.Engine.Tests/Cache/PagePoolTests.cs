using Baltoro.Engine.Cache;
using Baltoro.Engine.Diagnostics;
using CsCheck;

namespace Baltoro.Engine.Tests.Cache;

public class PagePoolTests
{
    [Fact]
    public void TryAllocate_NoPageFree_SaysFalse()
    {
        var pool = new PagePool(1);
        Assert.True(pool.TryAllocate(out int page));
        Assert.False(pool.TryAllocate(out _));
        pool.Release(page);
        Assert.True(pool.TryAllocate(out _));
    }

    [Fact]
    public void Release_Twice_BreaksI1()
    {
        var pool = new PagePool(2);
        pool.TryAllocate(out int page);
        pool.Release(page);
        Assert.Throws<InvariantException>(() => pool.Release(page));
    }

    [Fact]
    public void RandomUse_KeepsI1() =>
        Gen.Int[0, 1].Array[1, 400].Sample(steps =>
        {
            var pool = new PagePool(16);
            List<int> held = [];
            foreach (int step in steps)
            {
                if (step == 1 && pool.TryAllocate(out int page))
                {
                    Assert.DoesNotContain(page, held);
                    held.Add(page);
                }
                else if (step == 0 && held.Count > 0)
                {
                    pool.Release(held[0]);
                    held.RemoveAt(0);
                }

                pool.Audit();
                Assert.Equal(16 - held.Count, pool.FreePages);
            }
        });
}
