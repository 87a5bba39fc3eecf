using System.Globalization;

namespace Baltoro.Engine.Weights.Gguf;

/// <summary>Tensor names of architecture deepseek2 for the roles of <see cref="IWeightSource"/>.</summary>
internal static class GgufNames
{
    private const string LayerPrefix = "model.layers.";
    private const string ExpertPrefix = "mlp.experts.";

    private static readonly Dictionary<string, string> Whole = new(StringComparer.Ordinal)
    {
        ["model.embed_tokens.weight"] = "token_embd.weight",
        ["model.norm.weight"] = "output_norm.weight",
        ["lm_head.weight"] = "output.weight",
    };

    private static readonly Dictionary<string, string> InLayer = new(StringComparer.Ordinal)
    {
        ["input_layernorm.weight"] = "attn_norm.weight",
        ["post_attention_layernorm.weight"] = "ffn_norm.weight",
        ["self_attn.q_proj.weight"] = "attn_q.weight",
        ["self_attn.q_a_proj.weight"] = "attn_q_a.weight",
        ["self_attn.q_a_layernorm.weight"] = "attn_q_a_norm.weight",
        ["self_attn.q_b_proj.weight"] = "attn_q_b.weight",
        ["self_attn.kv_a_proj_with_mqa.weight"] = "attn_kv_a_mqa.weight",
        ["self_attn.kv_a_layernorm.weight"] = "attn_kv_a_norm.weight",
        ["self_attn.kv_b_proj.weight"] = "attn_kv_b.weight",
        ["self_attn.k_b_proj.weight"] = "attn_k_b.weight",
        ["self_attn.v_b_proj.weight"] = "attn_v_b.weight",
        ["self_attn.o_proj.weight"] = "attn_output.weight",
        ["mlp.gate_proj.weight"] = "ffn_gate.weight",
        ["mlp.up_proj.weight"] = "ffn_up.weight",
        ["mlp.down_proj.weight"] = "ffn_down.weight",
        ["mlp.gate.weight"] = "ffn_gate_inp.weight",
        ["mlp.gate.e_score_correction_bias"] = "exp_probs_b.bias",
        ["mlp.shared_experts.gate_proj.weight"] = "ffn_gate_shexp.weight",
        ["mlp.shared_experts.up_proj.weight"] = "ffn_up_shexp.weight",
        ["mlp.shared_experts.down_proj.weight"] = "ffn_down_shexp.weight",
    };

    /// <summary>The place of <paramref name="role"/>; experts in the stack of their own matrix.</summary>
    public static GgufPlace PlaceOf(string role)
    {
        if (Whole.TryGetValue(role, out string? name))
        {
            return new GgufPlace(name);
        }

        if (!role.StartsWith(LayerPrefix, StringComparison.Ordinal))
        {
            throw Unknown(role);
        }

        int dot = role.IndexOf('.', LayerPrefix.Length);
        string block = $"blk.{role[LayerPrefix.Length..dot]}.";
        string inLayer = role[(dot + 1)..];
        if (InLayer.TryGetValue(inLayer, out name))
        {
            return new GgufPlace(block + name);
        }

        if (!inLayer.StartsWith(ExpertPrefix, StringComparison.Ordinal))
        {
            throw Unknown(role);
        }

        string[] parts = inLayer[ExpertPrefix.Length..].Split('.');
        string matrix = parts[1].Replace("_proj", "", StringComparison.Ordinal);
        return new GgufPlace($"{block}ffn_{matrix}_exps.weight", int.Parse(parts[0], CultureInfo.InvariantCulture));
    }

    /// <summary>The place of an expert's gate or up matrix in a fused stack; null for other places.</summary>
    public static GgufPlace? Fused(GgufPlace place)
    {
        foreach ((string matrix, int half) in (ReadOnlySpan<(string, int)>)[("ffn_gate_exps", 0), ("ffn_up_exps", 1)])
        {
            if (place.Name.Contains(matrix, StringComparison.Ordinal))
            {
                return place with { Name = place.Name.Replace(matrix, "ffn_gate_up_exps", StringComparison.Ordinal), Half = half };
            }
        }

        return null;
    }

    /// <summary>Whether text loading leaves this tensor out on purpose: layers past the last, draft layers, rotary tables.</summary>
    public static bool IsLeftOut(string name, int layerCount) => name.Split('.') switch
    {
        ["rope_freqs", "weight"] or ["blk", _, "nextn", ..] => true,
        ["blk", string layer, ..] =>
            int.TryParse(layer, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= layerCount,
        _ => false,
    };

    private static ArgumentException Unknown(string role) => new($"'{role}' is not a role of the text model", nameof(role));
}
