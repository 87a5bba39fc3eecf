using System.CommandLine;
using System.Reflection;

namespace Baltoro.Cli.Commands;

/// <summary><c>baltoro version</c>.</summary>
internal sealed class VersionCommand(CommandContext context)
{
    /// <summary>Version of this program, without the commit the build appends.</summary>
    public static string Text { get; } = (typeof(VersionCommand).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown").Split('+')[0];

    public Command Build()
    {
        Command command = new("version", "Print the version");
        command.SetAction(_ => context.Output.WriteLine($"baltoro {Text}"));
        return command;
    }
}
