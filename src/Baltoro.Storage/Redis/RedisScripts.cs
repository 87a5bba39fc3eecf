using System.Reflection;

namespace Baltoro.Storage.Redis;

/// <summary>The Lua scripts built into the program.</summary>
internal static class RedisScripts
{
    public static string Acquire { get; } = Read("acquire.lua");

    public static string Return { get; } = Read("return.lua");

    public static string Load { get; } = Read("load.lua");

    private static string Read(string file)
    {
        string resource = $"Baltoro.Storage.Redis.{file}";
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(resource)
            ?? throw new InvalidOperationException($"script {resource} is not in the program");
        using StreamReader reader = new(stream);
        return reader.ReadToEnd();
    }
}
