using System.Threading.Channels;
using Baltoro.Cli.Composition;
using Baltoro.Kimi.Conversation;
using Baltoro.Server.Tests.Harness;
using Baltoro.Tests.Shared;

namespace Baltoro.Cli.Tests;

/// <summary>Runs verbs in this process with a scripted backend and a data directory of their own.</summary>
internal sealed class CliHarness : IDisposable
{
    private readonly TempFolder _folder = new();

    public ScriptedBackend Backend { get; } = new();

    public IModelTools? Tools { get; init; }

    /// <summary>What BALTORO_MODEL says, or null.</summary>
    public string? Model { get; init; }

    /// <summary>Whether the error output counts as a terminal with colours.</summary>
    public bool HasColors { get; init; }

    /// <summary>The repository that eval finds, or null.</summary>
    public string? Repository { get; init; }

    /// <summary>Further environment variables.</summary>
    public Dictionary<string, string> Variables { get; } = [];

    public string Data => Path.Combine(_folder.Path, "data");

    public string Folder => _folder.Path;

    /// <summary>Runs one command line to its end.</summary>
    public async Task<(int ExitCode, string Output, string Error)> RunAsync(string input, params string[] args)
    {
        using StringWriter output = new();
        using StringWriter error = new();
        using StringReader reader = new(input);
        int code = await new CliApp(Services(), output, error, reader).RunAsync(args, default);
        return (code, output.ToString(), error.ToString());
    }

    /// <summary>Makes an organization unless it is there.</summary>
    public async Task AddOrganizationAsync(string id)
    {
        (int code, _, string error) = await RunAsync("", "orgs", "create", id, "--name", id);
        Assert.True(code == 0 || error.Contains("There is already", StringComparison.Ordinal), error);
    }

    /// <summary>Starts <c>serve</c> on a free port; the lines it prints arrive in the channel.</summary>
    public (Task<int> Running, ChannelReader<string> Lines) Serve(CancellationToken stop)
    {
        Channel<string> lines = Channel.CreateUnbounded<string>();
        CliApp app = new(Services(), new LineWriter(lines.Writer), TextWriter.Null, TextReader.Null);
        return (Task.Run(() => app.RunAsync(["serve", "--urls", "http://127.0.0.1:0", "--data", Data], stop)), lines.Reader);
    }

    public void Dispose()
    {
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        _folder.Dispose();
    }

    private CliServices Services() => new()
    {
        OpenBackend = (_, _, _) => ValueTask.FromResult<IChatBackend>(Backend),
        Tools = Tools,
        HasColors = HasColors,
        Repository = Repository,
        Variable = name => name switch
        {
            "BALTORO_DATA" => Data,
            "HOME" => _folder.Path,
            "BALTORO_MODEL" => Model,
            _ => Variables.GetValueOrDefault(name),
        },
    };

    private sealed class LineWriter(ChannelWriter<string> lines) : StringWriter
    {
        public override Task WriteLineAsync(string? value)
        {
            lines.TryWrite(value ?? "");
            return Task.CompletedTask;
        }
    }
}
