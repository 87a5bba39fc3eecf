namespace Baltoro.Repo.Tests.Tidy;

/// <summary>Turns a list of violations into one readable failure.</summary>
internal static class Finding
{
    public static void None(IEnumerable<string> violations)
    {
        string[] found = [.. violations];
        Assert.True(found.Length == 0, $"{found.Length} found:{Environment.NewLine}{string.Join(Environment.NewLine, found)}");
    }
}
