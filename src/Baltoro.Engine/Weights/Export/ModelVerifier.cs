using Baltoro.Engine.Model;
using Baltoro.Engine.Model.Vision;
using Baltoro.Engine.Weights.Vision;

namespace Baltoro.Engine.Weights.Export;

/// <summary>The library half of <c>models verify</c>: opens a model and checks its tensors, those of a vision tower too, against its config without loading it.</summary>
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

            bool hasTower = CheckTower(path, config, source, sentences, readValues, progress);

            return new ModelReport
            {
                Path = source.Path,
                Format = ModelFiles.FindGguf(path) is null ? "safetensors" : "gguf",
                Config = config,
                TensorCount = source.TensorCount,
                ByteCount = source.ByteCount,
                Problems = sentences,
                NotLoaded = hasTower ? [.. notLoaded.Where(name => !TensorNames.IsVision(name))] : notLoaded,
                ValuesRead = readValues,
            };
        }
    }
    /// <summary>The same for the model's vision tower; whether it has one.</summary>
    private static bool CheckTower(
        string path, KimiConfig config, IWeightSource source, List<string> sentences, bool readValues, Action<string>? progress)
    {
        if (VisionFiles.Open(path, null, config, source) is not (VisionConfig vision, IVisionSource tower))
        {
            return false;
        }

        using (tower)
        {
            int before = sentences.Count;
            sentences.AddRange(VisionMap.Check(tower, vision).Sentences);
            if (readValues && sentences.Count == before)
            {
                VisionMap.Check(new FiniteVision(tower, sentences, progress), vision);
            }
        }

        return true;
    }
}
