using Baltoro.Cli.Composition;
using Baltoro.Server.Hosting;

namespace Baltoro.Cli.Commands;

/// <summary>What every verb works with.</summary>
internal sealed record CommandContext(CliServices Services, TextWriter Output, TextWriter Error, TextReader Input)
{
    /// <summary>Settings for a command on the store of the data directory named by an option, the environment or the default.</summary>
    /// <exception cref="StartFailure">A setting is wrong.</exception>
    public ServerOptions LoadOptions(string? data) =>
        LoadOptions(data is null ? [] : new Dictionary<string, string> { [SettingName.Data] = data }, configFile: null);

    /// <summary>Loads server settings; options that were not given are left out.</summary>
    public ServerOptions LoadOptions(IReadOnlyDictionary<string, string> given, string? configFile) =>
        ServerOptionsLoader.Load(given, configFile, Services.Variable);

    /// <summary>Says in one line what went wrong.</summary>
    public async Task<int> FailAsync(ExitCode code, string message)
    {
        await Error.WriteLineAsync($"baltoro: {message}").ConfigureAwait(false);
        return (int)code;
    }
}
