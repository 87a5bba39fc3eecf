namespace Baltoro.Tests.Shared;

/// <summary>The .NET host that can run another built program: the one that runs this test where it is one, else that of the PATH.</summary>
internal static class DotnetHost
{
    public static string Path { get; } =
        System.IO.Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? Environment.ProcessPath! : "dotnet"; // named dotnet, so not null
}
