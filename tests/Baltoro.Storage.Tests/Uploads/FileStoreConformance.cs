using Baltoro.Platform.Files;
using Baltoro.Platform.Ports;

namespace Baltoro.Storage.Tests.Uploads;

/// <summary>What every store of files has to keep.</summary>
public abstract class FileStoreConformance
{
    private static readonly FileQuota _quota = new() { MaxFiles = 3, MaxTotalBytes = 100 };

    /// <summary>A store over the same database as every other of this test.</summary>
    protected abstract IFileStore Open();

    private readonly string _organization = $"org-{Guid.NewGuid():N}";

    [Fact]
    public async Task Add_File_IsFoundByItsOrganizationOnly()
    {
        IFileStore store = Open();
        StoredFile file = NewFile();
        Assert.Equal(FileAddCode.Added, await store.TryAddAsync(file, _quota, default));
        Assert.Equal(file, await Open().FindAsync(_organization, file.Id, default));
        Assert.Null(await store.FindAsync("other", file.Id, default));
        Assert.Empty(await store.ListAsync("other", default));
        Assert.True(await store.ExistsAsync(file.Id, default));
        Assert.False(await store.TryDeleteAsync("other", file.Id, default));
        Assert.True(await store.TryDeleteAsync(_organization, file.Id, default));
        Assert.False(await store.TryDeleteAsync(_organization, file.Id, default));
        Assert.Null(await store.FindAsync(_organization, file.Id, default));
        Assert.False(await store.ExistsAsync(file.Id, default));
    }

    [Fact]
    public async Task List_Files_AreNewestFirst()
    {
        IFileStore store = Open();
        StoredFile[] files = [NewFile(second: 2), NewFile(second: 3), NewFile(second: 1)];
        foreach (StoredFile file in files)
        {
            await store.TryAddAsync(file, _quota, default);
        }

        Assert.Equal([files[1], files[0], files[2]], await store.ListAsync(_organization, default));
    }

    [Fact]
    public async Task Add_OverTheQuota_IsRefusedByItsKind()
    {
        IFileStore store = Open();
        await store.TryAddAsync(NewFile(bytes: 90), _quota, default);
        Assert.Equal(FileAddCode.TooManyBytes, await store.TryAddAsync(NewFile(bytes: 11), _quota, default));
        await store.TryAddAsync(NewFile(bytes: 5), _quota, default);
        await store.TryAddAsync(NewFile(bytes: 5), _quota, default);
        Assert.Equal(FileAddCode.TooManyFiles, await store.TryAddAsync(NewFile(bytes: 1), _quota, default));
        Assert.Equal(3, (await store.ListAsync(_organization, default)).Count);
    }

    [Fact]
    public async Task Add_ManyAtOnce_StayWithinTheQuota()
    {
        FileAddCode[] codes = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () => await Open().TryAddAsync(NewFile(), _quota, default))));
        Assert.Equal(3, codes.Count(code => code == FileAddCode.Added));
        Assert.Equal(3, (await Open().ListAsync(_organization, default)).Count);
    }

    private StoredFile NewFile(long bytes = 7, int second = 0) => new()
    {
        Id = FileIds.New(),
        OrganizationId = _organization,
        Purpose = FilePurpose.Image,
        Name = "größe 日本.png",
        SizeBytes = bytes,
        CreatedAt = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000 + second),
    };
}
