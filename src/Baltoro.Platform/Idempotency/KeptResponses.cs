using Baltoro.Platform.Identity;
using Baltoro.Platform.Ports;

namespace Baltoro.Platform.Idempotency;

/// <summary>
/// Answers kept for 24 hours, so that a repeated request gets the same answer and is not charged again. A key belongs to
/// one scope; the first request that uses it decides what it means. Safe for concurrent use.
/// </summary>
public sealed class KeptResponses(IResponseStore store, KeyPepper pepper, TimeProvider clock)
{
    /// <summary>Longest key a caller may send.</summary>
    public const int MaxKeyChars = 255;

    /// <summary>Largest answer that is kept.</summary>
    public const int MaxContentBytes = 16 * 1024 * 1024;

    /// <summary>Answers kept for one scope; the oldest go first.</summary>
    public const int MostPerScope = 10_000;

    /// <summary>Size of all answers kept for one scope; the oldest go first.</summary>
    public const long MostBytesPerScope = 256L * 1024 * 1024;

    /// <summary>How often a run must renew its ticket.</summary>
    public static readonly TimeSpan RenewEvery = TimeSpan.FromSeconds(15);

    private const long LeaseMs = 60_000;
    private const long KeptMs = 24L * 3_600_000;
    private readonly ResponseSeal _seal = new(pepper);

    /// <summary>Whether a caller may use this text as a key: 1 to 255 printable ASCII characters.</summary>
    public static bool IsKey(string key) => key.Length is > 0 and <= MaxKeyChars && key.All(letter => letter is >= ' ' and <= '~');

    /// <summary>Takes the key for this request, or says what to answer instead.</summary>
    public async ValueTask<RepeatDecision> BeginAsync(
        string scope, string key, ReadOnlyMemory<byte> fingerprint, CancellationToken cancellationToken)
    {
        string owner = Guid.NewGuid().ToString("N");
        byte[] id = _seal.IdOf(scope, key);
        long nowMs = NowMs();
        ClaimedKey claimed = await store.ClaimAsync(
            new KeyClaim(id, scope, fingerprint, owner, nowMs, nowMs + LeaseMs, nowMs - KeptMs), cancellationToken).ConfigureAwait(false);
        if (claimed.Owner == owner)
        {
            return new RepeatDecision(RepeatCode.Run, new ResponseTicket(id, scope, key, owner, claimed.RunId));
        }

        if (!claimed.Fingerprint.Span.SequenceEqual(fingerprint.Span))
        {
            return new RepeatDecision(RepeatCode.OtherContent);
        }

        if (claimed.Content is not { } content)
        {
            return new RepeatDecision(RepeatCode.Running);
        }

        KeptResponse response = KeptResponse.Read(_seal.Open(scope, key, content.Span));
        return response.Status == 0 ? new RepeatDecision(RepeatCode.NotKept) : new RepeatDecision(RepeatCode.Replay, Response: response);
    }

    /// <summary>Keeps an answer that was given.</summary>
    public ValueTask CompleteAsync(ResponseTicket ticket, KeptResponse response, CancellationToken cancellationToken)
    {
        KeptResponse kept = response.Body.Length > MaxContentBytes ? KeptResponse.TooLarge : response;
        return store.CompleteAsync(ticket.Id, ticket.Owner, _seal.Seal(ticket.Scope, ticket.Key, kept.ToBytes()), cancellationToken);
    }

    /// <summary>Goes on holding the key.</summary>
    public ValueTask RenewAsync(ResponseTicket ticket, CancellationToken cancellationToken) =>
        store.RenewAsync(ticket.Id, ticket.Owner, NowMs() + LeaseMs, cancellationToken);

    /// <summary>The run failed on our side: a repeat with the same content runs again, under the same run id.</summary>
    public ValueTask ReleaseAsync(ResponseTicket ticket, CancellationToken cancellationToken) =>
        store.RenewAsync(ticket.Id, ticket.Owner, 0, cancellationToken);

    /// <summary>The request was refused and took nothing: its key is free for any request.</summary>
    public ValueTask ForgetAsync(ResponseTicket ticket, CancellationToken cancellationToken) =>
        store.ForgetAsync(ticket.Id, ticket.Owner, cancellationToken);

    /// <summary>Removes answers whose time is over. Run every few minutes on any node.</summary>
    public ValueTask<int> SweepAsync(CancellationToken cancellationToken) =>
        store.SweepAsync(NowMs() - KeptMs, MostPerScope, MostBytesPerScope, cancellationToken);

    private long NowMs() => clock.GetUtcNow().ToUnixTimeMilliseconds();
}
