using Baltoro.Engine.Weights.Gguf;

namespace Baltoro.Engine.Tests.Weights.Gguf;

/// <summary>Reads GGUF files back into plans, so that tests can leave out, change or regroup tensors and keys.</summary>
internal static unsafe class GgufRewriter
{
    /// <summary>Copies a file with its tensors (and keys) edited.</summary>
    public static void Rewrite(
        string from, string to, Action<List<GgufTensorPlan>>? edit = null, Action<Dictionary<string, object>>? editKeys = null)
    {
        List<GgufTensorPlan> tensors = TensorsOf(from);
        Dictionary<string, object> keys = KeysOf(from);
        edit?.Invoke(tensors);
        editKeys?.Invoke(keys);
        GgufWriter.Write(to, [.. keys.Select(pair => SampleGguf.Pair(pair.Key, pair.Value))], tensors);
    }

    public static List<GgufTensorPlan> TensorsOf(string path)
    {
        using GgufModel model = GgufModel.Open(path);
        return [.. model.Tensors.Select(
            tensor => Plan(tensor, new ReadOnlySpan<byte>(model.DataOf(tensor.Name), (int)tensor.ByteCount).ToArray()))];
    }

    /// <summary>Replaces the stacks of gate and up by one with gate rows, then up rows, per expert.</summary>
    public static void Fuse(List<GgufTensorPlan> tensors)
    {
        foreach (GgufTensorPlan gate in tensors.Where(tensor => tensor.Name.Contains("ffn_gate_exps", StringComparison.Ordinal)).ToArray())
        {
            GgufTensorPlan up = tensors.Single(tensor => tensor.Name == gate.Name.Replace("gate", "up", StringComparison.Ordinal));
            int half = (int)(gate.ByteCount / gate.Shape[0]);
            byte[] gates = Bytes(gate);
            byte[] ups = Bytes(up);
            IEnumerable<int> experts = Enumerable.Range(0, (int)gate.Shape[0]);
            byte[] fused = [.. experts.SelectMany(e => (byte[])[.. gates.AsSpan(e * half, half), .. ups.AsSpan(e * half, half)])];
            tensors.Remove(gate);
            tensors.Remove(up);
            string name = gate.Name.Replace("ffn_gate_exps", "ffn_gate_up_exps", StringComparison.Ordinal);
            tensors.Add(new GgufTensorPlan(
                name, gate.Type, [gate.Shape[0], 2 * gate.Shape[1], gate.Shape[2]], stream => stream.Write(fused)));
        }
    }

    /// <summary>Spreads a file's tensors over parts; returns their paths.</summary>
    public static string[] Split(string from, string prefix, int count)
    {
        List<GgufTensorPlan> tensors = TensorsOf(from);
        string[] paths = [.. Enumerable.Range(1, count).Select(number => GgufParts.NameOf(prefix, number, count))];
        for (int i = 0; i < count; i++)
        {
            Dictionary<string, object> keys = i == 0 ? KeysOf(from) : [];
            (keys["split.no"], keys["split.count"], keys["split.tensors.count"]) = ((ushort)i, (ushort)count, tensors.Count);
            GgufTensorPlan[] own = [.. tensors.Where((_, index) => index % count == i)];
            GgufWriter.Write(paths[i], [.. keys.Select(pair => SampleGguf.Pair(pair.Key, pair.Value))], own);
        }

        return paths;
    }

    private static Dictionary<string, object> KeysOf(string path) =>
        GgufFile.ReadHeader(path).Metadata.Values.ToDictionary(pair => pair.Key, pair => pair.Value.Value);

    private static GgufTensorPlan Plan(GgufTensor tensor, byte[] bytes) =>
        new(tensor.Name, tensor.Type, tensor.Shape, stream => stream.Write(bytes));

    private static byte[] Bytes(GgufTensorPlan plan)
    {
        using MemoryStream stream = new();
        plan.Write(stream);
        return stream.ToArray();
    }
}
