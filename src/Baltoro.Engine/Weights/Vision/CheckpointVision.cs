namespace Baltoro.Engine.Weights.Vision;

/// <summary>
/// A tower in the model's own safetensors, by the names of Kimi K2.5 or Kimi-VL (which differ in the projector). The text
/// model owns the files.
/// </summary>
internal sealed class CheckpointVision(CheckpointSource files) : IVisionSource
{
    private static readonly (string Role, string KimiVl)[] ProjectorNames =
    [
        ("mm_projector.pre_norm.", "multi_modal_projector.pre_norm."),
        ("mm_projector.proj.0.", "multi_modal_projector.linear_1."),
        ("mm_projector.proj.2.", "multi_modal_projector.linear_2."),
    ];

    private readonly HashSet<string> _used = new(StringComparer.Ordinal);

    public string Path => files.Path;

    /// <summary>Names of the files' tensors that belong to a tower or its projector.</summary>
    public static IEnumerable<string> NamesIn(CheckpointSource files) => files.Roles.Where(TensorNames.IsVision);

    public bool Has(string role) => files.Has(NameOf(role));

    public StoredMatrix? Find(string role, int[] shape, WeightProblems problems)
    {
        string name = NameOf(role);
        _used.Add(name);
        return files.FindPlain(name, shape, problems);
    }

    public void FinishUnused(WeightProblems problems)
    {
        foreach (string name in NamesIn(files).Where(name => !_used.Contains(name) && !IsDerived(name)).Order(StringComparer.Ordinal))
        {
            problems.AddLeftOver(name);
        }
    }

    public void Dispose()
    {
        // The text model's source owns the files.
    }

    /// <summary>Tables that some exports carry along and that are computed here.</summary>
    private static bool IsDerived(string name) =>
        name.EndsWith(".time_weight", StringComparison.Ordinal) || name.EndsWith(".freqs_cis", StringComparison.Ordinal);

    private string NameOf(string role)
    {
        foreach ((string own, string kimiVl) in ProjectorNames)
        {
            if (role.StartsWith(own, StringComparison.Ordinal))
            {
                string other = kimiVl + role[own.Length..];
                return files.Has(other) ? other : role;
            }
        }

        return role;
    }
}
