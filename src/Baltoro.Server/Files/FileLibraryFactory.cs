using Baltoro.Storage;
using Baltoro.Storage.Files;
using Baltoro.Storage.Sqlite;

namespace Baltoro.Server.Files;

/// <summary>Opens the files of a data directory for the one process that serves it.</summary>
internal static class FileLibraryFactory
{
    /// <exception cref="StorageException">Folder or database cannot be used.</exception>
    public static FileLibrary Open(DataDirectory directory, TimeProvider clock) => new(
        new SqliteFileStore(SqliteDatabase.Open(directory.DatabaseFile, clock)), FolderFileContents.Open(directory), clock);
}
