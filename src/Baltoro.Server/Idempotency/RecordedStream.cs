namespace Baltoro.Server.Idempotency;

/// <summary>Writes to the client while it is there, and to memory up to a bound in any case. Write only; one request at a time.</summary>
internal sealed class RecordedStream(Stream client, CancellationToken clientGone, int mostBytes) : Stream
{
    private readonly MemoryStream _kept = new();
    private bool _isClientGone;

    /// <summary>What was written; null when it passed the bound.</summary>
    public ReadOnlyMemory<byte>? Kept => IsTooLarge ? null : _kept.GetBuffer().AsMemory(0, (int)_kept.Length);

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    private bool IsTooLarge { get; set; }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Keep(buffer.Span);
        await TellAsync(() => client.WriteAsync(buffer, clientGone)).ConfigureAwait(false);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) =>
        TellAsync(() => new ValueTask(client.FlushAsync(clientGone))).AsTask();

    public override void Flush() => throw new NotSupportedException();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        if (IsTooLarge || _kept.Length + bytes.Length > mostBytes)
        {
            IsTooLarge = true;
            _kept.SetLength(0);
            _kept.Capacity = 0;
            return;
        }

        _kept.Write(bytes);
    }

    private async ValueTask TellAsync(Func<ValueTask> tell)
    {
        if (_isClientGone || clientGone.IsCancellationRequested)
        {
            return;
        }

        try
        {
            await tell().ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is IOException or OperationCanceledException)
        {
            // The client went away; its answer is finished and kept for when it asks again.
            _isClientGone = true;
        }
    }
}
