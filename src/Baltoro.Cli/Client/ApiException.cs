namespace Baltoro.Cli.Client;

/// <summary>The API answered with an error.</summary>
internal sealed class ApiException(int status, string message) : Exception(message)
{
    public int Status { get; } = status;
}
