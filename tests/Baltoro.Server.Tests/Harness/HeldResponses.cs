using Baltoro.Platform.Idempotency;
using Baltoro.Platform.Ports;

namespace Baltoro.Server.Tests.Harness;

/// <summary>A store of answers that keeps one only when the test lets it.</summary>
internal sealed class HeldResponses : IResponseStore
{
    private readonly TaskCompletionSource _completing = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _allowed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Done when the server asks to keep an answer.</summary>
    public Task Completing => _completing.Task;

    public void Allow() => _allowed.TrySetResult();

    public ValueTask<ClaimedKey> ClaimAsync(KeyClaim claim, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new ClaimedKey(claim.Owner, claim.Owner, claim.Fingerprint, null));

    public async ValueTask CompleteAsync(
        ReadOnlyMemory<byte> id, string owner, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        _completing.TrySetResult();
        await _allowed.Task;
    }

    public ValueTask RenewAsync(ReadOnlyMemory<byte> id, string owner, long leaseUntilMs, CancellationToken cancellationToken) =>
        ValueTask.CompletedTask;

    public ValueTask ForgetAsync(ReadOnlyMemory<byte> id, string owner, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public ValueTask<int> SweepAsync(
        long olderThanMs, int mostPerScope, long mostBytesPerScope, CancellationToken cancellationToken) => ValueTask.FromResult(0);
}
