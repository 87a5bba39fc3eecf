using Baltoro.Platform.Identity;
using Baltoro.Storage.Files;
using Baltoro.Tests.Shared;

namespace Baltoro.Storage.Tests.Files;

public sealed class DataDirectoryTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Open_MissingFolder_IsMadeForTheOwnerOnly()
    {
        string path = Path.Combine(_folder.Path, "a", "b");
        DataDirectory directory = DataDirectory.Open(path);
        Assert.True(Directory.Exists(path));
        Assert.Empty(Directory.EnumerateFileSystemEntries(path));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(directory.Path));
        }
    }

    [Fact]
    public void Open_AFile_IsRefusedWithItsPath()
    {
        string path = Path.Combine(_folder.Path, "file");
        File.WriteAllText(path, "");
        StorageException fault = Assert.Throws<StorageException>(() => DataDirectory.Open(path));
        Assert.Contains($"{path}: expected a folder, found a file", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_FolderUnderAFile_IsRefused()
    {
        string file = Path.Combine(_folder.Path, "file");
        File.WriteAllText(file, "");
        Assert.Throws<StorageException>(() => DataDirectory.Open(Path.Combine(file, "sub")));
    }

    [Fact]
    public void Lock_TakenTwice_NamesTheHolderAndIsFreeAfterwards()
    {
        DataDirectory directory = DataDirectory.Open(_folder.Path);
        using (DataDirectoryLock.Take(directory, TimeProvider.System))
        {
            StorageException fault = Assert.Throws<StorageException>(() => DataDirectoryLock.Take(directory, TimeProvider.System));
            Assert.Contains($"process {Environment.ProcessId} since ", fault.Message, StringComparison.Ordinal);
        }

        DataDirectoryLock.Take(directory, TimeProvider.System).Dispose();
    }

    [Fact]
    public async Task Pepper_MadeFromManySides_IsOneAndPrivate()
    {
        DataDirectory directory = DataDirectory.Open(_folder.Path);
        using Barrier together = new(16);
        KeyPepper[] peppers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Factory.StartNew(
            () =>
            {
                together.SignalAndWait();
                return PepperFile.OpenOrCreate(directory);
            },
            TaskCreationOptions.LongRunning)));
        Assert.Single(peppers.Select(pepper => Convert.ToHexString(pepper.Fingerprint())).Distinct());
        Assert.Equal([directory.PepperFile], Directory.EnumerateFiles(_folder.Path));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(directory.PepperFile));
        }
    }

    [Fact]
    public void Pepper_OfWrongSize_IsRefusedWithBothSizes()
    {
        DataDirectory directory = DataDirectory.Open(_folder.Path);
        File.WriteAllBytes(directory.PepperFile, new byte[7]);
        StorageException fault = Assert.Throws<StorageException>(() => PepperFile.OpenOrCreate(directory));
        Assert.Contains("expected 32 bytes, found 7", fault.Message, StringComparison.Ordinal);
    }
}
