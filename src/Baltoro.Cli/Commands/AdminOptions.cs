using System.CommandLine;
using Baltoro.Cli.Client;
using Baltoro.Server.Hosting;

namespace Baltoro.Cli.Commands;

/// <summary>Options of verbs that work through the admin API.</summary>
internal sealed class AdminOptions
{
    /// <summary>Where the admin key is looked for: a key on the command line ends in the shell's history.</summary>
    public const string KeyVariable = "BALTORO_ADMIN_KEY";

    private const string StandardUrl = "http://127.0.0.1:8080";
    private readonly Option<string?> _url = new("--url") { Description = $"Server to work through, with an admin key in {KeyVariable}; without it the data directory itself" };
    private readonly Option<string?> _key = new("--admin-key") { Description = $"Admin key; better in {KeyVariable}" };

    public void AddTo(Command verb)
    {
        verb.Add(_url);
        verb.Add(_key);
    }

    /// <summary>A client of the server that is named, of the one on this machine when only a key is given, or null when neither is.</summary>
    public AdminClient? Find(CommandContext context, ParseResult parsed) =>
        (parsed.GetValue(_url) ?? (parsed.GetValue(_key) is null ? null : StandardUrl)) is { } url ? Open(context, parsed, url) : null;

    private AdminClient Open(CommandContext context, ParseResult parsed, string url) =>
        (parsed.GetValue(_key) ?? context.Services.Variable(KeyVariable)) is { Length: > 0 } key
            ? new AdminClient(url, key)
            : throw new StartFailure(ExitCode.Usage, $"an admin key is needed: set {KeyVariable} (make one with 'baltoro keys create --admin')");
}
