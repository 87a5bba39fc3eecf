namespace Baltoro.Engine.Model;

/// <summary>
/// Reads <c>quantization_config</c>. Only the two forms of the family's official checkpoints are accepted; any other setting
/// is refused by name, because guessing would give weights that look right and are not.
/// </summary>
internal static class QuantizationFields
{
    /// <summary>The quantization stated in <paramref name="fields"/>; None when there is no such field.</summary>
    public static WeightQuantization Read(ConfigFields fields)
    {
        if (fields.Object("quantization_config") is not ConfigFields quantization)
        {
            return WeightQuantization.None;
        }

        string method = quantization.OptionalString("quant_method") ?? "";
        return method switch
        {
            "compressed-tensors" => ReadGroups(quantization),
            "fp8" => ReadBlocks(quantization),
            _ => throw quantization.Wrong("quant_method", "'compressed-tensors' or 'fp8'", $"'{method}'"),
        };
    }

    private static WeightQuantization ReadGroups(ConfigFields quantization)
    {
        quantization.Choice("format", "", "pack-quantized");
        ConfigFields groups = quantization.Object("config_groups")
            ?? throw quantization.Wrong("config_groups", "one group", "nothing");
        string[] names = [.. groups.Names];
        if (names.Length != 1)
        {
            throw quantization.Wrong("config_groups", "one group", $"{names.Length}");
        }

        ConfigFields group = groups.Object(names[0]) ?? throw groups.Wrong(names[0], "a group", "null");
        foreach (string activations in (string[])["input_activations", "output_activations"])
        {
            if (group.Has(activations))
            {
                throw group.Wrong(activations, "null (activations are not quantized)", "something else");
            }
        }

        ConfigFields weights = group.Object("weights") ?? throw group.Wrong("weights", "an object", "nothing");
        weights.Choice("type", "", "int");
        weights.Choice("strategy", "", "group");
        Require(weights, "num_bits", 4);
        Require(weights, "group_size", Weights.Blocks.Int4Groups.GroupSize);
        if (weights.OptionalBool("symmetric") != true)
        {
            throw weights.Wrong("symmetric", "true", "something else");
        }

        return weights.Has("actorder")
            ? throw weights.Wrong("actorder", "null", "something else")
            : WeightQuantization.Int4Groups;
    }

    private static WeightQuantization ReadBlocks(ConfigFields quantization)
    {
        quantization.Choice("fmt", "e4m3", "e4m3");
        IReadOnlyList<int>? size = quantization.OptionalIds("weight_block_size", int.MaxValue);
        const int Expected = Weights.Blocks.Fp8Blocks.BlockSize;
        string found = size is null ? "nothing" : $"[{string.Join(", ", size)}]";
        return size is [Expected, Expected]
            ? WeightQuantization.Fp8Blocks
            : throw quantization.Wrong("weight_block_size", $"[{Expected}, {Expected}]", found);
    }

    private static void Require(ConfigFields fields, string name, int expected)
    {
        if (fields.Int(name, 0) is int found && found != expected)
        {
            throw fields.Wrong(name, $"{expected}", $"{found}");
        }
    }
}
