using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Baltoro.Kimi.Cards;
using Baltoro.Platform.Idempotency;
using Baltoro.Platform.Identity;
using Baltoro.Platform.Payments;
using Baltoro.Platform.Ports;
using Baltoro.Server.Files.Extraction;
using Baltoro.Server.Hosting;
using Baltoro.Storage;
using Baltoro.Tests.Shared;

namespace Baltoro.Server.Tests.Harness;

/// <summary>A real server on a random loopback port with a scripted backend, a fresh data directory and one key.</summary>
public sealed class TestServer : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private ServerStore? _store;
    private BaltoroServer? _server;

    internal ScriptedBackend Backend { get; } = new();

    internal RecordedSettlement Settlement { get; } = new();

    internal TimeProvider Clock { get; init; } = TimeProvider.System;

    internal Func<ServerOptions, ServerOptions> Configure { get; init; } = options => options;

    /// <summary>Whether limits and money count, on a store of its own; most tests are about something else.</summary>
    internal bool IsMetered { get; init; }

    /// <summary>Payment provider whose deliveries are taken, or null.</summary>
    internal IPaymentAdapter? Payments { get; init; }

    /// <summary>Where answers are kept; null: in the server's own store.</summary>
    internal KeptResponses? Responses { get; init; }

    /// <summary>Reads documents; in this process by default.</summary>
    internal ITextExtractor Extractor { get; init; } = new InProcessExtractor();

    internal ServerAccounts Accounts { get => field ?? throw new InvalidOperationException("not started"); private set; }

    public string Key { get; private set; } = "";

    public string KeyId { get; private set; } = "";

    public Uri BaseUri { get; private set; } = new("http://127.0.0.1/");

    public HttpClient Client { get; private set; } = new();

    internal KeyService Keys => _store?.Keys ?? throw new InvalidOperationException("not started");

    internal ServerStore Store => _store ?? throw new InvalidOperationException("not started");

    internal string DataPath => _folder.Path;

    internal BaltoroServer Host => _server ?? throw new InvalidOperationException("not started");

    internal static async Task<TestServer> StartAsync(
        Func<ServerOptions, ServerOptions>? configure = null, TimeProvider? clock = null)
    {
        TestServer server = new() { Configure = configure ?? (options => options), Clock = clock ?? TimeProvider.System };
        await server.InitializeAsync();
        return server;
    }

    public async ValueTask InitializeAsync()
    {
        ServerOptions options = Configure(new ServerOptions
        {
            DataPath = _folder.Path,
            Urls = ["http://127.0.0.1:0"],
            LogLevel = Microsoft.Extensions.Logging.LogLevel.None,
        });
        _store = ServerStore.Open(options.DataPath, StoreSettings.Default, Clock, options.Tiers);
        KeyResult issued = await _store.Keys.CreateAsync(new KeyRequest { Tier = "enterprise" }, default);
        Key = issued.Issued?.Text ?? throw new InvalidOperationException(issued.Message);
        KeyId = issued.Issued.Key.Id;
        ServerAccounts accounts = ServerAccounts.Over(_store, options, Clock);
        Accounts = accounts;
        _server = await BaltoroServer.StartAsync(
            options,
            new ServerServices
            {
                Keys = _store.Keys,
                Models = new ModelDirectory(ModelCatalog.BuiltIn, Backend),
                Clock = Clock,
                Responses = Responses ?? _store.Platform.Money.Responses,
                Settlement = Settlement,
                Files = _store.Files,
                TextExtractor = Extractor,
                Accounts = IsMetered ? accounts : null,
                Admin = IsMetered ? ServerAdmin.Over(_store, options, accounts, Clock) : null,
                Payments = Payments is { } adapter ? new PaymentService(
                    [adapter], accounts.Accounts, new Organizations(_store.Platform.Identities), _store.Platform.Money.PaymentEvents, Clock) : null,
            },
            default);
        BaseUri = new Uri(_server.Addresses[0]);
        Client = NewClient();
    }

    internal static async Task<TestServer> StartMeteredAsync(
        TimeProvider? clock = null, Func<ServerOptions, ServerOptions>? configure = null)
    {
        TestServer server = new()
        {
            IsMetered = true,
            Clock = clock ?? TimeProvider.System,
            Configure = configure ?? (options => options),
        };
        await server.InitializeAsync();
        return server;
    }

    /// <summary>A key and a client that sends it.</summary>
    internal async Task<(ApiKey Key, HttpClient Client)> IssueAsync(string tier, string organization = Organization.LocalId)
    {
        IssuedKey issued = (await Keys.CreateAsync(new KeyRequest { Tier = tier, OrganizationId = organization }, default)).Issued!;
        HttpClient client = NewClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", issued.Text);
        return (issued.Key, client);
    }

    /// <summary>Sends a chat body with a client of its own key.</summary>
    internal static Task<HttpResponseMessage> ChatAsync(HttpClient client, string more = "", bool readWhole = true)
    {
        HttpRequestMessage request = new(HttpMethod.Post, "/v1/chat/completions")
        {
            Content = new StringContent(Body(more: more), Encoding.UTF8, "application/json"),
        };
        return client.SendAsync(request, readWhole ? HttpCompletionOption.ResponseContentRead : HttpCompletionOption.ResponseHeadersRead);
    }

    public HttpClient NewClient()
    {
        HttpClient client = new() { BaseAddress = BaseUri, Timeout = TimeSpan.FromSeconds(60) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Key);
        return client;
    }

    /// <summary>Sends a raw body to the chat route.</summary>
    public Task<HttpResponseMessage> PostAsync(string body, bool readWhole = true) => PostAsync(Encoding.UTF8.GetBytes(body), readWhole);

    public Task<HttpResponseMessage> PostAsync(byte[] body, bool readWhole = true)
    {
        HttpRequestMessage request = new(HttpMethod.Post, "/v1/chat/completions") { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return Client.SendAsync(request, readWhole ? HttpCompletionOption.ResponseContentRead : HttpCompletionOption.ResponseHeadersRead);
    }

    /// <summary>A body for <paramref name="model"/> with one user message and further members.</summary>
    public static string Body(string model = "kimi-k2-5", string more = "") =>
        $$"""{"model":"{{model}}","messages":[{"role":"user","content":"Hi"}]{{(more.Length == 0 ? "" : "," + more)}}}""";

    /// <summary>The JSON of a response.</summary>
    public static async Task<JsonElement> JsonAsync(HttpResponseMessage response)
    {
        using JsonDocument document = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync());
        return document.RootElement.Clone();
    }

    /// <summary>The data lines of a finished event stream.</summary>
    public static async Task<IReadOnlyList<string>> EventsAsync(HttpResponseMessage response)
    {
        string text = await response.Content.ReadAsStringAsync();
        Assert.EndsWith("\n\n", text, StringComparison.Ordinal);
        return [.. text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(line =>
        {
            Assert.StartsWith("data: ", line, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', line);
            return line["data: ".Length..];
        })];
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (_server is not null)
        {
            await _server.StopAsync(default);
            await _server.DisposeAsync();
        }

        await (_store?.DisposeAsync() ?? ValueTask.CompletedTask);
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        _folder.Dispose();
    }
}
