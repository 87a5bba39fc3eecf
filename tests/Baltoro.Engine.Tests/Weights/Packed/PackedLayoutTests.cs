using System.Security.Cryptography;
using Baltoro.Engine.Kernels;
using Baltoro.Engine.Tests.Support;
using Baltoro.Engine.Weights;
using Baltoro.Engine.Weights.Blocks;
using Baltoro.Engine.Weights.Packed;

namespace Baltoro.Engine.Tests.Weights.Packed;

/// <summary>What a packed file holds, byte for byte.</summary>
public sealed unsafe class PackedLayoutTests
{
    /// <summary>Whoever changes what is packed changes this and <see cref="PackedHeader.Version"/> together.</summary>
    private const string LayoutOfVersion1 = "af888430b81df63a089adfa2040f7bd9";

    [Fact]
    public void Layout_ChangedBytes_NeedANewVersion()
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (BlockType type in new[] { BlockType.Q4_0, BlockType.Q8_0 })
        {
            using NativeArena arena = new();
            WeightMatrix rows = Counted(arena, type, 37, 64);
            MemoryWeights store = new(arena, null);
            WeightMatrix tiled = new WeightPlacer(store, tiles: true).Tiled("x", rows);
            hash.AppendData(new ReadOnlySpan<byte>(tiled.Data, (int)tiled.HeldBytes));
            WeightMatrix panels = new(BlockType.BF16, LatentPanels.LanesOf(74), 64, arena.Allocate(LatentPanels.LanesOf(74) * 64 * 2));
            LatentPanels.Fill(panels, rows, rows);
            hash.AppendData(new ReadOnlySpan<byte>(panels.Data, (int)panels.HeldBytes));
        }

        Assert.Equal(1, PackedHeader.Version);
        Assert.Equal(LayoutOfVersion1, Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 16)));
    }

    [Fact]
    public void File_MatricesOfManySizes_ComeBackAlignedAndWhole()
    {
        int seed = Seed.Of(this);
        Random random = new(seed);
        using TempFolder folder = new();
        PackedCache cache = new(new PackedCacheOptions { Folder = folder.Path });
        PackedKey key = new(new byte[32], new WeightForm(true, false));
        int[] rows = [1, 3_000, 70_001, 1, 2, .. Enumerable.Range(0, 40).Select(_ => random.Next(1, 400))];
        byte[][] contents = new byte[rows.Length][];
        using PackedBuild build = cache.Build(key, 1, store =>
        {
            for (int i = 0; i < rows.Length; i++)
            {
                WeightMatrix matrix = new(BlockType.Q8_0, rows[i], 160, store.Allocate(rows[i] * 170L, tiles: true));
                contents[i] = new byte[matrix.HeldBytes];
                random.NextBytes(contents[i]);
                contents[i].CopyTo(new Span<byte>(matrix.Data, contents[i].Length));
                store.Keep($"matrix {i}", matrix);
                store.Settle();
            }
        })!;
        for (int i = 0; i < rows.Length; i++)
        {
            WeightMatrix found = build.File.Take($"matrix {i}")!.Value;
            Assert.Equal(0, (long)found.Data % PackedHeader.Alignment);
            Assert.True(new ReadOnlySpan<byte>(found.Data, (int)found.HeldBytes).SequenceEqual(contents[i]), $"matrix {i} of {rows[i]} rows");
        }

        Assert.True(build.File.IsUsedUp);
        Assert.Empty(build.File.FindDamage());
        Assert.Throws<PackedMismatchException>(() => build.File.Take("one more"));
    }

    [Fact]
    public void Identity_SameContentElsewhere_IsTheSameAndOtherTimeOrContentIsNot()
    {
        using TempFolder folder = new();
        (string first, string second) = (folder["a"], folder["b"]);
        byte[] bytes = new byte[900_000];
        new Random(Seed.Of(this)).NextBytes(bytes);
        DateTime time = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        Write(first, bytes, time);
        Write(second, bytes, time);
        byte[] identity = ModelIdentity.Of([first]);
        Assert.Equal(identity, ModelIdentity.Of([second]));
        Write(second, bytes, time.AddSeconds(1));
        Assert.NotEqual(identity, ModelIdentity.Of([second]));
        bytes[^1]++;
        Write(second, bytes, time);
        Assert.NotEqual(identity, ModelIdentity.Of([second]));
        Assert.NotEqual(ModelIdentity.Of([first, second]), ModelIdentity.Of([second, first]));
    }

    private static void Write(string path, byte[] bytes, DateTime time)
    {
        File.WriteAllBytes(path, bytes);
        File.SetLastWriteTimeUtc(path, time);
    }

    /// <summary>Codes that count up and scales that are exact powers of two.</summary>
    private static WeightMatrix Counted(NativeArena arena, BlockType type, int rows, int columns)
    {
        WeightMatrix matrix = new(type, rows, columns, arena.Allocate(BlockFormat.Of(type).RowBytes(columns) * rows));
        Span<byte> bytes = new(matrix.Data, (int)matrix.HeldBytes);
        int block = BlockFormat.Of(type).Bytes;
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] = (i % block) switch { 0 => 0, 1 => (byte)(0x30 + (i / block % 8)), _ => (byte)(i * 7) };
        }

        return matrix;
    }
}
