using System.CommandLine;
using Baltoro.Server.Files.Extraction;

namespace Baltoro.Cli.Commands;

/// <summary>
/// <c>baltoro extract-text FILE NAME</c>: reads one document for a server that does not want its reader in its own process.
/// Not for people, so it is not listed.
/// </summary>
internal sealed class ExtractTextCommand(CommandContext context)
{
    private readonly Argument<string> _file = new("file");
    private readonly Argument<string> _name = new("name");

    public Command Build()
    {
        Command command = new(ChildProcessExtractor.Verb, "Read one document") { _file, _name };
        command.Hidden = true;
        command.SetAction((parsed, cancellationToken) => ChildProcessExtractor.RunChildAsync(
            parsed.GetRequiredValue(_file), parsed.GetRequiredValue(_name), context.Output, cancellationToken));
        return command;
    }
}
