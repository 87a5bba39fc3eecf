namespace Baltoro.Storage.Backup;

/// <summary>A table as its database describes it.</summary>
internal sealed record BackupTable(string Name, IReadOnlyList<BackupColumn> Columns)
{
    /// <summary>Its columns for a statement.</summary>
    public static string List(IEnumerable<string> columns) => string.Join(", ", columns.Select(Quote));

    /// <summary>A name that is taken as it stands.</summary>
    public static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
