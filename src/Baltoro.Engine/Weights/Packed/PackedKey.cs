namespace Baltoro.Engine.Weights.Packed;

/// <summary>What a packed file is for: a model's content and the form that the kernels want.</summary>
/// <param name="Identity">32 bytes, see <see cref="ModelIdentity"/>.</param>
/// <param name="Form">The forms differ between kernel variants; variants of one form share a file.</param>
internal sealed record PackedKey(byte[] Identity, WeightForm Form)
{
    private const int NameBytes = 12;

    /// <summary>The form as bits: tiles 1, bfloat16 panels 2.</summary>
    public int FormBits => (Form.Tiles ? 1 : 0) | (Form.Bf16Panels ? 2 : 0);

    /// <summary>Name of the file, the same wherever the model lies.</summary>
    public string FileName =>
        $"{Convert.ToHexStringLower(Identity.AsSpan(0, NameBytes))}-form{FormBits}-v{PackedHeader.Version}{PackedCache.Extension}";
}
