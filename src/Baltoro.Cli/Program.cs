using Baltoro.Cli.Composition;

namespace Baltoro.Cli;

internal static class Program
{
    private static Task<int> Main(string[] args) =>
        new CliApp(CliServices.Default(), Console.Out, Console.Error, Console.In).RunAsync(args, CancellationToken.None);
}
