namespace Baltoro.Engine.Weights.Vision;

/// <summary>
/// Where a tower's weights come from: the model's safetensors or an mmproj file. Roles are Kimi K2.5's Hugging Face names
/// (<c>vision_tower.encoder.blocks.3.wo.weight</c>, <c>mm_projector.proj.0.bias</c>). Three roles exist only where a file splits wqkv:
/// <c>wq</c>, <c>wk</c> and <c>wv</c> of a block. Threads: the loading thread.
/// </summary>
internal interface IVisionSource : IDisposable
{
    /// <summary>Folder or file, for messages.</summary>
    string Path { get; }

    bool Has(string role);

    /// <summary>
    /// The tensor of <paramref name="role"/> as [first dimension, all others together] (a vector is one row); null after adding
    /// to <paramref name="problems"/> what is missing or wrong. Marks the tensor as used.
    /// </summary>
    StoredMatrix? Find(string role, int[] shape, WeightProblems problems);

    /// <summary>Adds tensors of the tower that no role used to <paramref name="problems"/>.</summary>
    void FinishUnused(WeightProblems problems);
}
