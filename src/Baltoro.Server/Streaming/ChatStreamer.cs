using Baltoro.Kimi.Conversation;
using Baltoro.Protocol.Errors;
using Baltoro.Protocol.Sse;
using Baltoro.Server.Errors;
using Baltoro.Server.Gate;
using Baltoro.Server.Idempotency;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Baltoro.Server.Streaming;

/// <summary>
/// Sends a backend's events as they come. Headers go out together with the first event, so a failure before it is a
/// plain HTTP error. What is ready is written before the next wait; silence is filled with comments.
/// </summary>
internal sealed class ChatStreamer : IDisposable
{
    private const int FlushBytes = 16 * 1024;

    private readonly HttpContext _context;
    private readonly IEventRun _run;
    private readonly SseWriter _output;
    private readonly IEventWriter _chunks;
    private readonly SilenceTimer _silence;
    private readonly Func<WireError?> _stopReason;
    private bool _isStarted;
    private bool _isClientGone;

    public ChatStreamer(
        HttpContext context, IEventRun run, Func<SseWriter, IEventWriter> framing, SilenceTimer silence, Func<WireError?> stopReason)
    {
        _context = context;
        _run = run;
        _output = new SseWriter(context.Response.BodyWriter);
        _chunks = framing(_output);
        _silence = silence;
        _stopReason = stopReason;
    }

    /// <summary>Sends everything. Returns an error, and has sent nothing, when the backend failed before its first event.</summary>
    public async ValueTask<WireError?> RunAsync()
    {
        while (await NextAsync().ConfigureAwait(false) is { } next)
        {
            if (next is ChatEvent.Fault fault)
            {
                WireError error = FaultMapper.Map(fault);
                if (!_isStarted)
                {
                    return error;
                }

                WriteError(error);
            }
            else
            {
                if (next is ChatEvent.Usage)
                {
                    await _run.SettleCompletedAsync().ConfigureAwait(false);
                }

                WriteEvent(next);
            }
        }

        if (!_chunks.IsDone && _stopReason() is { } reason)
        {
            if (!_isStarted)
            {
                return reason;
            }

            WriteError(reason);
        }

        await FlushAsync().ConfigureAwait(false);
        return null;
    }

    /// <summary>Releases the writer.</summary>
    public void Dispose() => _output.Dispose();

    private void WriteError(WireError error)
    {
        _context.Features.Get<IdempotentRun>()?.Fail();
        _chunks.WriteError(error);
    }

    private void WriteEvent(ChatEvent next)
    {
        if (next is ChatEvent.Usage && _run.IsCancelled && !_isStarted)
        {
            return;
        }

        Start();
        _chunks.Write(next);
    }

    private void Start()
    {
        if (_isStarted)
        {
            return;
        }

        _isStarted = true;
        HttpResponse response = _context.Response;
        response.ContentType = "text/event-stream; charset=utf-8";
        response.Headers.CacheControl = "no-cache";
        response.Headers["X-Accel-Buffering"] = "no";
        _context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        _chunks.WriteStart();
    }

    private async ValueTask<ChatEvent?> NextAsync()
    {
        ValueTask<ChatEvent?> pending = _run.NextAsync();
        if (pending.IsCompleted && _context.Response.BodyWriter.UnflushedBytes < FlushBytes)
        {
            return await pending.ConfigureAwait(false);
        }

        Task<ChatEvent?> next = pending.AsTask();
        await FlushAsync().ConfigureAwait(false);
        while (!await _silence.WaitAsync(next).ConfigureAwait(false))
        {
            Start();
            _output.WriteKeepAlive();
            await FlushAsync().ConfigureAwait(false);
        }

        return await next.ConfigureAwait(false);
    }

    private async ValueTask FlushAsync()
    {
        if (!_isStarted || _isClientGone)
        {
            return;
        }

        if (_chunks.IsDone)
        {
            _context.Features.Get<IdempotentRun>()?.End();
        }

        try
        {
            System.IO.Pipelines.FlushResult result = await _context.Response.BodyWriter.FlushAsync().ConfigureAwait(false);
            _isClientGone = result.IsCompleted;
        }
        catch (Exception fault) when (fault is IOException or OperationCanceledException)
        {
            // The connection is gone; RequestAborted cancels the backend, and its stream is still drained.
            _isClientGone = true;
        }

        _silence.Restart();
    }
}
