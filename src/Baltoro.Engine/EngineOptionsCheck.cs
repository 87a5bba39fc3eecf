namespace Baltoro.Engine;

/// <summary>Range checks of <see cref="EngineOptions"/>.</summary>
internal static class EngineOptionsCheck
{
    public static void Validate(EngineOptions options)
    {
        InRange(options.Threads, 0, 1024, nameof(options.Threads));
        InRange(options.PrefillTokensPerStep, 1, 65_536, nameof(options.PrefillTokensPerStep));
        InRange(options.MaxRunning, 1, 65_536, nameof(options.MaxRunning));
        InRange(options.MaxWaiting, 0, 1_000_000, nameof(options.MaxWaiting));
        InRange(options.QueueDeadline.Ticks, 0, TimeSpan.FromDays(1).Ticks, nameof(options.QueueDeadline));
        InRange((long)options.Speculation, 0, (long)SpeculationMode.Always, nameof(options.Speculation));
        InRange(options.KvCacheBytes, 0, long.MaxValue, nameof(options.KvCacheBytes));
        InRange(options.ImageCacheBytes, 0, long.MaxValue, nameof(options.ImageCacheBytes));
    }

    private static void InRange(long value, long least, long most, string field)
    {
        if (value < least || value > most)
        {
            throw new ArgumentOutOfRangeException(field, value, $"{field} is {value}; allowed is {least} to {most}.");
        }
    }
}
