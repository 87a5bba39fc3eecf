using Baltoro.Engine.Cache;
using Baltoro.Engine.Kernels;
using Baltoro.Engine.Ops;
using Baltoro.Engine.Schedule;
using Baltoro.Engine.Threads;
using Baltoro.Engine.Weights;

namespace Baltoro.Engine.Model;

/// <summary>
/// Multi-head latent attention of one layer. Per token it caches the normalised latent and one rotated key part; a slice's
/// form says whether keys and values are decompressed from it (plain) or queries carried into its space (absorbed).
/// Source: DeepSeek-V3.
/// </summary>
internal sealed class MlaAttention(AttentionWeights weights, int layer)
{
    /// <summary>Reads Workspace.Normed, adds the block's output to Workspace.Hidden. Ends behind a barrier.</summary>
    public void Forward(Worker worker, StepContext step)
    {
        ProjectDown(worker, step);
        worker.Barrier();
        NormLatents(worker, step);
        worker.Barrier();
        if (weights.QueryDown is not null)
        {
            PartRange queries = worker.Split(weights.Query.Rows, Linear.OutGranule);
            Linear.Apply(step.Kernels, weights.Query, step.Workspace.QueryLatent, step.Workspace.Query, queries);
            worker.Barrier();
        }

        Attend(worker, step);
        worker.Barrier();
        if (step.Workspace.AttentionOut.IsQuantized)
        {
            step.Workspace.AttentionOut.Quantize(step.Kernels, worker.Split(step.Rows.RowCount));
            worker.Barrier();
        }

        PartRange outs = worker.Split(weights.Output.Rows, Linear.OutGranule);
        Linear.Apply(step.Kernels, weights.Output, step.Workspace.AttentionOut, step.Workspace.Projected, outs);
        RowOps.Add(step.Kernels, 1f, step.Workspace.Projected, step.Workspace.Hidden, outs);
        worker.Barrier();
    }

    /// <summary>The two products that read the same input: query (down) and latent.</summary>
    private void ProjectDown(Worker worker, StepContext step)
    {
        Workspace space = step.Workspace;
        WeightMatrix query = weights.QueryDown ?? weights.Query;
        RowBlock queryOut = weights.QueryDown is null ? space.Query : space.QueryLatent.Values;
        Linear.Apply(step.Kernels, query, space.Normed, queryOut, worker.Split(query.Rows, Linear.OutGranule));
        Linear.Apply(step.Kernels, weights.Latent, space.Normed, space.Latent, worker.Split(weights.Latent.Rows, Linear.OutGranule));
    }

    /// <summary>Norms of both low-rank vectors, rotation of the key part, and the row's place in the cache.</summary>
    private void NormLatents(Worker worker, StepContext step)
    {
        KimiConfig config = step.Config;
        Workspace space = step.Workspace;
        PartRange rows = worker.Split(step.Rows.RowCount);
        if (weights.QueryNorm is WeightVector queryNorm)
        {
            RowBlock query = space.QueryLatent.Values;
            RowOps.RmsNorm(step.Kernels, query, queryNorm, config.InnerNormEps, query, rows);
            space.QueryLatent.Quantize(step.Kernels, rows);
        }

        RowBlock latent = space.Latent.Columns(0, config.LatentRank);
        RowOps.RmsNorm(step.Kernels, latent, weights.LatentNorm, config.InnerNormEps, latent, rows);
        for (int row = rows.Start; row < rows.End; row++)
        {
            Span<float> values = space.Latent.Row(row);
            RowOps.Rotate(step.Kernels, values[config.LatentRank..], space.Cos.Row(row), space.Sin.Row(row));
            values.CopyTo(CacheRow(step, step.Rows.CacheRows[row]));
        }
    }

    private Span<float> CacheRow(StepContext step, int cacheRow)
    {
        LatentCache cache = Cache(step);
        return LatentPages.Page(cache, layer, cacheRow / LatentCache.PageTokens).Row(cacheRow % LatentCache.PageTokens);
    }

    private static LatentCache Cache(StepContext step) => step.Cache ?? throw new InvalidOperationException("no step is running");

    /// <summary>
    /// Each worker takes whole heads and does everything of them: rotate, absorb or decompress, attend, project values. Rows in
    /// absorbed form with bfloat16 products are cut by keys instead, and joined behind a barrier.
    /// </summary>
    private void Attend(Worker worker, StepContext step)
    {
        PartRange heads = worker.Split(step.Config.HeadCount);
        AttentionScratch scratch = step.Workspace.Attention[worker.Index];
        RotateQueries(step, heads);
        foreach (RowRun run in step.Rows.Runs)
        {
            if (run.Slice.Form == AttentionForm.Plain)
            {
                AttendPlain(step, run, heads, scratch);
            }
        }

        if (step.Rows.AbsorbedRanges.IsEmpty)
        {
            return;
        }

        foreach (PartRange rows in step.Rows.AbsorbedRanges)
        {
            AbsorbQueries(step, rows, heads, scratch);
        }

        if (weights.Panels.Count > 0 && step.Decode is DecodePlan plan)
        {
            worker.Barrier();
            AttendTasks(step, plan, plan.Split(worker), scratch.Decode);
            worker.Barrier();
            JoinTasks(step, plan, heads);
        }
        else
        {
            AttendAbsorbed(step, heads, scratch);
        }

        foreach (PartRange rows in step.Rows.AbsorbedRanges)
        {
            ProjectValues(step, rows, heads, scratch);
        }
    }

    private static void RotateQueries(StepContext step, PartRange heads)
    {
        KimiConfig config = step.Config;
        for (int row = 0; row < step.Rows.RowCount; row++)
        {
            RowBlock query = step.Workspace.Query.Unfold(row, config.HeadCount);
            for (int head = heads.Start; head < heads.End; head++)
            {
                Span<float> rope = query.Row(head)[config.NopeHeadDim..];
                RowOps.Rotate(step.Kernels, rope, step.Workspace.Cos.Row(row), step.Workspace.Sin.Row(row));
            }
        }
    }

    private void AttendPlain(StepContext step, RowRun run, PartRange heads, AttentionScratch scratch)
    {
        KimiConfig config = step.Config;
        LatentPages pages = LatentPages.Of(run, Cache(step), layer);
        RowBlock query = step.Workspace.Query.Slice(run.FirstRow, run.RowCount);
        RowBlock output = step.Workspace.AttentionOut.Values.Slice(run.FirstRow, run.RowCount);
        for (int head = heads.Start; head < heads.End; head++)
        {
            AttendPlain(step, pages, run.StartPosition, head, scratch, query, output);
        }
    }

    private void AttendPlain(
        StepContext step, LatentPages pages, int startPosition, int head, AttentionScratch scratch, RowBlock query, RowBlock output)
    {
        KimiConfig config = step.Config;
        float scale = (float)config.SoftmaxScale;
        RowBlock queries = query.Columns(head * config.QueryHeadDim, config.QueryHeadDim);
        RowBlock outputs = output.Columns(head * config.ValueHeadDim, config.ValueHeadDim);
        if (step.Kernels.Bf16 is Bf16Kernels bf16 && weights.Panels.Count > 0)
        {
            PromptAttention.Run(bf16, scratch.Prompt, pages, startPosition, scale, weights.Panels[head], queries, outputs);
            return;
        }

        PlainAttention.Run(
            step.Kernels, scratch, pages, startPosition, scale, weights.KeyUp[head], weights.ValueUp[head], queries, outputs);
    }

    /// <summary>query' = [W_UKᵀ q_nope ‖ q_pe] per head: a query that meets cached rows directly.</summary>
    private void AbsorbQueries(StepContext step, PartRange rows, PartRange heads, AttentionScratch scratch)
    {
        KimiConfig config = step.Config;
        int rank = config.LatentRank;
        RowBlock query = step.Workspace.Query.Slice(rows.Start, rows.Count);
        RowBlock absorbed = step.Workspace.AbsorbedQuery.Slice(rows.Start, rows.Count);
        for (int head = heads.Start; head < heads.End; head++)
        {
            RowBlock nope = query.Columns(head * config.QueryHeadDim, config.NopeHeadDim);
            RowBlock rope = query.Columns((head * config.QueryHeadDim) + config.NopeHeadDim, config.RopeHeadDim);
            RowBlock target = absorbed.Columns(head * config.CacheRowWidth, config.CacheRowWidth);
            WeightMatrix absorb = weights.KeyAbsorb.Slice(head * rank, rank);
            Linear.ApplyAlone(step.Kernels, absorb, nope, scratch.Queries, target.Columns(0, rank));
            for (int row = 0; row < rows.Count; row++)
            {
                rope.Row(row).CopyTo(target.Row(row)[rank..]);
            }
        }
    }

    private void AttendAbsorbed(StepContext step, PartRange heads, AttentionScratch scratch)
    {
        KimiConfig config = step.Config;
        if (heads.Count == 0)
        {
            return;
        }

        foreach (RowRun run in step.Rows.Runs)
        {
            LatentPages pages = LatentPages.Of(run, Cache(step), layer);
            for (int i = 0; i < run.RowCount && run.Slice.Form == AttentionForm.Absorbed; i++)
            {
                AbsorbedAttention.Run(
                    step.Kernels,
                    scratch,
                    pages,
                    run.StartPosition + i + 1,
                    (float)config.SoftmaxScale,
                    step.Workspace.AbsorbedQuery.Unfold(run.FirstRow + i, config.HeadCount),
                    step.Workspace.AbsorbedValue.Unfold(run.FirstRow + i, config.HeadCount),
                    heads);
            }
        }
    }

    private void AttendTasks(StepContext step, DecodePlan plan, PartRange tasks, DecodeScratch scratch)
    {
        KimiConfig config = step.Config;
        Bf16Kernels kernels = step.Kernels.Bf16 ?? throw new InvalidOperationException("tasks need bfloat16 kernels");
        for (int index = tasks.Start; index < tasks.End; index++)
        {
            DecodeTask task = plan.Task(index);
            int heads = Math.Min(Bf16Args.PanelLanes, config.HeadCount - task.FirstHead);
            if (index == tasks.Start || plan.Task(index - 1) is var last && (last.Row != task.Row || last.FirstHead != task.FirstHead))
            {
                RowBlock queries = step.Workspace.AbsorbedQuery.Unfold(task.Row, config.HeadCount);
                DecodeAttention.SetQueries(scratch, queries.Slice(task.FirstHead, heads));
            }

            LatentPages pages = LatentPages.Of(step.Rows.Runs[task.Run], Cache(step), layer);
            float scale = (float)config.SoftmaxScale;
            DecodeAttention.Run(kernels, scratch, pages, task, heads, scale, plan.Values(index), plan.Stats(index));
        }
    }

    private static void JoinTasks(StepContext step, DecodePlan plan, PartRange heads)
    {
        foreach (PartRange rows in step.Rows.AbsorbedRanges)
        {
            for (int row = rows.Start; row < rows.End; row++)
            {
                RowBlock values = step.Workspace.AbsorbedValue.Unfold(row, step.Config.HeadCount);
                for (int head = heads.Start; head < heads.End; head++)
                {
                    PartRange tasks = plan.TasksOf(row, head, step.Rows.Positions[row] + 1);
                    DecodeAttention.Join(step.Kernels, plan, tasks, head % Bf16Args.PanelLanes, values.Row(head));
                }
            }
        }
    }

    /// <summary>output = W_UV · (weighted sum of latents) per head.</summary>
    private void ProjectValues(StepContext step, PartRange rows, PartRange heads, AttentionScratch scratch)
    {
        KimiConfig config = step.Config;
        RowBlock values = step.Workspace.AbsorbedValue.Slice(rows.Start, rows.Count);
        RowBlock output = step.Workspace.AttentionOut.Values.Slice(rows.Start, rows.Count);
        for (int head = heads.Start; head < heads.End; head++)
        {
            RowBlock latents = values.Columns(head * config.LatentRank, config.LatentRank);
            RowBlock target = output.Columns(head * config.ValueHeadDim, config.ValueHeadDim);
            Linear.ApplyAlone(step.Kernels, weights.ValueUp[head], latents, scratch.Latents, target);
        }
    }
}
