using System.Runtime.InteropServices;

namespace Baltoro.Storage.Files;

/// <summary>
/// Gives a finished file its final name, atomically and only if nobody has it. File.Move without overwriting looks first and
/// renames then on Unix, so that two processes can both succeed; a hard link cannot.
/// </summary>
internal static class ExclusiveName
{
    private const int AlreadyThere = 17; // EEXIST on Linux and macOS

    /// <summary>False when <paramref name="path"/> exists already. On success <paramref name="file"/> may be gone or remain beside it.</summary>
    /// <exception cref="IOException">The name cannot be given for another reason.</exception>
    public static bool TryGive(string file, string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return TryMove(file, path);
        }

        if (Link(file, path) == 0)
        {
            return true;
        }

        int error = Marshal.GetLastPInvokeError();
        return error == AlreadyThere
            ? false
            : throw new IOException($"{path}: cannot be linked to {file} ({Marshal.GetPInvokeErrorMessage(error)})");
    }

    private static bool TryMove(string file, string path)
    {
        try
        {
            File.Move(file, path, overwrite: false);
            return true;
        }
        catch (IOException) when (File.Exists(path))
        {
            return false;
        }
    }

    [DllImport("libc", EntryPoint = "link", SetLastError = true)]
    private static extern int Link(
        [MarshalAs(UnmanagedType.LPUTF8Str)] string existing, [MarshalAs(UnmanagedType.LPUTF8Str)] string fresh);
}
