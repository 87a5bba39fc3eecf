namespace Baltoro.Server.Hosting;

/// <summary>How the program ends; documented in docs/operations.md.</summary>
public enum ExitCode
{
    /// <summary>Done, or stopped by a signal after draining.</summary>
    Success = 0,

    /// <summary>The command ran and failed.</summary>
    Failure = 1,

    /// <summary>The command line is wrong.</summary>
    Usage = 2,

    /// <summary>A setting is wrong.</summary>
    Settings = 3,

    /// <summary>The address cannot be listened on.</summary>
    Address = 4,

    /// <summary>The data directory cannot be used.</summary>
    Data = 5,

    /// <summary>The model cannot be found or loaded.</summary>
    Model = 6,
}
