namespace Baltoro.Platform.Verification;

/// <summary>Something that does not fit.</summary>
internal sealed record Finding(string What, string Problem, long? Entry = null)
{
    public static Finding OfEntry(long sequence, string problem) => new($"entry {sequence}", problem, sequence);
}
