using System.CommandLine;
using Baltoro.Cli.Client;
using Baltoro.Server.Hosting;

namespace Baltoro.Cli.Commands;

/// <summary>Options of verbs that work through the admin API.</summary>
internal sealed class AdminOptions
{
    /// <summary>Where the admin key is looked for: a key on the command line ends in the shell's history.</summary>
    public const string KeyVariable = "BALTORO_ADMIN_KEY";

    /// <summary>The server to work through where no option names one.</summary>
    public const string UrlVariable = "BALTORO_URL";

    private const string StandardUrl = "http://127.0.0.1:8080";

    private readonly Option<string?> _url = new("--url")
    {
        Description = $"Server to work through, with an admin key in {KeyVariable}; {UrlVariable} without it, else the data directory itself",
    };

    private readonly Option<string?> _key = new("--admin-key") { Description = $"Admin key; better in {KeyVariable}" };

    public void AddTo(Command verb)
    {
        verb.Add(_url);
        verb.Add(_key);
    }

    /// <summary>
    /// A client of the server that is named, by option or (unless <paramref name="data"/> names a directory) environment, of the one on this
    /// machine when only a key is given as an option, or null: the data directory itself.
    /// </summary>
    public AdminClient? Find(CommandContext context, ParseResult parsed, Option<string?> data)
    {
        string? named = parsed.GetValue(data) is null && context.Services.Variable(UrlVariable) is { Length: > 0 } variable ? variable : null;
        return (parsed.GetValue(_url) ?? named ?? (parsed.GetValue(_key) is null ? null : StandardUrl)) is { } url
            ? new AdminClient(url, KeyOf(context, parsed, parsed.GetValue(_url) is null && url == named))
            : null;
    }

    private string KeyOf(CommandContext context, ParseResult parsed, bool isByVariable) =>
        (parsed.GetValue(_key) ?? context.Services.Variable(KeyVariable)) is { Length: > 0 } key
            ? key
            : throw new StartFailure(
                ExitCode.Usage,
                $"an admin key is needed: set {KeyVariable} (make one with 'baltoro keys create --admin')"
                    + (isByVariable ? $"; {UrlVariable} names a server, --data DIR works on a data directory" : ""));
}
