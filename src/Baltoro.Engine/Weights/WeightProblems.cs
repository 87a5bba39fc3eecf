using Baltoro.Engine.Diagnostics;

namespace Baltoro.Engine.Weights;

/// <summary>Collects what is wrong with a model's tensors, each problem once, so that one attempt names everything.</summary>
internal sealed class WeightProblems
{
    private const int MaxListed = 20;

    /// <summary>Problems after which a check stops looking for more.</summary>
    public const int Enough = 10_000;

    private readonly OrderedDictionary<string, bool> _missing = [];
    private readonly OrderedDictionary<string, bool> _leftOver = [];
    private readonly OrderedDictionary<string, bool> _wrong = [];

    /// <summary>Tensors that the config asks for and no file holds.</summary>
    public IReadOnlyList<string> Missing => _missing.Keys;

    /// <summary>Tensors of the files that no role asks for.</summary>
    public IReadOnlyList<string> LeftOver => _leftOver.Keys;

    /// <summary>Tensors of another shape or format than the role's.</summary>
    public IReadOnlyList<string> Wrong => _wrong.Keys;

    public int Count => _missing.Count + _leftOver.Count + _wrong.Count;

    /// <summary>Every problem in one sentence each.</summary>
    public IEnumerable<string> Sentences =>
        Wrong.Concat(Missing.Select(name => $"{name} is missing")).Concat(LeftOver.Select(name => $"{name} is left over"));

    public void AddMissing(string name, params ReadOnlySpan<long> shape) => _missing.TryAdd($"{name} {Text(shape)}", true);

    public void AddLeftOver(string name) => _leftOver.TryAdd(name, true);

    public void AddWrong(string sentence) => _wrong.TryAdd(sentence, true);

    /// <summary>Throws <see cref="ModelFormatException"/> with the first problems and the number of others.</summary>
    public void ThrowIfAny(string path)
    {
        if (Count > 0)
        {
            string[] all = [.. Sentences];
            string more = all.Length > MaxListed ? $"; and {all.Length - MaxListed} more" : "";
            string found = string.Join("; ", all.Take(MaxListed)) + more;
            throw new ModelFormatException(path, "tensors", "exactly the tensors that the config describes", found);
        }
    }

    public static string Text(ReadOnlySpan<long> shape) => $"[{string.Join(", ", shape.ToArray())}]";
}
