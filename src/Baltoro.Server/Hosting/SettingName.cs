namespace Baltoro.Server.Hosting;

/// <summary>Names of the settings as they stand in the file; the environment's form is BALTORO_ and upper case.</summary>
public static class SettingName
{
    public const string Urls = "urls";
    public const string Data = "data";
    public const string Model = "model";

    /// <summary>Model cards, as JSON; the one setting that is an object.</summary>
    public const string Models = "models";

    public const string MaxBodyBytes = "max_body_bytes";
    public const string MaxBodiesBytes = "max_bodies_bytes";
    public const string DrainSeconds = "drain_seconds";
    public const string KeepAliveSeconds = "keep_alive_seconds";

    /// <summary>Whether pictures named by http(s) URLs are fetched: <c>on</c> or <c>off</c>.</summary>
    public const string FetchImages = "fetch_images";

    public const string LogLevel = "log_level";

    /// <summary>Every setting.</summary>
    public static IReadOnlyList<string> All { get; } =
        [Urls, Data, Model, Models, MaxBodyBytes, MaxBodiesBytes, FetchImages, DrainSeconds, KeepAliveSeconds, LogLevel];

    /// <summary>The environment variable of a setting.</summary>
    public static string VariableOf(string name) => $"BALTORO_{name.ToUpperInvariant()}";
}
