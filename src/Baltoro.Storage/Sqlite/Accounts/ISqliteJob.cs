namespace Baltoro.Storage.Sqlite.Accounts;

/// <summary>A piece of work as the writer sees it.</summary>
internal interface ISqliteJob
{
    /// <summary>Does the work; may run again after its transaction was rolled back.</summary>
    void Execute(SqliteSession session);

    /// <summary>Gives the answer: the work is committed.</summary>
    void Complete();

    /// <summary>Gives a failure: nothing was written.</summary>
    void Fail(Exception fault);
}
