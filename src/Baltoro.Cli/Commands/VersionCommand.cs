using System.CommandLine;
using System.Reflection;

namespace Baltoro.Cli.Commands;

/// <summary><c>baltoro version</c>.</summary>
internal sealed class VersionCommand(CommandContext context)
{
    /// <summary>Version of this program.</summary>
    public static string Text { get; } =
        typeof(VersionCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    public Command Build()
    {
        Command command = new("version", "Print the version");
        command.SetAction(_ => context.Output.WriteLine($"baltoro {Text}"));
        return command;
    }
}
