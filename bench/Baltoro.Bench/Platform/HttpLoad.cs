using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using Baltoro.Kimi.Cards;
using Baltoro.Platform.Identity;
using Baltoro.Server.Hosting;
using Baltoro.Storage;

namespace Baltoro.Bench.Platform;

/// <summary>The same over HTTP: a server that answers at once, with accounts and without, asked one request after another.</summary>
internal static class HttpLoad
{
    private const string Body = """{"model":"kimi-k2-5","max_tokens":16,"messages":[{"role":"user","content":"Hello"}]}""";

    public static async Task<IReadOnlyList<LatencyFigures>> RunAsync(string store, StoreSettings settings, string data, double seconds)
    {
        ServerStore opened = ServerStore.Open(data, settings, TimeProvider.System);
        await using (opened.ConfigureAwait(false))
        {
            KeyResult key = await opened.Keys.CreateAsync(new KeyRequest { Name = "bench", Tier = "enterprise" }, default).ConfigureAwait(false);
            string text = key.Issued?.Text ?? throw new BenchOptionException(key.Message);
            ServerAccounts accounts = ServerAccounts.Over(opened, new ServerOptions { DataPath = data }, TimeProvider.System);
            return
            [
                await MeasureAsync(store, "HTTP request without accounts", opened, null, text, seconds).ConfigureAwait(false),
                await MeasureAsync(store, "HTTP request with accounts", opened, accounts, text, seconds).ConfigureAwait(false),
            ];
        }
    }

    private static async Task<LatencyFigures> MeasureAsync(
        string store, string step, ServerStore opened, ServerAccounts? accounts, string key, double seconds)
    {
        ServerOptions options = new() { DataPath = "", Urls = ["http://127.0.0.1:0"] };
        InstantBackend backend = new();
        await using (backend.ConfigureAwait(false))
        {
            ServerServices services = new() { Keys = opened.Keys, Models = new ModelDirectory(ModelCatalog.BuiltIn, backend), Accounts = accounts };
            BaltoroServer server = await BaltoroServer.StartAsync(options, services, default).ConfigureAwait(false);
            await using (server.ConfigureAwait(false))
            {
                using HttpClient client = new() { BaseAddress = new Uri(server.Addresses[0]) };
                client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
                List<double> ms = [];
                await AskAsync(client, ms, 1).ConfigureAwait(false);
                ms.Clear();
                await AskAsync(client, ms, seconds).ConfigureAwait(false);
                await server.StopAsync(default).ConfigureAwait(false);
                return LatencyFigures.Of(store, step, ms, seconds);
            }
        }
    }

    private static async Task AskAsync(HttpClient client, List<double> ms, double seconds)
    {
        long begin = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(begin).TotalSeconds < seconds)
        {
            using StringContent body = new(Body, Encoding.UTF8, "application/json");
            long start = Stopwatch.GetTimestamp();
            using HttpResponseMessage answer = await client.PostAsync(new Uri("/v1/chat/completions", UriKind.Relative), body).ConfigureAwait(false);
            await answer.Content.ReadAsByteArrayAsync().ConfigureAwait(false);
            ms.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            answer.EnsureSuccessStatusCode();
        }
    }
}
