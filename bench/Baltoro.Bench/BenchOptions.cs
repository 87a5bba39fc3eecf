using System.Globalization;

namespace Baltoro.Bench;

/// <summary>The <c>--name value</c> pairs behind a benchmark's name.</summary>
internal sealed class BenchOptions
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    public BenchOptions(ReadOnlySpan<string> args)
    {
        for (int i = 0; i < args.Length; i += 2)
        {
            if (!args[i].StartsWith("--", StringComparison.Ordinal) || i + 1 == args.Length)
            {
                throw new BenchOptionException($"expected --name value, found {args[i]}");
            }

            _values[args[i][2..]] = args[i + 1];
        }
    }

    public string? Text(string name) => _values.GetValueOrDefault(name);

    public double Number(string name, double standard)
    {
        if (!_values.TryGetValue(name, out string? text))
        {
            return standard;
        }

        return double.TryParse(text, CultureInfo.InvariantCulture, out double value) && value > 0
            ? value
            : throw new BenchOptionException($"--{name}: expected a number above 0, found {text}");
    }
}
