using System.Globalization;
using System.Security.Cryptography;

namespace Baltoro.Kimi.Tests.Support;

/// <summary>A fresh seed per run, printed; BALTORO_TEST_SEED repeats one.</summary>
internal static class Seeds
{
    public static int Next()
    {
        string? given = Environment.GetEnvironmentVariable("BALTORO_TEST_SEED");
        int seed = given is null ? RandomNumberGenerator.GetInt32(int.MaxValue) : int.Parse(given, CultureInfo.InvariantCulture);
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed} (repeat with BALTORO_TEST_SEED={seed})");
        return seed;
    }
}
