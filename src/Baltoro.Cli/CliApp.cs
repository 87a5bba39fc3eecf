using System.CommandLine;
using System.CommandLine.Invocation;
using System.Data.Common;
using Baltoro.Cli.Commands;
using Baltoro.Cli.Composition;
using Baltoro.Server.Hosting;
using Baltoro.Storage;

namespace Baltoro.Cli;

/// <summary>
/// The command line: parses, runs one verb, and turns every expected failure into one line on the error output and a
/// documented exit code.
/// </summary>
internal sealed class CliApp(CliServices services, TextWriter output, TextWriter error, TextReader input)
{
    public async Task<int> RunAsync(IReadOnlyList<string> args, CancellationToken cancellationToken)
    {
        ParseResult parsed = BuildRoot().Parse(args);
        if (parsed.Action is ParseErrorAction)
        {
            await error.WriteLineAsync($"baltoro: {CommandMistakes.Of(parsed)}").ConfigureAwait(false);
            return (int)ExitCode.Usage;
        }

        try
        {
            InvocationConfiguration configuration = new()
            {
                Output = output,
                Error = error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            };
            return await parsed.InvokeAsync(configuration, cancellationToken).ConfigureAwait(false);
        }
        catch (StartFailure failure)
        {
            return await FailAsync(failure.ExitCode, failure.Message).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is StorageException or DbException)
        {
            return await FailAsync(ExitCode.Data, failure.Message).ConfigureAwait(false);
        }
    }

    private RootCommand BuildRoot()
    {
        CommandContext context = new(services, output, error, input);
        RootCommand root = new("Baltoro: a self-hosted Kimi K2.5 API with an engine of its own")
        {
            new ServeCommand(context).Build(),
            new ChatCommand(context).Build(),
            new KeysCommand(context).Build(),
            new EvalCommand(context).Build(),
            new ModelsCommand(context).Build(),
            new VersionCommand(context).Build(),
            new ExtractTextCommand(context).Build(),
        };
        foreach (Command command in (IEnumerable<Command>)
            [
                .. new MoneyCommands(context).Build(),
                .. new MovementCommands(context).Build(),
                .. new RatingCommands(context).Build(),
                new VoucherCommand(context).Build(),
                new PricesCommand(context).Build(),
                .. new BackupCommands(context).Build(),
                new UsageCommand(context).Build(),
                new InvoiceCommand(context).Build(),
                new LedgerCommand(context).Build(),
                .. new AdminCommands(context).Build(),
            ])
        {
            root.Add(command);
        }

        if (services.Tools is { } tools)
        {
            root.Add(new InspectCommand(context, tools).Build());
            root.Add(new BenchCommand(context, tools).Build());
        }

        return root;
    }

    private async Task<int> FailAsync(ExitCode code, string message)
    {
        await error.WriteLineAsync($"baltoro: {message.ReplaceLineEndings(" ")}").ConfigureAwait(false);
        return (int)code;
    }
}
