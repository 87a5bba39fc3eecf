namespace Baltoro.Server.Gate;

/// <summary>Why an accepted request ended.</summary>
public enum RequestEnd
{
    /// <summary>Every choice finished.</summary>
    Completed,

    /// <summary>The client went away or the server stopped.</summary>
    Cancelled,

    /// <summary>The backend or the server failed.</summary>
    Faulted,
}
