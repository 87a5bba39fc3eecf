using Baltoro.Engine.Model;

namespace Baltoro.Engine.Weights.Export;

/// <summary>The library half of <c>models verify</c>: opens a model and checks its tensors against its config without loading it.</summary>
public static class ModelVerifier
{
    /// <summary>
    /// Checks headers, names, shapes and formats of <paramref name="path"/>, and with <paramref name="readValues"/> that every
    /// value is finite, which reads the whole model. Problems of tensors are in the report; a file that cannot be read as a
    /// model at all throws <see cref="Diagnostics.ModelFormatException"/>.
    /// </summary>
    public static ModelReport Verify(string path, bool readValues, Action<string>? progress = null)
    {
        (KimiConfig config, IWeightSource source) = ModelFiles.Open(path);
        using (source)
        {
            IReadOnlyList<string> notLoaded = WeightMap.Check(source, config, out WeightProblems problems);
            List<string> sentences = [.. problems.Sentences];
            if (readValues && sentences.Count == 0)
            {
                FiniteSource reading = new(source, sentences, progress);
                WeightMap.Check(reading, config, out _);
            }

            return new ModelReport
            {
                Path = source.Path,
                Format = ModelFiles.FindGguf(path) is null ? "safetensors" : "gguf",
                Config = config,
                TensorCount = source.TensorCount,
                ByteCount = source.ByteCount,
                Problems = sentences,
                NotLoaded = notLoaded,
                ValuesRead = readValues,
            };
        }
    }
}
