using Baltoro.Server.Hosting;
using Microsoft.AspNetCore.Http;

namespace Baltoro.Server.Gate;

/// <summary>
/// Bounds the bytes of all request bodies that are in the server together. A body is counted by what has really arrived of it;
/// small ones are not counted, so that large ones cannot shut them out. Safe for concurrent use.
/// </summary>
internal sealed class BodyBudget(ServerOptions options)
{
    /// <summary>Bodies up to this size are not counted.</summary>
    public const int UncountedBytes = 256 * 1024;

    private long _heldBytes;

    private long LimitBytes { get; } = options.MaxBodiesBytes;

    /// <summary>The share of a request, empty at first; it goes back when the response has been sent.</summary>
    public Share Of(HttpContext context)
    {
        if (context.Items.TryGetValue(typeof(Share), out object? known) && known is Share share)
        {
            return share;
        }

        share = new Share(this);
        context.Items[typeof(Share)] = share;
        context.Response.RegisterForDispose(share);
        return share;
    }

    /// <summary>One request's share; used by one caller at a time.</summary>
    internal sealed class Share(BodyBudget owner) : IDisposable
    {
        private long _bytes;

        /// <summary>Makes the share large enough for a body of so many bytes; false when the budget does not allow it.</summary>
        public bool TryCover(long bytes)
        {
            long more = bytes <= UncountedBytes ? 0 : bytes - _bytes;
            if (more <= 0)
            {
                return true;
            }

            if (Interlocked.Add(ref owner._heldBytes, more) > owner.LimitBytes)
            {
                Interlocked.Add(ref owner._heldBytes, -more);
                return false;
            }

            _bytes += more;
            return true;
        }

        public void Dispose()
        {
            Interlocked.Add(ref owner._heldBytes, -_bytes);
            _bytes = 0;
        }
    }
}
