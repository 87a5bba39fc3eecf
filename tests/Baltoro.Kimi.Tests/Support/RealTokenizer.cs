using Baltoro.Kimi.Tokenizer;

namespace Baltoro.Kimi.Tests.Support;

/// <summary>The published tokenizer, read once; a test that asks for it is skipped where its files are missing.</summary>
internal static class RealTokenizer
{
    private static readonly Lazy<KimiTokenizer> _tokenizer = new(() => KimiTokenizer.Load(TestPaths.RealTokenizer!));

    public static KimiTokenizer Get()
    {
        Assert.SkipWhen(TestPaths.RealTokenizer is null, "the published tokenizer is not here (../shared/kimi-k2.5 or BALTORO_SHARED)");
        return _tokenizer.Value;
    }
}
