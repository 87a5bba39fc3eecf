using System.Globalization;
using System.Text.Json;

using Baltoro.Platform.Ledger;
using Baltoro.Platform.Ports;
using Baltoro.Server.Hosting;
using Baltoro.Storage;
using Baltoro.Storage.Sqlite.Accounts;

namespace Baltoro.Bench.Platform;

/// <summary>
/// What admission and settlement add, at the platform's port in process and over HTTP, on SQLite and on PostgreSQL with Redis.
/// <c>--stores sqlite,power_loss,postgres</c>, <c>--rate 2000</c>, <c>--seconds 15</c>, <c>--organizations 16</c>, <c>--postgres CONNECTION --redis
/// HOST:PORT</c> (own servers on loopback without them), <c>--out FOLDER</c> (default bench/results).
/// </summary>
internal static class PlatformBench
{
    public static object Run(BenchOptions options) => RunAsync(options).GetAwaiter().GetResult();

    private static async Task<object> RunAsync(BenchOptions options)
    {
        int rate = (int)options.Number("rate", 2_000);
        double seconds = options.Number("seconds", 15);
        int organizations = (int)options.Number("organizations", 16);
        List<LatencyFigures> figures = [];
        foreach (string store in (options.Text("stores") ?? "sqlite,power_loss,postgres").Split(','))
        {
            using LocalDatabases? own = store == "postgres" && options.Text("postgres") is null
                ? await LocalDatabases.StartAsync().ConfigureAwait(false)
                : null;
            StoreSettings settings = store switch
            {
                "sqlite" => new StoreSettings(),
                "power_loss" => new StoreSettings { Durability = SqliteDurability.PowerLoss },
                "postgres" => new StoreSettings
                {
                    Kind = StoreKind.Postgres,
                    Postgres = own?.Postgres ?? options.Text("postgres"),
                    Redis = own?.Redis ?? options.Text("redis"),
                },
                _ => throw new BenchOptionException($"--stores: expected sqlite, power_loss or postgres, found {store}"),
            };
            figures.AddRange(await MeasureAsync(store, settings, organizations, rate, seconds).ConfigureAwait(false));
        }

        var result = new
        {
            bench = "platform",
            at = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
            cpu = ServeBench.CpuName(),
            cores = Environment.ProcessorCount,
            load = File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "unknown",
            rate,
            organizations,
            figures,
        };
        Write(options.Text("out") ?? Path.Combine("bench", "results"), result.at[..10], JsonSerializer.Serialize(result), figures, result.cpu, result.load, rate);
        return result;
    }

    private static async Task<IReadOnlyList<LatencyFigures>> MeasureAsync(
        string store, StoreSettings settings, int organizations, int rate, double seconds)
    {
        string data = Directory.CreateTempSubdirectory("baltoro-bench-").FullName;
        try
        {
            List<LatencyFigures> figures = [];
            ServerStore opened = ServerStore.Open(data, settings, TimeProvider.System);
            await using (opened.ConfigureAwait(false))
            {
                ServerAccounts accounts = ServerAccounts.Over(opened, new ServerOptions { DataPath = data }, TimeProvider.System);
                for (int index = 0; index < organizations; index++)
                {
                    await accounts.Accounts.MoveAsync(
                        new MoneyMovement(OpenLoad.Organization(index), EntryKind.TopUp, Money.FromUsd(1_000_000), "bench", "bench", ""), default)
                        .ConfigureAwait(false);
                }

                figures.AddRange(await new OpenLoad(accounts.Admission, organizations).RunAsync(store, rate, seconds).ConfigureAwait(false));
            }

            figures.AddRange(await HttpLoad.RunAsync(store, settings, data, Math.Min(5, seconds)).ConfigureAwait(false));
            return figures;
        }
        finally
        {
            Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
            Directory.Delete(data, recursive: true);
        }
    }

    private static void Write(string folder, string day, string json, List<LatencyFigures> figures, string cpu, string load, int rate)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, $"{day}-platform.json"), json + "\n");
        string text = $"""
            # Platform latencies, {day}

            {cpu}, {Environment.ProcessorCount} cores, load {load} at the end. Command: `dotnet run -c Release --project bench/Baltoro.Bench -- platform`.
            Open load of {rate} requests per second at the platform's port in process, each admitted and settled; then one HTTP request after another
            against a server whose model answers at once. Times in milliseconds. `sqlite` survives `kill -9`, `power_loss` a power cut, `postgres` is
            PostgreSQL with its standard durability and Redis, both on loopback on the same cores.

            | store | step | requests | per second | p50 | p90 | p99 | max | CPU of this process per request, µs |
            |---|---|---|---|---|---|---|---|---|
            {string.Join('\n', figures.Select(figure => figure.Line()))}

            """;
        File.WriteAllText(Path.Combine(folder, $"{day}-platform.md"), text);
    }
}
