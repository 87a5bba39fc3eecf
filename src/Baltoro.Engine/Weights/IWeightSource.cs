namespace Baltoro.Engine.Weights;

/// <summary>
/// Where weights come from: a folder of safetensors or a GGUF file. Roles are Hugging Face names of the text model without
/// the multimodal prefix (<c>model.layers.3.self_attn.o_proj.weight</c>); every expert is a role of its own, however the file
/// stores it. Two roles exist only where a file splits kv_b_proj: <c>k_b_proj.weight</c> [H·latent rank, nope], its key
/// rows transposed per head, and <c>v_b_proj.weight</c> [H·value, latent rank]. Threads: the loading thread.
/// </summary>
internal interface IWeightSource : IDisposable
{
    /// <summary>Folder or file, for messages.</summary>
    string Path { get; }

    /// <summary>Paths of all files that configuration and weights come from, in a fixed order.</summary>
    IReadOnlyList<string> Files { get; }

    /// <summary>Bytes of all tensors in the files.</summary>
    long ByteCount { get; }

    /// <summary>Number of tensors in the files.</summary>
    int TensorCount { get; }

    /// <summary>Whether the files hold a tensor for <paramref name="role"/>, of whatever shape.</summary>
    bool Has(string role);

    /// <summary>
    /// The matrix of <paramref name="role"/>, whose shape is [rows, columns] or, of a vector, [columns]; null after adding to
    /// <paramref name="problems"/> what is missing or wrong. Marks the tensor as used.
    /// </summary>
    StoredMatrix? Find(string role, int[] shape, WeightProblems problems);

    /// <summary>Adds tensors that no role used to <paramref name="problems"/>; returns those left out on purpose.</summary>
    IReadOnlyList<string> FinishUnused(int layerCount, WeightProblems problems);
}
