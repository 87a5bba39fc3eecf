using Baltoro.Cli.Commands;
using Baltoro.Server.Hosting;

namespace Baltoro.Cli.Eval;

/// <summary>Where <c>eval</c> reads and writes when nothing is named: the repository that the program was built from.</summary>
internal static class EvalPaths
{
    /// <summary>The folder of the suites.</summary>
    /// <exception cref="StartFailure">None is named and the program does not run from the repository.</exception>
    public static string Suite(CommandContext context, string? named) =>
        named ?? Path.Combine(Repository(context, "--suite", "a folder with *.jsonl"), "training", "eval");

    /// <summary>The files of figures and report; a report is written by default only where the figures are.</summary>
    /// <exception cref="StartFailure">No file is named and the program does not run from the repository.</exception>
    public static (string Figures, string? Report) Output(CommandContext context, string? figures, string? report)
    {
        if (figures is not null)
        {
            return (figures, report);
        }

        string folder = Path.Combine(Repository(context, "--out", "a JSON file"), "artifacts", "eval");
        return (Path.Combine(folder, "eval.json"), report ?? Path.Combine(folder, "REPORT.md"));
    }

    private static string Repository(CommandContext context, string option, string what) => context.Services.Repository
        ?? throw new StartFailure(ExitCode.Usage, $"{option} is needed: the program does not run from its repository; name {what}");
}
