using System.Text.Json;
using Baltoro.Platform.Receipts;
using Baltoro.Platform.Verification;
using Baltoro.Server.Hosting;
using Baltoro.Storage.Files;

namespace Baltoro.Cli.Commands;

/// <summary>Reads and writes the files of <c>baltoro ledger</c>; every failure names option and file.</summary>
internal static class LedgerFiles
{
    public static IReadOnlyDictionary<string, ReceiptPublicKey> ReadKeys(string option, string file) =>
        ReceiptPublicKey.ReadPem(string.Join('\n', ReadLines(option, file)))
        ?? throw new StartFailure(ExitCode.Usage, $"{option} {file}: expected Ed25519 public keys in PEM, found something else");

    public static IReadOnlyList<SignedRoot> ReadRoots(string option, string file)
    {
        try
        {
            return
            [
                .. ReadLines(option, file).Where(line => line.Length > 0).Select(
                    line => RootJson.Read(line) ?? throw new StartFailure(ExitCode.Usage, $"{option} {file}: a line is no root")),
            ];
        }
        catch (JsonException fault)
        {
            throw new StartFailure(ExitCode.Usage, $"{option} {file}: a line is no root ({fault.Message})", fault);
        }
    }

    public static ExportedBooks ReadExport(string option, string file)
    {
        try
        {
            return ExportedBooks.Read(ReadLines(option, file));
        }
        catch (FormatException fault)
        {
            throw new StartFailure(ExitCode.Failure, $"{option} {file}: {fault.Message}", fault);
        }
    }

    /// <summary>The key of a data directory.</summary>
    public static IReadOnlyDictionary<string, ReceiptPublicKey> OwnKeys(CommandContext context, string? data) =>
        OwnKeys(DataDirectory.Open(context.LoadOptions(data).DataPath));

    /// <summary>The key of a data directory, and those of other nodes that its owner trusts.</summary>
    public static IReadOnlyDictionary<string, ReceiptPublicKey> OwnKeys(DataDirectory directory)
    {
        ReceiptPublicKey own = OwnKey(directory);
        Dictionary<string, ReceiptPublicKey> trusted = File.Exists(directory.TrustedReceiptKeysFile)
            ? new(ReadKeys("trusted keys", directory.TrustedReceiptKeysFile), StringComparer.Ordinal)
            : new(StringComparer.Ordinal);
        trusted[own.Id] = own;
        return trusted;
    }

    /// <summary>The key of a data directory.</summary>
    public static ReceiptPublicKey OwnKey(DataDirectory directory)
    {
        using ReceiptKey key = ReceiptKeyFile.OpenOrCreate(directory);
        return key.PublicKey;
    }

    /// <summary>The key of a data directory.</summary>
    public static ReceiptPublicKey OwnKey(CommandContext context, string? data) => OwnKey(DataDirectory.Open(context.LoadOptions(data).DataPath));

    public static async Task<int> WriteAsync(CommandContext context, string? file, string text, CancellationToken cancellationToken)
    {
        if (file is null)
        {
            await context.Output.WriteAsync(text).ConfigureAwait(false);
            return (int)ExitCode.Success;
        }

        try
        {
            await File.WriteAllTextAsync(file, text, cancellationToken).ConfigureAwait(false);
            return (int)ExitCode.Success;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new StartFailure(ExitCode.Failure, $"--out {file}: cannot be written ({fault.Message})", fault);
        }
    }

    private static string[] ReadLines(string option, string file)
    {
        try
        {
            return File.ReadAllLines(file);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new StartFailure(ExitCode.Usage, $"{option} {file}: cannot be read ({fault.Message})", fault);
        }
    }
}
