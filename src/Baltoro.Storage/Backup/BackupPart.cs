namespace Baltoro.Storage.Backup;

/// <summary>One table or file in a backup.</summary>
/// <param name="Name">Place in the archive: <c>tables/NAME.jsonl</c> or <c>files/PATH</c>.</param>
/// <param name="Rows">Rows of a table, bytes of a file.</param>
/// <param name="Sha256">Hash of its content, hexadecimal.</param>
internal sealed record BackupPart(string Name, long Rows, string Sha256)
{
    public const string TablePrefix = "tables/";
    public const string TableSuffix = ".jsonl";
    public const string FilePrefix = "files/";

    /// <summary>The table it holds, or null when it is a file.</summary>
    public string? Table() => Name.StartsWith(TablePrefix, StringComparison.Ordinal) ? Name[TablePrefix.Length..^TableSuffix.Length] : null;
}
