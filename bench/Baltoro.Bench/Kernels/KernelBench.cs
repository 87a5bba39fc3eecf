using System.Runtime.InteropServices;
using Baltoro.Engine.Kernels;
using Baltoro.Engine.Kernels.Jit;

namespace Baltoro.Bench.Kernels;

/// <summary>
/// One core: the machine's limits, then the kernels as a share of them, in the same seconds and in processor time of the
/// thread. <c>--kernels NAME</c> forces a variant.
/// </summary>
internal static unsafe class KernelBench
{
    private const long ColdBytes = 512L << 20;

    public static object Run(BenchOptions options)
    {
        KernelTable kernels = KernelCatalog.Select(options.Text("kernels"));
        byte* memory = (byte*)NativeMemory.AlignedAlloc((nuint)ColdBytes, 2 << 20);
        new Span<byte>(memory, (int)ColdBytes).Fill(0x11);
        try
        {
            (double int8, double bf16, double float32) = CpuFeatures.CanEmit && CpuFeatures.HasVnni512
                ? (Roofline.Int8(), Roofline.Bf16(), Roofline.Float32())
                : (0, 0, 0);
            double read = CpuFeatures.CanEmit ? Roofline.Read(memory, ColdBytes) : 0;
            List<object> products = [];
            if (kernels.Packed is PackedKernels packed)
            {
                foreach ((int bits, int outs, int width, int rows) in new[]
                {
                    (4, 2048, 704, 1), (4, 704, 2048, 1), (8, 2048, 2048, 1), (4, 704, 2048, 2), (4, 704, 2048, 8), (8, 2048, 2048, 8),
                    (4, 704, 2048, 48), (4, 2048, 704, 48), (8, 2048, 2048, 512), (8, 3072, 768, 512),
                })
                {
                    products.Add(Product(packed, memory, bits, outs, width, rows, int8, read));
                }
            }

            return new
            {
                bench = "kernels",
                cpu = CpuName(),
                kernels = kernels.Name,
                int8_gmac_per_second = Math.Round(int8, 1),
                bf16_gmac_per_second = Math.Round(bf16, 1),
                float32_gmac_per_second = Math.Round(float32, 1),
                read_gb_per_second = Math.Round(read, 1),
                products,
                attention = new[] { 512, 2048 }.Select(keys => AttentionBench.Absorbed(kernels, keys, float32)).ToArray(),
                prompt_attention = new[] { 512, 2048 }.Select(keys => AttentionBench.Plain(kernels, keys, float32)).ToArray(),
                attention_bf16 = kernels.Bf16 is null ? [] : new[] { 512, 2048 }.Select(keys => AttentionBench.Decode(kernels, keys, bf16)).ToArray(),
                prompt_attention_bf16 = kernels.Bf16 is Bf16Kernels halves
                    ? new[] { 512, 2048 }.Select(keys => AttentionBench.Prompt(halves, keys, bf16)).ToArray()
                    : [],
            };
        }
        finally
        {
            NativeMemory.AlignedFree(memory);
        }
    }

    /// <summary>Walks through as many different matrices as the memory holds, so that few rows read weights from memory.</summary>
    private static object Product(PackedKernels kernels, byte* memory, int bits, int outs, int width, int rows, double int8, double read)
    {
        TileFormat format = new(bits);
        int groups = width / QuantGroup.Width;
        long bytes = (long)groups * format.GroupBytes * outs / TileFormat.Rows;
        int count = (int)Math.Max(1, Math.Min(rows <= 8 ? ColdBytes : 4 * bytes, ColdBytes) / bytes);
        QuantGroup* x = (QuantGroup*)NativeMemory.AllocZeroed((nuint)(rows * groups), (nuint)sizeof(QuantGroup));
        float* y = (float*)NativeMemory.AllocZeroed((nuint)(rows * outs), sizeof(float));
        (_, double seconds) = ThreadClock.Measure(5, () =>
        {
            for (int i = 0; i < count; i++)
            {
                kernels.Product(new PackedArgs
                {
                    Format = format,
                    Weights = memory + (i * bytes),
                    Groups = groups,
                    OutCount = outs,
                    X = x,
                    XStride = groups,
                    Rows = rows,
                    Y = y,
                    YStride = outs,
                });
            }
        });
        NativeMemory.Free(x);
        NativeMemory.Free(y);
        double gigabytes = bytes * (double)count / seconds / 1e9;
        double gmac = (double)outs * width * rows * count / seconds / 1e9;
        return new
        {
            bits,
            outs,
            width,
            rows,
            gb_per_second = Math.Round(gigabytes, 1),
            gmac_per_second = Math.Round(gmac, 1),
            share_of_read = Share(gigabytes, read),
            share_of_int8 = Share(gmac, int8),
        };
    }

    public static double? Share(double found, double limit) => limit > 0 ? Math.Round(found / limit, 3) : null;

    private static string CpuName() => File.Exists("/proc/cpuinfo")
        ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? "unknown"
        : "unknown";
}
