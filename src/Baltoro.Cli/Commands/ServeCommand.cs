using System.CommandLine;
using Baltoro.Cli.Composition;
using Baltoro.Kimi.Conversation;
using Baltoro.Platform.Identity;
using Baltoro.Platform.Payments;
using Baltoro.Platform.Tiers;
using Baltoro.Server.Hosting;

namespace Baltoro.Cli.Commands;

/// <summary><c>baltoro serve</c>: the API in this process until SIGTERM or Ctrl+C.</summary>
internal sealed class ServeCommand(CommandContext context)
{
    private readonly Option<string?> _urls = new("--urls") { Description = "Addresses to listen on, separated by ';'" };
    private readonly Option<string?> _data = new("--data") { Description = "Data directory" };
    private readonly Option<string?> _config = new("--config") { Description = "Settings file" };
    private readonly Option<string?> _model = new("--model") { Description = "Model folder or GGUF file" };

    public Command Build()
    {
        Command command = new("serve", "Serve the API") { _urls, _data, _config, _model };
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        ServerOptions options = context.LoadOptions(Given(parsed), parsed.GetValue(_config));
        await using OpeningBackend opening = OpeningBackend.Start(
            () => context.Services.OpenBackend(options.ModelPath, options.DataPath, cancellationToken));
        await using ServerStore store = ServerStore.Open(options.DataPath, options.Store, context.Services.Clock, options.Tiers);
        ServerAccounts accounts = ServerAccounts.Over(store, options, context.Services.Clock);
        IChatBackend backend = await opening.BackendAsync().ConfigureAwait(false);
        ServerServices services = new()
        {
            Keys = store.Keys,
            Models = new ModelDirectory(options.Catalog, backend),
            Clock = context.Services.Clock,
            Responses = store.Platform.Money.Responses,
            Files = store.Files,
            TextExtractor = context.Services.TextExtractor,
            Accounts = accounts,
            Payments = options.WebhookSecret is { } secret ? Payments(store, accounts, new HmacPaymentAdapter(secret)) : null,
            Admin = ServerAdmin.Over(store, options, accounts, context.Services.Clock),
        };
        await using BaltoroServer server =
            await BaltoroServer.StartAsync(options, services, cancellationToken).ConfigureAwait(false);
        KeyRequest first = new() { Name = "first", Tier = Tier.Enterprise };
        IssuedKey? key = await store.Keys.CreateFirstAsync(first, cancellationToken).ConfigureAwait(false);
        await PrintAsync(server, options, backend, key).ConfigureAwait(false);
        await server.WaitForShutdownAsync(cancellationToken).ConfigureAwait(false);
        return (int)ExitCode.Success;
    }

    private PaymentService Payments(ServerStore store, ServerAccounts accounts, HmacPaymentAdapter adapter) => new(
        [adapter], accounts.Accounts, new Organizations(store.Platform.Identities), store.Platform.Money.PaymentEvents, context.Services.Clock);

    private Dictionary<string, string> Given(ParseResult parsed)
    {
        Dictionary<string, string> given = [];
        foreach ((string name, Option<string?> option) in ((string, Option<string?>)[])
            [(SettingName.Urls, _urls), (SettingName.Data, _data), (SettingName.Model, _model)])
        {
            if (parsed.GetValue(option) is { } value)
            {
                given[name] = value;
            }
        }

        return given;
    }

    private async Task PrintAsync(BaltoroServer server, ServerOptions options, IChatBackend backend, IssuedKey? key)
    {
        string url = Reachable(server.Addresses[0]);
        await context.Output.WriteLineAsync($"Baltoro {VersionCommand.Text}").ConfigureAwait(false);
        await context.Output.WriteLineAsync($"API     {url}/v1").ConfigureAwait(false);
        string ids = string.Join(", ", options.Catalog.Cards.Select(card => card.Id));
        await context.Output.WriteLineAsync($"Models  {ids} (answered by {backend.Name})").ConfigureAwait(false);
        if (key is not null)
        {
            await context.Output.WriteLineAsync(
                $"Key     {key.Text} (tier {key.Key.Tier}, shown only now)").ConfigureAwait(false);
            await context.Output.WriteLineAsync(
                $"Try     curl {url}/v1/chat/completions -H 'Authorization: Bearer {key.Text}' -H 'Content-Type: application/json' "
                + "-d '{\"model\":\"kimi-k2-5\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello!\"}]}'").ConfigureAwait(false);
        }

        await context.Output.WriteLineAsync($"Data    {Path.GetFullPath(options.DataPath)}").ConfigureAwait(false);
        await context.Output.WriteLineAsync($"ready {url}").ConfigureAwait(false);
        await context.Output.FlushAsync().ConfigureAwait(false);
    }

    /// <summary>An address a client on this machine can use where the server listens on all.</summary>
    private static string Reachable(string address) => address
        .Replace("//[::]", "//127.0.0.1", StringComparison.Ordinal)
        .Replace("//0.0.0.0", "//127.0.0.1", StringComparison.Ordinal)
        .TrimEnd('/');
}
