using Baltoro.Cli.Client;

namespace Baltoro.Cli.Eval;

/// <summary>Sends rows through the API, several at a time, greedily; results keep the rows' order.</summary>
internal sealed class EvalRunner(ApiClient client, string model, int parallel)
{
    /// <summary>Greedy.</summary>
    public const double Temperature = 0;

    public async Task<IReadOnlyList<EvalResult>> RunAsync(
        IReadOnlyList<EvalRow> rows, Action<int> progress, CancellationToken cancellationToken)
    {
        EvalResult[] results = new EvalResult[rows.Count];
        int done = 0;
        ParallelOptions options = new() { MaxDegreeOfParallelism = parallel, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, rows.Count, options, async (index, cancel) =>
        {
            results[index] = await AskAsync(rows[index], cancel).ConfigureAwait(false);
            progress(Interlocked.Increment(ref done));
        }).ConfigureAwait(false);
        return results;
    }

    private async Task<EvalResult> AskAsync(EvalRow row, CancellationToken cancellationToken)
    {
        try
        {
            ChatCall call = new(model, row.Messages, row.Thinking, row.MaxTokens, Temperature) { Tools = row.Tools };
            return new EvalResult(row, await client.ChatAsync(call, cancellationToken).ConfigureAwait(false), null);
        }
        catch (ApiException refusal)
        {
            return new EvalResult(row, null, refusal.Message);
        }
    }
}
