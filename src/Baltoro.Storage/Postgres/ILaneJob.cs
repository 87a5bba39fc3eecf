using Baltoro.Platform.Ports;

namespace Baltoro.Storage.Postgres;

/// <summary>A transaction that waits in its account's lane.</summary>
internal interface ILaneJob
{
    AccountQuery Query { get; }

    CancellationToken Cancellation { get; }

    /// <summary>Decides on a view and keeps the answer; may run again on another view.</summary>
    AccountChange Decide(AccountView view);

    /// <summary>Gives the answer: it is committed.</summary>
    void Complete();

    /// <summary>Gives a failure.</summary>
    void Fail(Exception fault);
}
