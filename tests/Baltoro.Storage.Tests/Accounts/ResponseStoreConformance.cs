using System.Text;
using Baltoro.Platform.Idempotency;
using Baltoro.Platform.Identity;
using Baltoro.Platform.Ports;
using Baltoro.Storage.Tests.Servers;

namespace Baltoro.Storage.Tests.Accounts;

/// <summary>What kept answers must do, over every database.</summary>
public abstract class ResponseStoreConformance
{
    private static readonly byte[] Body = Encoding.UTF8.GetBytes("answer");
    private readonly string _scope = $"org/{Guid.NewGuid():N}";

    private protected ManualClock Clock { get; } = new(new DateTimeOffset(2026, 10, 31, 12, 0, 0, TimeSpan.Zero));

    private protected abstract IResponseStore Open();

    [Fact]
    public async Task Claim_OfManyAtOnce_IsOnes()
    {
        IResponseStore store = Open();
        RepeatDecision[] decisions = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => BeginAsync(store, "k", 1))));
        Assert.Single(decisions, decision => decision.Code == RepeatCode.Run);
        Assert.Equal(15, decisions.Count(decision => decision.Code == RepeatCode.Running));
    }

    [Fact]
    public async Task Response_Kept_IsReplayedToTheSameContentOnly()
    {
        IResponseStore store = Open();
        KeptResponses kept = Of(store);
        RepeatDecision first = await BeginAsync(store, "k", 1);
        await kept.CompleteAsync(first.Ticket!, new KeptResponse(200, [("content-type", "text/plain")], Body), default);
        RepeatDecision again = await BeginAsync(store, "k", 1);
        Assert.Equal((RepeatCode.Replay, 200), (again.Code, again.Response!.Status));
        Assert.Equal(Body, again.Response.Body.ToArray());
        Assert.Equal([("content-type", "text/plain")], again.Response.Headers);
        Assert.Equal(RepeatCode.OtherContent, (await BeginAsync(store, "k", 2)).Code);
        Assert.Equal(RepeatCode.Run, (await BeginAsync(store, "other", 2)).Code);
    }

    [Fact]
    public async Task Lease_ThatEnded_IsTakenOverWithTheSameRun()
    {
        IResponseStore store = Open();
        KeptResponses kept = Of(store);
        RepeatDecision first = await BeginAsync(store, "k", 1);
        Clock.StepMs(45_000);
        await kept.RenewAsync(first.Ticket!, default);
        Clock.StepMs(45_000);
        Assert.Equal(RepeatCode.Running, (await BeginAsync(store, "k", 1)).Code);
        Clock.StepMs(15_000);
        Assert.Equal(RepeatCode.OtherContent, (await BeginAsync(store, "k", 2)).Code);
        RepeatDecision second = await BeginAsync(store, "k", 1);
        Assert.Equal(RepeatCode.Run, second.Code);
        Assert.Equal(first.Ticket!.RunId, second.Ticket!.RunId);
        await kept.CompleteAsync(first.Ticket, new KeptResponse(200, [], Body), default);
        Assert.Equal(RepeatCode.Running, (await BeginAsync(store, "k", 1)).Code);
        await kept.ForgetAsync(second.Ticket, default);
        RepeatDecision third = await BeginAsync(store, "k", 2);
        Assert.Equal(RepeatCode.Run, third.Code);
        Assert.NotEqual(first.Ticket.RunId, third.Ticket!.RunId);
    }

    [Fact]
    public async Task Sweep_RemovesTheOldAndTheMany()
    {
        IResponseStore store = Open();
        KeptResponses kept = Of(store);
        for (int index = 0; index < 8; index++)
        {
            RepeatDecision begun = await BeginAsync(store, $"k{index}", 1);
            await kept.CompleteAsync(begun.Ticket!, new KeptResponse(200, [], Body), default);
            Clock.StepMs(1_000);
        }

        Assert.Equal(5, await store.SweepAsync(0, 3, long.MaxValue, default));
        Assert.Equal(RepeatCode.Replay, (await BeginAsync(store, "k7", 1)).Code);
        Assert.Equal(RepeatCode.Run, (await BeginAsync(store, "k0", 1)).Code);
        Assert.True(await store.SweepAsync(0, 100, 1, default) >= 3);
        Assert.Equal(RepeatCode.Run, (await BeginAsync(store, "k7", 1)).Code);
        Clock.StepMs(25 * 3_600_000);
        Assert.True(await kept.SweepAsync(default) >= 2);
    }

    private KeptResponses Of(IResponseStore store) => new(store, new KeyPepper(new byte[KeyPepper.SizeBytes]), Clock);

    private async Task<RepeatDecision> BeginAsync(IResponseStore store, string key, byte content) =>
        await Of(store).BeginAsync(_scope, key, new byte[] { content }, default);
}
