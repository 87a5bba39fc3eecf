namespace Baltoro.Repo.Tests.Launchers;

/// <summary>How a process ended and what it said.</summary>
internal sealed record Outcome(int Code, string Output, string Error)
{
    public string[] ErrorLines => Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public string LastLine => Output.TrimEnd('\n').Split('\n')[^1];
}
