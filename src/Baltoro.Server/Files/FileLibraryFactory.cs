using Baltoro.Storage;
using Baltoro.Storage.Files;

namespace Baltoro.Server.Files;

/// <summary>Opens the files of a store for the one process that serves its data directory.</summary>
internal static class FileLibraryFactory
{
    /// <exception cref="StorageException">The folder cannot be used.</exception>
    public static FileLibrary Open(PlatformStore store, DataDirectory directory, TimeProvider clock) =>
        new(store.Files, FolderFileContents.Open(directory, clock), clock);
}
