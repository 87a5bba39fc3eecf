namespace Baltoro.Storage.Sqlite.Accounts;

/// <summary>What a commit survives.</summary>
public enum SqliteDurability
{
    /// <summary>The end of the process, also by kill; a power cut may lose the last commits but never tears one.</summary>
    Process,

    /// <summary>A power cut too: each commit waits for the disk.</summary>
    PowerLoss,
}
