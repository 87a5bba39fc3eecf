using Baltoro.Engine.Model;
using Baltoro.Engine.Weights;

namespace Baltoro.Engine.Tests.Support;

/// <summary>A source that holds everything and writes down what it is asked for: the tensors that a config describes.</summary>
internal sealed class RoleRecorder : IWeightSource
{
    private readonly List<(string Role, int[] Shape)> _asked = [];

    public string Path => "recorder";

    public IReadOnlyList<string> Files => [];

    public long ByteCount => 0;

    public int TensorCount => _asked.Count;

    /// <summary>Roles and shapes of <paramref name="config"/>.</summary>
    public static IReadOnlyList<(string Role, int[] Shape)> RolesOf(KimiConfig config)
    {
        using RoleRecorder recorder = new();
        WeightMap.Check(recorder, config, out _);
        return recorder._asked;
    }

    public bool Has(string role) => false;

    public StoredMatrix? Find(string role, int[] shape, WeightProblems problems)
    {
        _asked.Add((role, shape));
        return null;
    }

    public IReadOnlyList<string> FinishUnused(int layerCount, WeightProblems problems) => [];

    public void Dispose()
    {
    }
}
