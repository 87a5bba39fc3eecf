namespace Baltoro.Engine.Weights.Gguf;

/// <summary>Names of a tower's tensors in mmproj files, by the role they have here. Source: ggml's tensor names.</summary>
internal static class MmprojNames
{
    public const string PositionTable = "v.position_embd.weight";

    private const string BlockRole = "vision_tower.encoder.blocks.";

    private static readonly (string Role, string Name)[] Outside =
    [
        ("vision_tower.patch_embed.proj.", "v.patch_embd."),
        ("vision_tower.patch_embed.pos_emb.", "v.position_embd."),
        ("vision_tower.encoder.final_layernorm.", "v.post_ln."),
        ("mm_projector.pre_norm.", "mm.input_norm."),
        ("mm_projector.proj.0.", "mm.1."),
        ("mm_projector.proj.2.", "mm.2."),
    ];

    private static readonly (string Role, string Name)[] InBlock =
    [
        ("norm0.", "ln1."),
        ("norm1.", "ln2."),
        ("wqkv.", "attn_qkv."),
        ("wq.", "attn_q."),
        ("wk.", "attn_k."),
        ("wv.", "attn_v."),
        ("wo.", "attn_out."),
        ("mlp.fc0.", "ffn_up."),
        ("mlp.fc1.", "ffn_down."),
    ];

    /// <summary>The tensor of <paramref name="role"/>. Throws <see cref="ArgumentException"/> for a role of no tower.</summary>
    public static string Of(string role)
    {
        if (role.StartsWith(BlockRole, StringComparison.Ordinal))
        {
            string rest = role[BlockRole.Length..];
            int dot = rest.IndexOf('.', StringComparison.Ordinal);
            return $"v.blk.{rest[..dot]}.{Replace(InBlock, rest[(dot + 1)..])}";
        }

        return Replace(Outside, role);
    }

    private static string Replace((string Role, string Name)[] names, string role)
    {
        foreach ((string from, string to) in names)
        {
            if (role.StartsWith(from, StringComparison.Ordinal))
            {
                return to + role[from.Length..];
            }
        }

        throw new ArgumentException($"no tensor of a vision tower has the role {role}", nameof(role));
    }
}
