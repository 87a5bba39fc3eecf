namespace Baltoro.Engine.Tests.Support;

/// <summary>Seeds of random tests: fixed unless BALTORO_SEED is set, and printed either way.</summary>
internal static class Seed
{
    private const int Default = 20261123;

    public static int Of(object test)
    {
        int seed = int.TryParse(Environment.GetEnvironmentVariable("BALTORO_SEED"), out int given) ? given : Default;
        TestContext.Current.TestOutputHelper?.WriteLine($"{test.GetType().Name}: BALTORO_SEED={seed}");
        return seed;
    }
}
