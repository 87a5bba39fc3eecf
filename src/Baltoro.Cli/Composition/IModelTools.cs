using Baltoro.Kimi.Conversation;
using Baltoro.Kimi.Prompt;

namespace Baltoro.Cli.Composition;

/// <summary>What <c>inspect</c> and <c>bench</c> need from engine and tokenizer.</summary>
internal interface IModelTools
{
    /// <summary>Logits after the last id, or after every id: one row of vocabulary size each.</summary>
    IReadOnlyList<float[]> Logits(string modelPath, IReadOnlyList<int> tokenIds, bool all);

    /// <summary>Ids of a text; special tokens in it stay text.</summary>
    IReadOnlyList<int> Tokenize(string tokenizerFolder, string text);

    /// <summary>What the model would really be given for a request.</summary>
    (string Text, RenderedPrompt Prompt) Render(string? modelPath, ChatRequest request);

    /// <summary>Measures the engine.</summary>
    Task<EngineBenchResult> BenchAsync(EngineBenchSettings settings, CancellationToken cancellationToken);
}
