using Baltoro.Cli.Composition;
using Baltoro.Kimi.Conversation;

namespace Baltoro.Cli.Tests.Commands;

public class OpeningBackendTests
{
    [Fact]
    public async Task Dispose_WhileStillOpening_DoesNotWaitAndDisposesLater()
    {
        TaskCompletionSource<IChatBackend> opened = new();
        ClosingBackend backend = new();
        OpeningBackend opening = OpeningBackend.Start(() => new ValueTask<IChatBackend>(opened.Task));
        await opening.DisposeAsync();
        Assert.False(backend.Closed.IsCompleted);
        opened.SetResult(backend);
        await backend.Closed;
    }

    [Fact]
    public async Task Dispose_AfterOpening_DisposesTheBackend()
    {
        ClosingBackend backend = new();
        OpeningBackend opening = OpeningBackend.Start(() => ValueTask.FromResult<IChatBackend>(backend));
        Assert.Same(backend, await opening.BackendAsync());
        await opening.DisposeAsync();
        Assert.True(backend.Closed.IsCompleted);
    }

    [Fact]
    public async Task Backend_ThatCannotBeOpened_ThrowsOnceAndDisposesQuietly()
    {
        OpeningBackend opening = OpeningBackend.Start(() => throw new InvalidOperationException("no model"));
        Assert.Equal("no model", (await Assert.ThrowsAsync<InvalidOperationException>(opening.BackendAsync)).Message);
        await opening.DisposeAsync();
    }

    private sealed class ClosingBackend : IChatBackend
    {
        private readonly TaskCompletionSource _closed = new();

        public Task Closed => _closed.Task;

        public string Name => "closing";

        public int ContextWindow => 1;

        public int? TrainedContext => null;

        public bool IsReady => true;

        public ValueTask<PromptQuote> QuoteAsync(ChatRequest request, CancellationToken cancellationToken) => ValueTask.FromResult(new PromptQuote(1));

        public IAsyncEnumerable<ChatEvent> StreamAsync(ChatRequest request, CancellationToken cancellationToken) => AsyncEnumerable.Empty<ChatEvent>();

        public ValueTask DisposeAsync()
        {
            _closed.SetResult();
            return ValueTask.CompletedTask;
        }
    }
}
