using Baltoro.Kimi.Tokenizer;

namespace Baltoro.Kimi.Tests.Support;

/// <summary>The published tokenizer, read once; a test that asks for it is skipped where its files are missing.</summary>
internal static class RealTokenizer
{
    private static readonly Lazy<KimiTokenizer> _tokenizer = new(() => KimiTokenizer.Load(TestPaths.RealTokenizer!));

    public static KimiTokenizer Get()
    {
        Assert.SkipWhen(TestPaths.RealTokenizer is null, "the published tokenizer (kimi-k2.5) is not here; BALTORO_SHARED names the folder it lies in");
        return _tokenizer.Value;
    }
}
