using Baltoro.Backends.Media;
using Baltoro.Backends.Turns;
using Baltoro.Kimi.Media;
using Baltoro.Kimi.Prompt;
using Baltoro.Kimi.Vision;
using CsCheck;

namespace Baltoro.Backends.Tests.Turns;

public class TenantTurnsTests
{
    [Fact]
    public async Task Enter_TenantWithManyWaiting_IsNotAheadOfAnother()
    {
        TenantTurns turns = Make(capacity: 1);
        IDisposable running = await Now(turns, "a");
        List<string> order = [];
        List<Task> waiting = [.. Enumerable.Range(0, 10).Select(i => WaitAsync(turns, "a", 1, order, $"a{i}")), WaitAsync(turns, "b", 1, order, "b")];
        Assert.Empty(order);
        running.Dispose();
        await Task.WhenAll(waiting);
        Assert.Contains("b", order.Take(2));
        Assert.Equal(Enumerable.Range(0, 10).Select(i => $"a{i}"), order.Where(name => name != "b"));
        Assert.Equal(0, turns.Held);
    }

    [Fact]
    public async Task Enter_ShareOfATenant_LeavesRoomForOthers()
    {
        TenantTurns turns = Make(capacity: 4, perTenant: 2);
        IDisposable[] first = [await Now(turns, "a"), await Now(turns, "a")];
        ValueTask<IDisposable?> third = turns.EnterAsync("a", 1, default);
        Assert.False(third.IsCompleted);
        using (await Now(turns, "b"))
        {
            Assert.Equal(3, turns.Held);
        }

        first[0].Dispose();
        Assert.NotNull(await third);
    }

    [Fact]
    public async Task Enter_LargeWorkThatWaits_IsPassedOnlyInTheRoomItDoesNotNeed()
    {
        TenantTurns turns = Make(capacity: 10);
        IDisposable half = await Now(turns, "a", 5);
        ValueTask<IDisposable?> large = turns.EnterAsync("b", 8, default);
        IDisposable small = await Now(turns, "c", 2);
        ValueTask<IDisposable?> tooMuch = turns.EnterAsync("d", 1, default);
        Assert.False(large.IsCompleted || tooMuch.IsCompleted);
        half.Dispose();
        IDisposable? started = await large;
        Assert.Equal(10, turns.Held);
        Assert.False(tooMuch.IsCompleted);
        small.Dispose();
        Assert.NotNull(await tooMuch);
        started!.Dispose();
        Assert.Equal(1, turns.Held);
    }

    [Fact]
    public async Task Enter_WhenTooMuchWaits_IsRefusedAtOnce()
    {
        TenantTurns turns = Make(capacity: 1, waiting: 3, waitingPerTenant: 2);
        IDisposable running = await Now(turns, "a");
        ValueTask<IDisposable?>[] waiting = [turns.EnterAsync("a", 1, default), turns.EnterAsync("a", 1, default)];
        Assert.Null(await turns.EnterAsync("a", 1, default));
        ValueTask<IDisposable?> other = turns.EnterAsync("b", 1, default);
        Assert.Null(await turns.EnterAsync("c", 1, default));
        running.Dispose();
        foreach (ValueTask<IDisposable?> turn in (ValueTask<IDisposable?>[])[other, waiting[0], waiting[1]])
        {
            (await turn)!.Dispose();
        }

        Assert.NotNull(await turns.EnterAsync("c", 1, default));
    }

    [Fact]
    public async Task Enter_CancelledWhileWaiting_LeavesItsPlaceToOthers()
    {
        TenantTurns turns = Make(capacity: 2);
        IDisposable running = await Now(turns, "a");
        using CancellationTokenSource cancel = new();
        Task<IDisposable?> large = turns.EnterAsync("b", 2, cancel.Token).AsTask();
        ValueTask<IDisposable?> behind = turns.EnterAsync("c", 1, default);
        Assert.False(behind.IsCompleted);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => large);
        Assert.NotNull(await behind);
        running.Dispose();
        running.Dispose();
        Assert.Equal(1, turns.Held);
    }

    /// <summary>Whatever comes and goes: the bounds hold, everything gets its turn, nothing is left held.</summary>
    [Fact]
    public void Enter_RandomWork_KeepsItsBoundsAndStarvesNobody() =>
        Gen.Select(Gen.Int[1, 20], Gen.Int[1, 20], Gen.Select(Gen.Int[0, 4], Gen.Int[1, 25]).Array[1, 60]).Sample((capacity, perTenant, work) =>
        {
            TenantTurns turns = Make(capacity, perTenant);
            List<(Task<IDisposable?> Task, int Tenant, long Units)> open =
                [.. work.Select(item => (turns.EnterAsync($"{item.Item1}", item.Item2, default).AsTask(), item.Item1, (long)Math.Min(item.Item2, capacity)))];
            while (open.Count > 0)
            {
                // A turn that has started is seen a moment later by its task.
                if (!SpinWait.SpinUntil(() => open.Where(item => item.Task.IsCompleted).Sum(item => item.Units) == turns.Held, 10_000))
                {
                    return false;
                }

                List<(Task<IDisposable?> Task, int Tenant, long Units)> running = [.. open.Where(item => item.Task.IsCompleted)];
                if (running.Count == 0
                    || running.Sum(item => item.Units) > capacity
                    || running.GroupBy(item => item.Tenant).Any(mine => mine.Count() > 1 && mine.Sum(item => item.Units) > perTenant))
                {
                    return false;
                }

                running[0].Task.Result!.Dispose();
                open.Remove(running[0]);
            }

            return turns.Held == 0;
        });

    [Theory]
    [InlineData(6_000, 6_000)]
    [InlineData(32_768, 1_098)]
    public void DecodeCost_LargestPicture_LeavesRoomForSmallOnes(int width, int height)
    {
        PromptMedia large = new PromptMedia.Picture(0, 1, new EncodedImage(default, new ImageHeader(ImageFormat.Png, width, height), "p"));
        PromptMedia small = new PromptMedia.Picture(0, 1, new EncodedImage(default, new ImageHeader(ImageFormat.Png, 512, 512), "p"));
        Assert.True(DecodeCost.BytesOf(large) + (8 * DecodeCost.BytesOf(small)) <= DecodeCost.CapacityBytes);
        EncodedVideo film = EncodedVideo.FromAnimation(new EncodedImage(default, new ImageHeader(ImageFormat.Gif, width, height), "p"), new Animation(2, 100));
        PromptMedia frames = new PromptMedia.Chunk(0, 1, film, new VideoPlan(1, []), 0);
        Assert.True(DecodeCost.BytesOf(frames) + (4 * DecodeCost.BytesOf(small)) <= DecodeCost.CapacityBytes);
    }

    private static TenantTurns Make(long capacity, long? perTenant = null, int waiting = 1_000, int waitingPerTenant = 1_000) => new(new TurnLimits
    {
        Capacity = capacity,
        CapacityPerTenant = perTenant ?? capacity,
        MaxWaiting = waiting,
        MaxWaitingPerTenant = waitingPerTenant,
    });

    private static async Task<IDisposable> Now(TenantTurns turns, string tenant, long units = 1)
    {
        ValueTask<IDisposable?> turn = turns.EnterAsync(tenant, units, default);
        Assert.True(turn.IsCompleted);
        return (await turn)!;
    }

    private static async Task WaitAsync(TenantTurns turns, string tenant, long units, List<string> order, string name)
    {
        using IDisposable? turn = await turns.EnterAsync(tenant, units, default);
        lock (order)
        {
            order.Add(name);
        }
    }
}
