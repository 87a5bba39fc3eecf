using Baltoro.Kimi.Conversation;
using Baltoro.Server.Hosting;

namespace Baltoro.Cli.Composition;

/// <summary>Opens the embedded backend.</summary>
internal static class EmbeddedModel
{
    /// <summary>Loads the model of <paramref name="modelPath"/>, or the one that ships with the program.</summary>
    /// <exception cref="StartFailure">It cannot be found or loaded.</exception>
    public static ValueTask<IChatBackend> OpenAsync(string? modelPath, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        string found = ModelLocator.Find(modelPath, AppContext.BaseDirectory);
        throw new StartFailure(ExitCode.Model, $"model {found}: this build carries no engine");
    }
}
