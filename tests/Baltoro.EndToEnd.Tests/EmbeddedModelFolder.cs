using Baltoro.Tests.Shared;

namespace Baltoro.EndToEnd.Tests;

/// <summary>The weights these tests run on: <c>BALTORO_MODEL</c>, or the ones of the repository.</summary>
internal static class EmbeddedModelFolder
{
    private static readonly string _default = Path.Combine(RepositoryRoot.Path, "models", "kimi-nano");

    /// <summary>The folder; skips the test when there are no weights.</summary>
    public static string Require()
    {
        string folder = Environment.GetEnvironmentVariable("BALTORO_MODEL") ?? _default;
        Assert.SkipUnless(File.Exists(Path.Combine(folder, "config.json")), "models/kimi-nano is not here");
        return folder;
    }
}
