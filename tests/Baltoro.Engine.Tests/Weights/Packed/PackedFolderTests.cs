using Baltoro.Engine.Tests.Support;
using Baltoro.Engine.Weights.Packed;

namespace Baltoro.Engine.Tests.Weights.Packed;

/// <summary>The folder of packed files: its bound, its lock, and starts that go on without it.</summary>
public sealed class PackedFolderTests
{
    private static readonly string _kernels = ModelDriver.Variants[^1];

    [Fact]
    public void Load_FolderCannotBeMade_GoesOnAndNamesPathAndNeed()
    {
        using PackedModel model = new(Seed.Of(this), "q8_0");
        string blocked = Path.Combine(model.Path, "packed");
        Assert.Equal(model.Logits(_kernels, cached: false), model.Logits(_kernels, cached: true, model.Options with { Folder = blocked }));
        string report = Assert.Single(model.Reports);
        Assert.Contains(blocked, report);
        Assert.Contains("bytes are needed", report);
    }

    [Fact]
    public void Load_LargerThanTheBound_GoesOnAndNamesPathNeedAndBound()
    {
        using PackedModel model = new(Seed.Of(this), "q8_0");
        Assert.Equal(model.Logits(_kernels, cached: false), model.Logits(_kernels, cached: true, model.Options with { MaxBytes = 12_345 }));
        Assert.Empty(model.Files);
        string report = Assert.Single(model.Reports);
        Assert.Contains(model.Options.Folder, report);
        Assert.Contains("the folder may have 12345", report);
    }

    [Fact]
    public void Build_DiskFullWhileWriting_LeavesNothingAndFreesTheLock()
    {
        using PackedModel model = new(Seed.Of(this), "q8_0");
        PackedCache cache = new(model.Options);
        PackedKey key = model.Key(_kernels);
        Assert.Null(cache.Build(key, 777, _ => throw new IOException("No space left on device")));
        Assert.Equal(["lock"], Directory.GetFiles(model.Options.Folder).Select(Path.GetFileName));
        string report = Assert.Single(model.Reports);
        Assert.Contains(cache.PathOf(key), report);
        Assert.Contains("No space left on device (about 777 bytes are needed)", report);
        model.Logits(_kernels, cached: true);
        Assert.Single(model.Files);
    }

    [Fact]
    public void Build_FaultOfTheModelWhileWriting_IsThrownAndLeavesNothing()
    {
        using PackedModel model = new(Seed.Of(this), "q8_0");
        PackedCache cache = new(model.Options);
        Assert.Throws<NotFiniteNumberException>(() => cache.Build(model.Key(_kernels), 777, _ => throw new NotFiniteNumberException()));
        Assert.Equal(["lock"], Directory.GetFiles(model.Options.Folder).Select(Path.GetFileName));
        model.Logits(_kernels, cached: true);
        Assert.Single(model.Files);
    }

    [Fact]
    public void Load_FolderLockedByAnother_GoesOnWithoutWriting()
    {
        using PackedModel model = new(Seed.Of(this), "q8_0");
        using (model.HoldLock())
        {
            Assert.Equal(model.Logits(_kernels, cached: false), model.Logits(_kernels, cached: true));
            Assert.Empty(model.Files);
            Assert.Contains("is in use", Assert.Single(model.Reports));
        }

        model.Logits(_kernels, cached: true);
        Assert.Single(model.Files);
    }

    [Fact]
    public void Build_BeyondTheBound_RemovesTheLeastRecentlyUsedAndLeftovers()
    {
        using PackedModel model = new(Seed.Of(this), "q8_0");
        Directory.CreateDirectory(model.Options.Folder);
        string[] others = [.. Enumerable.Range(0, 4).Select(i => Path.Combine(model.Options.Folder, $"{i}{PackedCache.Extension}"))];
        for (int i = 0; i < others.Length; i++)
        {
            File.WriteAllBytes(others[i], new byte[1_000_000]);
            File.SetLastWriteTimeUtc(others[i], new DateTime(2026, 1, 10 - i, 0, 0, 0, DateTimeKind.Utc));
        }

        string leftover = Path.Combine(model.Options.Folder, "x" + PackedCache.Extension + PackedCache.PartialExtension);
        File.WriteAllText(leftover, "interrupted");
        model.Logits(_kernels, cached: true, model.Options with { MaxBytes = 3_000_000 });
        Assert.False(File.Exists(leftover));
        Assert.Equal([true, true, false, false], others.Select(File.Exists));
        Assert.Equal(3, model.Files.Length);
        Assert.Empty(model.Reports);
    }

    [Fact]
    public void Find_UsedFile_CountsAsRecent()
    {
        using PackedModel model = new(Seed.Of(this), "q8_0");
        model.Logits(_kernels, cached: true);
        DateTime old = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(model.Files[0], old);
        model.Logits(_kernels, cached: true);
        Assert.True(File.GetLastWriteTimeUtc(model.Files[0]) > old);
    }

    [Fact]
    public void Load_FileRemovedWhileMapped_GoesOnAnswering()
    {
        using PackedModel model = new(Seed.Of(this), "q8_0");
        float[] expected = model.Logits(_kernels, cached: true);
        using ModelDriver driver = new(model.Path, _kernels, 2, model.Options);
        File.Delete(model.Files[0]);
        Assert.Equal(expected, model.Logits(_kernels, cached: true));
        int[] ids = Gguf.GgufEqualityTests.Ids(288);
        Assert.Equal(expected[..288], driver.Whole(ids, Enum.GetValues<Engine.Schedule.AttentionForm>()[0], 16)[0]);
    }
}
