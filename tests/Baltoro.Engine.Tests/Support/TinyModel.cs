using Baltoro.Engine.Model;
using Baltoro.Engine.Weights.Blocks;

namespace Baltoro.Engine.Tests.Support;

/// <summary>
/// A small model whose rows fill blocks of 32, with seeded weights: every matrix about normal with deviation 1 / √columns, so
/// that activations keep their size. Values depend on role and seed only, whatever they are stored as.
/// </summary>
internal sealed class TinyModel(int seed, string extraConfig = "")
{
    /// <summary>config.json; <paramref name="extraConfig"/> adds fields.</summary>
    public string ConfigJson => $$"""
        {
          "model_type": "kimi_k2", "hidden_size": 64, "num_hidden_layers": 3, "num_attention_heads": 2, "q_lora_rank": 32, "kv_lora_rank": 64,
          "qk_nope_head_dim": 32, "qk_rope_head_dim": 16, "v_head_dim": 32, "intermediate_size": 96, "moe_intermediate_size": 32,
          "n_routed_experts": 8, "num_experts_per_tok": 2, "n_shared_experts": 1, "first_k_dense_replace": 1, "routed_scaling_factor": 1.5,
          "rms_norm_eps": 1e-5, "rope_theta": 50000.0, "vocab_size": 288, "max_position_embeddings": 4096, "eos_token_id": 281, "bos_token_id": 280,
          "rope_scaling": {"type": "yarn", "factor": 32.0, "original_max_position_embeddings": 64, "beta_fast": 32.0, "beta_slow": 1.0, "mscale": 1.0, "mscale_all_dim": 1.0}{{extraConfig}}
        }
        """;

    public KimiConfig Config => ConfigReader.Read(System.Text.Encoding.UTF8.GetBytes(ConfigJson), "tiny/config.json");

    /// <summary>Values of a role, float32.</summary>
    public float[] Values(string role, int[] shape)
    {
        Random random = new(unchecked((seed * 31) + role.Aggregate(17, (hash, letter) => (hash * 31) + letter)));
        int count = shape.Aggregate(1, (product, length) => product * length);
        if (shape.Length == 1)
        {
            bool bias = role.EndsWith("bias", StringComparison.Ordinal);
            return [.. Enumerable.Range(0, count).Select(_ => (bias ? 0 : 1) + (0.1f * (random.NextSingle() - 0.5f)))];
        }

        float deviation = role.Contains("embed", StringComparison.Ordinal) ? 1 : 1 / MathF.Sqrt(shape[1]);
        return [.. Enumerable.Range(0, count).Select(_ => deviation * Normal(random))];
    }

    /// <summary>Writes a folder of safetensors; <paramref name="store"/> may take over roles and returns whether it did.</summary>
    public void Write(string folder, bool bf16, Func<CheckpointBuilder, string, int[], float[], bool>? store = null)
    {
        CheckpointBuilder builder = new();
        foreach ((string role, int[] shape) in RoleRecorder.RolesOf(Config))
        {
            float[] values = Values(role, shape);
            if (store is null || !store(builder, role, shape, values))
            {
                builder.Add(role, bf16, shape, values);
            }
        }

        File.WriteAllText(Path.Combine(folder, "config.json"), ConfigJson);
        builder.Write(Path.Combine(folder, "model.safetensors"));
    }

    /// <summary>What <paramref name="type"/> makes of the values.</summary>
    public static float[] Rounded(BlockType type, float[] values)
    {
        byte[] bytes = new byte[BlockFormat.Of(type).RowBytes(values.Length)];
        float[] rounded = new float[values.Length];
        BlockEncoder.Encode(type, values, bytes);
        BlockDecoder.Decode(type, bytes, rounded);
        return rounded;
    }

    private static float Normal(Random random) =>
        (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
}
