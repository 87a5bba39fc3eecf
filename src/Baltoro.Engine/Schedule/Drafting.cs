namespace Baltoro.Engine.Schedule;

/// <summary>The guesses of one sequence and how well they do. Used by the engine's owner thread only.</summary>
internal sealed class Drafting(int expectedTokens)
{
    /// <summary>Where the estimate starts: hopeful, so that a sequence shows what it is worth.</summary>
    private const double FirstAcceptance = 0.8;

    private const double Learning = 0.15;

    private readonly NgramIndex _index = new(expectedTokens);
    private readonly int[] _tokens = new int[DraftPolicy.MaxDraft];

    /// <summary>Guessed tokens of the current step.</summary>
    public ReadOnlySpan<int> Tokens => _tokens.AsSpan(0, Count);

    public int Count { get; private set; }

    /// <summary>Estimate of the probability that a guess is right.</summary>
    public double Acceptance { get; private set; } = FirstAcceptance;

    /// <summary>Steps since the last guess.</summary>
    public int StepsWithout { get; private set; }

    /// <summary>Guesses at most <paramref name="most"/> tokens that continue <paramref name="text"/>; a text that repeats itself goes on repeating.</summary>
    public void Propose(ReadOnlySpan<int> text, int most)
    {
        int start = most > 0 ? _index.Find(text) : -1;
        Count = start < 0 ? 0 : most;
        StepsWithout = Count > 0 ? 0 : StepsWithout + 1;
        for (int i = 0; i < Count; i++)
        {
            int from = start + i;
            _tokens[i] = from < text.Length ? text[from] : _tokens[from - text.Length];
        }
    }

    /// <summary>The step is over: the first <paramref name="accepted"/> guesses were right.</summary>
    public void Learn(int accepted)
    {
        int tried = Math.Min(accepted + 1, Count);
        for (int i = 0; i < tried; i++)
        {
            Acceptance += Learning * ((i < accepted ? 1 : 0) - Acceptance);
        }

        Count = 0;
    }

    /// <summary>No guesses in this step.</summary>
    public void Clear() => Count = 0;
}
