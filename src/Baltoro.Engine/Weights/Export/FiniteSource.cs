using System.Numerics.Tensors;

namespace Baltoro.Engine.Weights.Export;

/// <summary>
/// Passes another source on and reads every matrix that is asked for, noting rows whose values are not finite. Does not own
/// the other source.
/// </summary>
internal sealed class FiniteSource(IWeightSource source, List<string> problems, Action<string>? progress) : IWeightSource
{
    public string Path => source.Path;

    public IReadOnlyList<string> Files => source.Files;

    public long ByteCount => source.ByteCount;

    public int TensorCount => source.TensorCount;

    public bool Has(string role) => source.Has(role);

    public StoredMatrix? Find(string role, int[] shape, WeightProblems found)
    {
        StoredMatrix? stored = source.Find(role, shape, found);
        if (stored is not null)
        {
            Read(role, stored, problems, progress);
        }

        return stored;
    }

    /// <summary>Reads a matrix and notes the first row whose values are not finite.</summary>
    public static void Read(string role, StoredMatrix stored, List<string> problems, Action<string>? progress)
    {
        progress?.Invoke(role);
        float[] values = new float[stored.Columns];
        for (int row = 0; row < stored.Rows; row++)
        {
            stored.DecodeRow(row, values);
            if (!float.IsFinite(TensorPrimitives.MaxMagnitude<float>(values)))
            {
                problems.Add($"{role}, row {row}, holds values that are not finite");
                return;
            }
        }
    }

    public IReadOnlyList<string> FinishUnused(int layerCount, WeightProblems found) => source.FinishUnused(layerCount, found);

    public void Dispose()
    {
    }
}
