namespace Baltoro.Storage.Backup;

/// <summary>What a backup or a restore did.</summary>
/// <param name="File">The backup file.</param>
/// <param name="Store">The database it was taken from or restored to; no secrets in it.</param>
/// <param name="CreatedAt">When its snapshot was taken.</param>
/// <param name="Tables">Number of tables.</param>
/// <param name="Rows">Rows of all tables.</param>
/// <param name="Files">Files beside the database.</param>
/// <param name="Accounts">Ledgers that were replayed; 0 for a backup.</param>
/// <param name="Kept">Where what was there before lies now, or null.</param>
public sealed record BackupSummary(
    string File, string Store, DateTimeOffset CreatedAt, int Tables, long Rows, int Files, int Accounts = 0, string? Kept = null);
