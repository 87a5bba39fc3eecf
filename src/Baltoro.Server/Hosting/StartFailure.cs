namespace Baltoro.Server.Hosting;

/// <summary>The server or a command cannot start; the message is one line for the operator.</summary>
public sealed class StartFailure(ExitCode exitCode, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>What the process ends with.</summary>
    public ExitCode ExitCode { get; } = exitCode;
}
