namespace Baltoro.Server.Idempotency;

/// <summary>
/// Writes to the client while it is there, and to memory up to a bound in any case. What is written while <paramref name="holdsBack"/>
/// says so waits for <see cref="SendRestAsync"/>: so a client that has its whole answer may repeat the request at once, and finds
/// it kept. Write only; one request at a time.
/// </summary>
internal sealed class RecordedStream(Stream client, CancellationToken clientGone, int mostBytes, Func<bool> holdsBack) : Stream
{
    private readonly MemoryStream _kept = new();
    private int _sent;
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
        if (!IsTooLarge && _kept.Length + buffer.Length > mostBytes)
        {
            await SendRestAsync().ConfigureAwait(false);
            IsTooLarge = true;
            _kept.SetLength(0);
            _kept.Capacity = 0;
        }

        if (IsTooLarge)
        {
            await TellAsync(() => client.WriteAsync(buffer, clientGone)).ConfigureAwait(false);
            return;
        }

        _kept.Write(buffer.Span);
        if (!holdsBack())
        {
            await SendRestAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Sends what was held back.</summary>
    public async ValueTask SendRestAsync()
    {
        if (!IsTooLarge && _kept.Length > _sent)
        {
            ReadOnlyMemory<byte> rest = _kept.GetBuffer().AsMemory(_sent, (int)_kept.Length - _sent);
            _sent = (int)_kept.Length;
            await TellAsync(() => client.WriteAsync(rest, clientGone)).ConfigureAwait(false);
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) => holdsBack() && _sent < _kept.Length
        ? Task.CompletedTask
        : TellAsync(() => new ValueTask(client.FlushAsync(clientGone))).AsTask();

    public override void Flush() => throw new NotSupportedException();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

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
