namespace Baltoro.Storage.Backup;

/// <summary>A column of a table, with the type its database gives it.</summary>
internal sealed record BackupColumn(string Name, string Type);
