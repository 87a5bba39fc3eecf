using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Baltoro.Platform.Files;
using Baltoro.Platform.Identity;
using Baltoro.Platform.Ledger;
using Baltoro.Platform.Ports;
using Baltoro.Storage.Backup;
using Baltoro.Storage.Files;
using Baltoro.Storage.Tests.Servers;
using Microsoft.Data.Sqlite;

namespace Baltoro.Storage.Tests.Backup;

/// <summary>Backup and restore over both stores and between them.</summary>
public sealed class BackupTests(PostgresServer postgres) : IClassFixture<PostgresServer>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(StoreKind.Sqlite, StoreKind.Sqlite)]
    [InlineData(StoreKind.Sqlite, StoreKind.Postgres)]
    [InlineData(StoreKind.Postgres, StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres, StoreKind.Postgres)]
    public async Task Restore_OfABackup_GivesTheSameStore(StoreKind from, StoreKind to)
    {
        (StoreSettings source, DataDirectory home) = await NewAsync(from, "from");
        string key = await FilledStore.FillAsync(source, home);
        await File.WriteAllTextAsync(Path.Combine(home.Path, "signing-key"), "secret");
        Directory.CreateDirectory(Path.Combine(home.Path, "cache", "packed"));
        await File.WriteAllTextAsync(Path.Combine(home.Path, "cache", "packed", "large.packed"), "can be made anew");
        BackupSummary backup = await StoreBackup.RunAsync(source, home, TimeProvider.System, _folder.File("b.zip"), "1", default);
        Assert.Equal(2, backup.Files);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(backup.File));
        }

        (StoreSettings target, DataDirectory there) = await NewAsync(to, "to");
        BackupSummary restored = await RestoreAsync(target, there, backup.File, force: false);
        Assert.Equal((backup.Rows, 1), (restored.Rows, restored.Accounts));
        Assert.Equal("secret", await File.ReadAllTextAsync(Path.Combine(there.Path, "signing-key")));
        await FilledStore.CheckAsync(target, there, key);
        StorageException refused = await Assert.ThrowsAsync<StorageException>(() => RestoreAsync(target, there, backup.File, force: false).AsTask());
        Assert.Contains("--force", refused.Message, StringComparison.Ordinal);
        await RestoreAsync(target, there, backup.File, force: true);
        await FilledStore.CheckAsync(target, there, key);
    }

    [Theory]
    [InlineData(StoreKind.Sqlite, StoreKind.Postgres)]
    [InlineData(StoreKind.Postgres, StoreKind.Sqlite)]
    public async Task Restore_OfABackup_HasUploadedFilesWithTheirText(StoreKind from, StoreKind to)
    {
        (StoreSettings source, DataDirectory home) = await NewAsync(from, "uploads");
        string id = FileIds.New();
        await using (PlatformStore store = PlatformStore.Open(source, home, TimeProvider.System))
        {
            FolderFileContents contents = FolderFileContents.Open(home, TimeProvider.System);
            using IFileDraft draft = contents.CreateDraft();
            draft.Bytes.Write("PK\u0003\u0004 bytes of a document"u8);
            draft.Keep(id, "its text"u8.ToArray());
            StoredFile file = new()
            {
                Id = id,
                OrganizationId = FilledStore.Organization,
                Purpose = FilePurpose.FileExtract,
                Name = "a.docx",
                SizeBytes = 24,
                CreatedAt = TimeProvider.System.GetUtcNow(),
            };
            await store.Keys.CreateAsync(new KeyRequest { Name = "k", OrganizationId = FilledStore.Organization }, default);
            Assert.Equal(FileAddCode.Added, await store.Files.TryAddAsync(file, new FileQuota(), default));
        }

        string folder = Path.Combine(home.Path, "files");
        await File.WriteAllTextAsync(Path.Combine(folder, "under-way.part"), "half");
        BackupSummary backup = await StoreBackup.RunAsync(source, home, TimeProvider.System, Path.Combine(home.Path, "b.zip"), "1", default);
        BackupSummary second = await StoreBackup.RunAsync(source, home, TimeProvider.System, _folder.File("b2.zip"), "1", default);
        Assert.Equal((3, 3), (backup.Files, second.Files)); // pepper, bytes, text; neither the other backup nor itself
        (StoreSettings target, DataDirectory there) = await NewAsync(to, "uploads-there");
        await RestoreAsync(target, there, second.File, force: false);
        await using PlatformStore restored = PlatformStore.Open(target, there, TimeProvider.System);
        Assert.Equal("a.docx", (await restored.Files.FindAsync(FilledStore.Organization, id, default))?.Name);
        FolderFileContents kept = FolderFileContents.Open(there, TimeProvider.System);
        Assert.Equal("PK\u0003\u0004 bytes of a document", ReadAll(kept.OpenRead(id)));
        Assert.Equal("its text", ReadAll(kept.OpenText(id)));
        Assert.Equal(2, Directory.GetFiles(Path.Combine(there.Path, "files")).Length);
    }

    private static string ReadAll(Stream? content)
    {
        using StreamReader reader = new(content ?? Stream.Null);
        return reader.ReadToEnd();
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task Backup_BesideAWorkingServer_IsOneMoment(StoreKind kind)
    {
        (StoreSettings source, DataDirectory home) = await NewAsync(kind, "busy");
        await FilledStore.FillAsync(source, home);
        using CancellationTokenSource stop = new();
        await using PlatformStore store = PlatformStore.Open(source, home, TimeProvider.System);
        Accounting accounting = new(store.Accounts, AccountingSettings.Shipped());
        Task work = Task.WhenAll(Enumerable.Range(0, 4).Select(worker => Task.Run(async () =>
        {
            for (int round = 0; !stop.IsCancellationRequested; round++)
            {
                await FilledStore.WorkAsync(accounting, $"{worker}-{round}");
            }
        })));
        for (int round = 0; round < 3; round++)
        {
            string file = _folder.File($"busy-{round}.zip");
            await StoreBackup.RunAsync(source, home, TimeProvider.System, file, "1", default);
            (StoreSettings target, DataDirectory there) = await NewAsync(StoreKind.Sqlite, $"copy-{round}");
            Assert.Equal(1, (await RestoreAsync(target, there, file, force: false)).Accounts);
        }

        await stop.CancelAsync();
        await work;
    }

    [Fact]
    public async Task Restore_OfADamagedFile_NamesThePartAndLeavesTheStoreAlone()
    {
        string file = await BackUpAsync();
        Rewrite(file, "tables/organization.jsonl", text => text.Replace("acme", "acne", StringComparison.Ordinal), keepHash: true);
        (StoreSettings target, DataDirectory there) = await NewAsync(StoreKind.Sqlite, "to");
        StorageException fault = await Assert.ThrowsAsync<StorageException>(() => RestoreAsync(target, there, file, force: true).AsTask());
        Assert.Contains("tables/organization.jsonl is damaged", fault.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(there.DatabaseFile));
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task Restore_OfAForgedLedger_NamesTheEntryAndWritesNothing(StoreKind kind)
    {
        string file = await BackUpAsync();
        Rewrite(file, "tables/ledger_entry.jsonl", text => text.Replace("30000000000", "90000000000", StringComparison.Ordinal), keepHash: false);
        (StoreSettings target, DataDirectory there) = await NewAsync(kind, "to");
        StorageException fault = await Assert.ThrowsAsync<StorageException>(() => RestoreAsync(target, there, file, force: false).AsTask());
        Assert.Contains("the ledger of acme is not sound: entry 1", fault.Message, StringComparison.Ordinal);
        await using PlatformStore store = PlatformStore.Open(target, there, TimeProvider.System);
        Assert.Empty(await store.Keys.ListAsync(default));
        Assert.Empty(await store.Accounts.ListOrganizationsAsync(default));
    }

    [Fact]
    public async Task Restore_WhileAServerHoldsTheFolder_SaysWhich()
    {
        string file = await BackUpAsync();
        (StoreSettings target, DataDirectory there) = await NewAsync(StoreKind.Sqlite, "to");
        using DataDirectoryLock held = DataDirectoryLock.Take(there, TimeProvider.System);
        StorageException fault = await Assert.ThrowsAsync<StorageException>(() => RestoreAsync(target, there, file, force: true).AsTask());
        Assert.Contains($"process {Environment.ProcessId}", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Restore_WhileAServerUsesTheDatabase_SaysWhich()
    {
        string file = await BackUpAsync();
        (StoreSettings target, DataDirectory there) = await NewAsync(StoreKind.Postgres, "to");
        await using PlatformStore server = PlatformStore.Open(target, DataDirectory.Open(_folder.File("node")), TimeProvider.System, "baltoro serve node-7");
        StorageException fault = await Assert.ThrowsAsync<StorageException>(() => RestoreAsync(target, there, file, force: true).AsTask());
        Assert.Contains("baltoro serve node-7", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Backup_OntoAFile_IsRefused()
    {
        string file = await BackUpAsync();
        (StoreSettings source, DataDirectory home) = await NewAsync(StoreKind.Sqlite, "source");
        StorageException fault = await Assert.ThrowsAsync<StorageException>(
            () => StoreBackup.RunAsync(source, home, TimeProvider.System, file, "1", default).AsTask());
        Assert.Contains("is there already", fault.Message, StringComparison.Ordinal);
    }

    private static ValueTask<BackupSummary> RestoreAsync(StoreSettings settings, DataDirectory directory, string file, bool force) =>
        StoreRestore.RunAsync(settings, directory, TimeProvider.System, file, force, default);

    private async Task<string> BackUpAsync()
    {
        (StoreSettings source, DataDirectory home) = await NewAsync(StoreKind.Sqlite, "source");
        await FilledStore.FillAsync(source, home);
        return (await StoreBackup.RunAsync(source, home, TimeProvider.System, _folder.File("source.zip"), "1", default)).File;
    }

    private async Task<(StoreSettings Settings, DataDirectory Directory)> NewAsync(StoreKind kind, string name) => (
        kind == StoreKind.Sqlite
            ? StoreSettings.Default
            : new StoreSettings { Kind = kind, Postgres = await postgres.CreateDatabaseAsync() },
        DataDirectory.Open(_folder.File(name)));

    private static void Rewrite(string file, string part, Func<string, string> change, bool keepHash)
    {
        using ZipArchive archive = ZipFile.Open(file, ZipArchiveMode.Update);
        string text = Read(part);
        string after = change(text);
        Assert.NotEqual(text, after);
        Write(part, after);
        if (!keepHash)
        {
            Write("manifest.json", Read("manifest.json").Replace(Hash(text), Hash(after), StringComparison.Ordinal));
        }

        string Read(string name)
        {
            using StreamReader reader = new(archive.GetEntry(name)!.Open()); // every part named here is there
            return reader.ReadToEnd();
        }

        void Write(string name, string content)
        {
            archive.GetEntry(name)!.Delete();
            using StreamWriter writer = new(archive.CreateEntry(name).Open());
            writer.Write(content);
        }

        static string Hash(string content) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content)));
    }
}
