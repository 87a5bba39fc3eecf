using Baltoro.Engine.Tests.Support;
using Baltoro.Engine.Weights;
using Baltoro.Engine.Weights.Blocks;
using Baltoro.Engine.Weights.Packed;

namespace Baltoro.Engine.Tests.Weights.Packed;

/// <summary>Packed files that are cut, changed, or of another version are never used; they are made anew.</summary>
public sealed unsafe class PackedDamageTests
{
    private const int Rounds = 300;

    [Fact]
    public void Find_AnyBitOfHeaderOrDirectoryFlippedOrLengthChanged_IsRefusedAndSaid()
    {
        int seed = Seed.Of(this);
        using PackedModel model = new(seed, "q4_0");
        string kernels = ModelDriver.Variants[^1];
        float[] expected = model.Logits(kernels, cached: true);
        PackedKey key = model.Key(kernels);
        PackedCache cache = new(model.Options);
        string path = cache.PathOf(key);
        byte[] sound = File.ReadAllBytes(path);
        int directory = checked((int)BitConverter.ToInt64(sound, 24));
        Random random = new(seed);
        for (int round = 0; round < Rounds; round++)
        {
            model.ForgetReports();
            File.WriteAllBytes(path, Changed(sound, directory, random));
            Assert.Null(cache.Find(key));
            Assert.Contains("they are made anew", Assert.Single(model.Reports));
        }

        Assert.Equal(expected, model.Logits(kernels, cached: true));
        Assert.Equal(sound, File.ReadAllBytes(path));
    }

    [Theory]
    [InlineData(0, "does not start like one")]
    [InlineData(8, "is of version")]
    [InlineData(12, "of another model or form")]
    [InlineData(40, "of another model or form")]
    [InlineData(72, "checksum of header and directory")]
    public void Find_FieldOfHeaderChanged_SaysWhich(int offset, string expected)
    {
        using PackedModel model = new(Seed.Of(this), "q8_0");
        string kernels = ModelDriver.Variants[^1];
        model.Logits(kernels, cached: true);
        byte[] bytes = File.ReadAllBytes(model.Files[0]);
        bytes[offset] ^= 4;
        File.WriteAllBytes(model.Files[0], bytes);
        Assert.Null(new PackedCache(model.Options).Find(model.Key(kernels)));
        Assert.Contains(expected, Assert.Single(model.Reports));
    }

    [Fact]
    public void Load_SoundFileOfOtherMatrices_IsMadeAnew()
    {
        using PackedModel model = new(Seed.Of(this), "q8_0");
        string kernels = ModelDriver.Variants[^1];
        new PackedCache(model.Options).Build(model.Key(kernels), 1000, store =>
        {
            WeightMatrix matrix = new(BlockType.F32, 2, 32, store.Allocate(256, tiles: false));
            new Span<byte>(matrix.Data, 256).Clear();
            store.Keep("another", matrix);
        })!.Dispose();
        Assert.Equal(model.Logits(kernels, cached: false), model.Logits(kernels, cached: true));
        Assert.Contains("they are made anew", Assert.Single(model.Reports));
        model.ForgetReports();
        model.Logits(kernels, cached: true);
        Assert.Empty(model.Reports);
    }

    private static byte[] Changed(byte[] sound, int directory, Random random)
    {
        byte[] bytes = [.. sound];
        switch (random.Next(4))
        {
            case 0: return bytes[..random.Next(bytes.Length)];
            case 1: return [.. bytes, .. new byte[random.Next(1, 5000)]];
            case 2: bytes[random.Next(PackedHeader.DataOffset)] ^= (byte)(1 << random.Next(8)); return bytes;
            default: bytes[random.Next(directory, bytes.Length)] ^= (byte)(1 << random.Next(8)); return bytes;
        }
    }
}
