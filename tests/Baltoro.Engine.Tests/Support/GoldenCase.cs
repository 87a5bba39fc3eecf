using System.Text.Json;

namespace Baltoro.Engine.Tests.Support;

/// <summary>A tiny checkpoint with float64 logits of the NumPy oracle (tests/oracle/kimi_oracle.py).</summary>
internal sealed record GoldenCase(string Name, double Tolerance, double DoubleSumTolerance, IReadOnlyList<GoldenSequence> Sequences)
{
    public static readonly string[] Names =
    [
        "plain-q", "yarn-fast", "yarn-slow", "yarn-mscale", "shared-two", "groups", "tied-raw", "softmax-greedy", "nested-split", "dense-only",
    ];

    public static string Root => Path.Combine(AppContext.BaseDirectory, "data", "golden");

    public string Folder => Path.Combine(Root, Name);

    /// <summary>The bound for a kernel variant: the scalar one sums in double.</summary>
    public double ToleranceOf(string kernels) => kernels == "scalar" ? DoubleSumTolerance : Tolerance;

    public static GoldenCase Load(string name)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Root, name, "golden.json")));
        JsonElement root = document.RootElement;
        return new GoldenCase(
            name,
            root.GetProperty("tolerance").GetDouble(),
            root.GetProperty("double_sum_tolerance").GetDouble(),
            [.. root.GetProperty("sequences").EnumerateArray().Select(ReadSequence)]);
    }

    private static GoldenSequence ReadSequence(JsonElement element) => new(
        [.. element.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32())],
        [.. element.GetProperty("positions").EnumerateArray().Select(position => position.GetInt32())],
        [.. element.GetProperty("logits").EnumerateArray().Select(row => row.EnumerateArray().Select(value => value.GetDouble()).ToArray())]);
}
