using Baltoro.Platform.Files;
using Baltoro.Platform.Ports;
using Baltoro.Storage.Files;
using Baltoro.Storage.Tests.Servers;

namespace Baltoro.Storage.Tests.Uploads;

public sealed class FolderFileContentsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ManualClock _clock = new(TimeProvider.System.GetUtcNow());

    [Fact]
    public void Keep_Draft_IsReadAgainAndDeleted()
    {
        FolderFileContents contents = Open();
        string id = FileIds.New();
        using (IFileDraft draft = contents.CreateDraft())
        {
            draft.Bytes.Write([1, 2, 3]);
            draft.Keep(id, new byte[] { 4 });
        }

        Assert.Equal([1, 2, 3], Bytes(contents.OpenRead(id)));
        Assert.Equal([4], Bytes(Open().OpenText(id)));
        Assert.Empty(contents.OldIds(_clock));
        _clock.StepMs(25 * 3_600_000);
        Assert.Equal([id], contents.OldIds(_clock));
        contents.Delete(id);
        Assert.Null(contents.OpenRead(id));
        Assert.Null(contents.OpenText(id));
        Assert.Empty(Directory.GetFiles(_folder.File("files")));
    }

    [Fact]
    public void Dispose_DraftThatWasNotKept_LeavesNothing()
    {
        FolderFileContents contents = Open();
        using (IFileDraft draft = contents.CreateDraft())
        {
            draft.Bytes.Write([1]);
        }

        Assert.Empty(Directory.GetFiles(_folder.File("files")));
    }

    [Fact]
    public void Open_ADayAfterACrash_RemovesDrafts()
    {
        Open();
        File.WriteAllBytes(Path.Combine(_folder.File("files"), "left.part"), [1]);
        Open();
        Assert.Single(Directory.GetFiles(_folder.File("files")));
        _clock.StepMs(25 * 3_600_000);
        Open();
        Assert.Empty(Directory.GetFiles(_folder.File("files")));
    }

    [Theory]
    [InlineData("../key-pepper")]
    [InlineData("file-../../../../etc/passwd000000000000")]
    [InlineData("")]
    [InlineData("file-000000000000000000000000000000/.")]
    public void OpenRead_TextThatIsNoId_IsRefused(string id) => Assert.Throws<ArgumentException>(() => Open().OpenRead(id));

    [Fact]
    public void Files_OfOthers_CannotBeReadOnThisMachine()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("modes are Unix");
            return;
        }

        FolderFileContents contents = Open();
        using IFileDraft draft = contents.CreateDraft();
        draft.Bytes.Write([1]);
        string id = FileIds.New();
        draft.Keep(id, null);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(_folder.File("files"), $"{id}.bin")));
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_folder.File("files")));
    }

    public void Dispose() => _folder.Dispose();

    private FolderFileContents Open() => FolderFileContents.Open(DataDirectory.Open(_folder.Path), _clock);

    private static byte[] Bytes(Stream? stream)
    {
        using Stream opened = Assert.IsType<FileStream>(stream);
        byte[] bytes = new byte[opened.Length];
        opened.ReadExactly(bytes);
        return bytes;
    }
}
