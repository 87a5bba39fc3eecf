using System.Data.Common;
using System.Net.Sockets;
using System.Text;
using Baltoro.Platform.Ledger;
using Baltoro.Server.Admin;
using Baltoro.Server.Endpoints;
using Baltoro.Server.Files;
using Baltoro.Server.Files.Extraction;
using Baltoro.Server.Gate;
using Baltoro.Server.Idempotency;
using Baltoro.Server.Media;
using Baltoro.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Baltoro.Server.Hosting;

/// <summary>
/// The HTTP server: built from options and services alone (no ASPNETCORE variables, no appsettings.json). It stops on
/// SIGTERM and Ctrl+C: no new requests, running answers finish within the drain limit, then they end with an error.
/// </summary>
public sealed class BaltoroServer : IAsyncDisposable
{
    private static readonly TimeSpan AfterDrain = TimeSpan.FromSeconds(5);
    private readonly WebApplication _app;
    private readonly DrainSignal _drain;

    private BaltoroServer(WebApplication app, DrainSignal drain)
    {
        _app = app;
        _drain = drain;
        Addresses = [.. app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses ?? []];
    }

    /// <summary>Where it really listens; ports asked for as 0 are filled in.</summary>
    public IReadOnlyList<string> Addresses { get; }

    /// <summary>Starts listening.</summary>
    /// <exception cref="StartFailure">An address cannot be listened on.</exception>
    public static async Task<BaltoroServer> StartAsync(
        ServerOptions options, ServerServices services, CancellationToken cancellationToken)
    {
        await RecoverAsync(services, cancellationToken).ConfigureAwait(false);
        DrainSignal drain = new(options.DrainLimit, services.Clock);
        WebApplication app = Build(options, services, drain);
        app.Lifetime.ApplicationStopping.Register(drain.Begin);
        try
        {
            await app.StartAsync(cancellationToken).ConfigureAwait(false);
            return new BaltoroServer(app, drain);
        }
        catch (Exception fault) when (fault is IOException or SocketException or InvalidOperationException)
        {
            await app.DisposeAsync().ConfigureAwait(false);
            drain.Dispose();
            throw new StartFailure(ExitCode.Address, Explain(options, fault), fault);
        }
    }

    /// <summary>Completes when the server has stopped and drained.</summary>
    public Task WaitForShutdownAsync(CancellationToken cancellationToken) => _app.WaitForShutdownAsync(cancellationToken);

    /// <summary>Stops as a signal would.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => _app.StopAsync(cancellationToken);

    /// <summary>Stops and releases everything; services are the caller's.</summary>
    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync().ConfigureAwait(false);
        _drain.Dispose();
    }

    private static WebApplication Build(ServerOptions options, ServerServices services, DrainSignal drain)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls([.. options.Urls]).ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            // Every byte is a character of Latin-1: a client's title in some other encoding does not cost it the request.
            kestrel.RequestHeaderEncodingSelector = _ => Encoding.Latin1;
            kestrel.Limits.MaxRequestBodySize = options.MaxBodyBytes;
        });
        builder.Logging.SetMinimumLevel(options.LogLevel);
        builder.Logging.AddFilter("Microsoft", level => level >= LogLevel.Error && level >= options.LogLevel);
        // A failed start is told once, in one line, by whoever started the server.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        builder.Logging.AddJsonConsole(console => console.UseUtcTimestamp = true);
        builder.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(
            console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = options.DrainLimit + AfterDrain);
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton(options).AddSingleton(services).AddSingleton(services.Models).AddSingleton(services.Keys);
        builder.Services.AddSingleton(drain).AddSingleton<RequestScope>().AddSingleton<Authenticate>().AddSingleton<ChatIntake>();
        builder.Services.AddSingleton<ChatEndpoint>().AddSingleton<EstimateEndpoint>().AddSingleton<CompletionsEndpoint>();
        builder.Services.AddSingleton<ModelsEndpoint>().AddSingleton<HealthEndpoint>();
        builder.Services.AddSingleton<ChatCounter>().AddSingleton<Admit>().AddSingleton<AccountKeeper>();
        builder.Services.AddSingleton<AccountsEndpoint>().AddSingleton<QuoteEndpoint>().AddSingleton<LoggedSettlement>();
        builder.Services.AddSingleton<IdempotencyGate>().AddSingleton<ReceiptsEndpoint>().AddSingleton<PaymentsEndpoint>();
        builder.Services.AddSingleton<MediaLoader>().AddSingleton<FilesEndpoint>().AddSingleton<ExtractionTurns>().AddSingleton(_ => new WebFetcher()).AddSingleton<BodyBudget>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<AccountKeeper>());
        builder.Services.AddHostedService<KeyUseKeeper>();
        AdminRoutes.Add(builder.Services);
        builder.Services.AddSingleton(provider => SettlementOf(services, provider));

        WebApplication app = builder.Build();
        app.UseMiddleware<RequestScope>();
        app.UseRouting();
        app.UseMiddleware<IdempotencyGate>();
        app.Services.GetRequiredService<ChatEndpoint>().Map(app);
        app.Services.GetRequiredService<EstimateEndpoint>().Map(app);
        app.Services.GetRequiredService<CompletionsEndpoint>().Map(app);
        app.Services.GetRequiredService<ModelsEndpoint>().Map(app);
        app.Services.GetRequiredService<HealthEndpoint>().Map(app);
        app.Services.GetRequiredService<AccountsEndpoint>().Map(app);
        app.Services.GetRequiredService<QuoteEndpoint>().Map(app);
        app.Services.GetRequiredService<FilesEndpoint>().Map(app);
        app.Services.GetRequiredService<ReceiptsEndpoint>().Map(app);
        app.Services.GetRequiredService<PaymentsEndpoint>().Map(app);
        AdminRoutes.Map(app, services);
        return app;
    }

    private static IRequestSettlement SettlementOf(ServerServices services, IServiceProvider provider)
    {
        IRequestSettlement told = services.Settlement ?? provider.GetRequiredService<LoggedSettlement>();
        return services.Accounts is { }
            ? new LedgerSettlement(
                provider.GetRequiredService<AccountKeeper>(),
                told,
                provider.GetRequiredService<ILogger<LedgerSettlement>>())
            : told;
    }

    /// <summary>Frees what an earlier life of this server left reserved, before the first admission.</summary>
    private static async ValueTask RecoverAsync(ServerServices services, CancellationToken cancellationToken)
    {
        try
        {
            await (services.Files?.SweepAsync(cancellationToken) ?? ValueTask.CompletedTask).ConfigureAwait(false);
            if (services.Accounts is not { } accounts)
            {
                return;
            }

            await (accounts.Prices?.RefreshAsync(cancellationToken) ?? ValueTask.CompletedTask).ConfigureAwait(false);
            // First what was delivered and not yet settled, then what was never finished.
            await new DurableSettlement(accounts.Admission, accounts.Accounts, accounts.Journal).RecoverAsync(cancellationToken).ConfigureAwait(false);
            await accounts.Accounts.RecoverAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is DbException or StorageException)
        {
            throw new StartFailure(ExitCode.Data, $"the accounts cannot be recovered: {fault.Message}", fault);
        }
    }

    private static string Explain(ServerOptions options, Exception fault)
    {
        string urls = string.Join(", ", options.Urls);
        return fault.InnerException is AddressInUseException || fault is AddressInUseException
            ? $"cannot listen on {urls}: the address is in use by another process; choose another with --urls"
            : $"cannot listen on {urls}: {fault.Message}";
    }
}
