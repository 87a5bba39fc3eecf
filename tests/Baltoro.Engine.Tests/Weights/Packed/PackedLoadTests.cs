using Baltoro.Engine.Tests.Support;
using Baltoro.Engine.Weights.Packed;

namespace Baltoro.Engine.Tests.Weights.Packed;

/// <summary>A model gives the same logits, bit for bit, without a packed file, while it is written, and from it.</summary>
public sealed class PackedLoadTests
{
    [Theory]
    [InlineData("q8_0")]
    [InlineData("q8_0-joined")]
    [InlineData("q4_0")]
    [InlineData("q4_0-joined")]
    [InlineData("int4")]
    [InlineData("int4-small")]
    [InlineData("fp8")]
    public void Logits_WithoutWhileAndFromPackedFile_AreEqual(string kind)
    {
        using PackedModel model = new(Seed.Of(this), kind);
        foreach (string kernels in ModelDriver.Variants)
        {
            float[] expected = model.Logits(kernels, cached: false);
            Assert.Equal(expected, model.Logits(kernels, cached: true));
            using (model.HoldLock())
            {
                // A second write would be refused and told.
                Assert.Equal(expected, model.Logits(kernels, cached: true));
            }
        }

        int forms = ModelDriver.Variants.Select(kernels => model.Key(kernels).FormBits).Distinct().Count();
        Assert.Equal(forms, model.Files.Length);
        Assert.Empty(model.Reports);
        Assert.Empty(Directory.GetFiles(model.Options.Folder, "*" + PackedCache.PartialExtension));
    }

    [Fact]
    public void Logits_ByteOfDataChanged_ComeFromTheMappingAndVerifyNamesIt()
    {
        using PackedModel model = new(Seed.Of(this), "q8_0");
        string kernels = ModelDriver.Variants[^1];
        float[] expected = model.Logits(kernels, cached: true);
        Assert.Empty(PackedVerifier.FindDamage(model.Path, model.Options.Folder));
        byte[] bytes = File.ReadAllBytes(model.Files[0]);
        for (int i = PackedHeader.DataOffset; i < bytes.Length / 2; i += 997)
        {
            bytes[i] ^= 0x11;
        }

        File.WriteAllBytes(model.Files[0], bytes);
        Assert.NotEqual(expected, model.Logits(kernels, cached: true));
        Assert.Contains("does not have its checksum", PackedVerifier.FindDamage(model.Path, model.Options.Folder)[0]);
    }

    [Fact]
    public void Load_ManyAtOnce_AllAnswerAlikeAndOneFileIsLeft()
    {
        using PackedModel model = new(Seed.Of(this), "q4_0");
        string kernels = ModelDriver.Variants[^1];
        float[] expected = model.Logits(kernels, cached: false);
        float[][] found = new float[6][];
        Thread[] threads = [.. Enumerable.Range(0, found.Length).Select(i => new Thread(() => found[i] = model.Logits(kernels, cached: true)))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        Assert.All(found, logits => Assert.Equal(expected, logits));
        Assert.Single(model.Files);
        Assert.Empty(Directory.GetFiles(model.Options.Folder, "*" + PackedCache.PartialExtension));
    }

    [Fact]
    public void Load_ModelChangedInPlace_IsPackedAnew()
    {
        using PackedModel model = new(Seed.Of(this), "q8_0");
        string kernels = ModelDriver.Variants[^1];
        float[] before = model.Logits(kernels, cached: true);
        DateTime time = File.GetLastWriteTimeUtc(model.Path);
        byte[] bytes = File.ReadAllBytes(model.Path);
        bytes[^1000] ^= 0x10;
        File.WriteAllBytes(model.Path, bytes);
        File.SetLastWriteTimeUtc(model.Path, time);
        float[] after = model.Logits(kernels, cached: true);
        Assert.NotEqual(before, after);
        Assert.Equal(model.Logits(kernels, cached: false), after);
        Assert.Equal(2, model.Files.Length);
    }

    [Fact]
    public void Load_SmallModel_IsNotKept()
    {
        using PackedModel model = new(Seed.Of(this), "q8_0");
        model.Logits(ModelDriver.Variants[^1], cached: true, model.Options with { LeastModelBytes = 64 << 20 });
        Assert.Empty(model.Files);
        Assert.Empty(model.Reports);
    }
}
