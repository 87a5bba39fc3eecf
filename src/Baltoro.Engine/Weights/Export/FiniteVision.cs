using Baltoro.Engine.Weights.Vision;

namespace Baltoro.Engine.Weights.Export;

/// <summary>As <see cref="FiniteSource"/>, for the files of a vision tower. Does not own the other source.</summary>
internal sealed class FiniteVision(IVisionSource source, List<string> problems, Action<string>? progress) : IVisionSource
{
    public string Path => source.Path;

    public bool Has(string role) => source.Has(role);

    public StoredMatrix? Find(string role, int[] shape, WeightProblems found)
    {
        StoredMatrix? stored = source.Find(role, shape, found);
        if (stored is not null)
        {
            FiniteSource.Read(role, stored, problems, progress);
        }

        return stored;
    }

    public void FinishUnused(WeightProblems found) => source.FinishUnused(found);

    public void Dispose()
    {
    }
}
