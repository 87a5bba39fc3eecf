using System.Reflection;
using Baltoro.Server.Files.Extraction;

namespace Baltoro.Cli.Composition;

/// <summary>This program started again as the reader of one document.</summary>
internal static class DocumentReader
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public static ITextExtractor Open()
    {
        string program = Environment.ProcessPath ?? throw new InvalidOperationException("the path of this program is not known");
        bool isHost = Path.GetFileNameWithoutExtension(program) == "dotnet";
        string assembly = Assembly.GetExecutingAssembly().Location;
        return new ChildProcessExtractor(program, isHost ? [assembly] : [], Limit);
    }
}
