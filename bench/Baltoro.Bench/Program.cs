namespace Baltoro.Bench;

/// <summary>Runs one benchmark by name and prints its figures as JSON: <c>dotnet run -c Release --project bench/Baltoro.Bench -- NAME [options]</c>.</summary>
internal static class Program
{
    private static readonly Dictionary<string, Func<BenchOptions, object>> _benches = new(StringComparer.Ordinal)
    {
        ["kernels"] = Kernels.KernelBench.Run,
        ["load"] = Peer.LoadBench.Run,
        ["peer"] = Peer.PeerBench.Run,
        ["quality"] = Quality.QualityBench.Run,
        ["serve"] = ServeBench.Run,
        ["platform"] = Platform.PlatformBench.Run,
        ["grammar"] = Grammar.GrammarBench.Run,
        ["speculation"] = SpeculationBench.Run,
        ["tokenizer"] = TokenizerBench.Run,
    };

    private static int Main(string[] args)
    {
        if (args.Length == 0 || !_benches.TryGetValue(args[0], out Func<BenchOptions, object>? bench))
        {
            Console.Error.WriteLine($"usage: bench NAME [--option value]…; names: {string.Join(", ", _benches.Keys)}");
            return 2;
        }

        try
        {
            Console.WriteLine(System.Text.Json.JsonSerializer.Serialize(bench(new BenchOptions(args.AsSpan(1)))));
            return 0;
        }
        catch (BenchOptionException e)
        {
            Console.Error.WriteLine(e.Message);
            return 2;
        }
    }
}
