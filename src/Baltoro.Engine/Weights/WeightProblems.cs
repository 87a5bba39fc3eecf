using Baltoro.Engine.Diagnostics;

namespace Baltoro.Engine.Weights;

/// <summary>Collects what is wrong with a model's tensors, so that one attempt names everything.</summary>
internal sealed class WeightProblems
{
    private const int MaxListed = 20;

    private readonly List<string> _missing = [];
    private readonly List<string> _leftOver = [];
    private readonly List<string> _wrong = [];

    /// <summary>Tensors that the config asks for and no file holds.</summary>
    public IReadOnlyList<string> Missing => _missing;

    /// <summary>Tensors of the files that no role asks for.</summary>
    public IReadOnlyList<string> LeftOver => _leftOver;

    /// <summary>Tensors of another shape or format than the role's.</summary>
    public IReadOnlyList<string> Wrong => _wrong;

    public bool IsEmpty => _missing.Count + _leftOver.Count + _wrong.Count == 0;

    /// <summary>Every problem in one sentence each.</summary>
    public IEnumerable<string> Sentences =>
        _wrong.Concat(_missing.Select(name => $"{name} is missing")).Concat(_leftOver.Select(name => $"{name} is left over"));

    public void AddMissing(string name, params ReadOnlySpan<long> shape) => _missing.Add($"{name} {Text(shape)}");

    public void AddLeftOver(string name) => _leftOver.Add(name);

    public void AddWrong(string sentence) => _wrong.Add(sentence);

    /// <summary>Throws <see cref="ModelFormatException"/> with the first problems and the number of others.</summary>
    public void ThrowIfAny(string path)
    {
        if (!IsEmpty)
        {
            string[] all = [.. Sentences];
            string more = all.Length > MaxListed ? $"; and {all.Length - MaxListed} more" : "";
            string found = string.Join("; ", all.Take(MaxListed)) + more;
            throw new ModelFormatException(path, "tensors", "exactly the tensors that the config describes", found);
        }
    }

    public static string Text(ReadOnlySpan<long> shape) => $"[{string.Join(", ", shape.ToArray())}]";
}
