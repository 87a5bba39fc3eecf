using System.Globalization;
using Baltoro.Engine;
using Baltoro.Server.Hosting;

namespace Baltoro.Cli.Composition;

/// <summary>Reads from the environment where repacked weights are kept.</summary>
internal static class PackedCacheSettings
{
    private const string PlaceVariable = "BALTORO_PACKED_CACHE";
    private const string SizeVariable = "BALTORO_PACKED_CACHE_GB";
    private const int MostGigabytes = 100_000;
    private const long BytesPerGigabyte = 1L << 30;

    /// <summary>
    /// BALTORO_PACKED_CACHE: <c>on</c> (the default: <c>cache/packed</c> in the data directory), <c>off</c>, or the full path of a folder. Null means off.
    /// </summary>
    /// <param name="dataPath">The data directory.</param>
    /// <param name="variable">Reads an environment variable.</param>
    /// <param name="report">Is told why a start goes on without.</param>
    /// <exception cref="StartFailure">A variable has another value.</exception>
    public static PackedCacheOptions? Read(string dataPath, Func<string, string?> variable, Action<string> report)
    {
        string place = variable(PlaceVariable) is { Length: > 0 } given ? given : "on";
        if (place == "off")
        {
            return null;
        }

        if (place != "on" && !Path.IsPathFullyQualified(place))
        {
            throw new StartFailure(ExitCode.Settings, $"{PlaceVariable}: expected on, off or the full path of a folder, found '{place}'");
        }

        PackedCacheOptions options = new()
        {
            Folder = place == "on" ? Path.Combine(Path.GetFullPath(dataPath), "cache", "packed") : place,
            Report = report,
        };
        return Gigabytes(variable(SizeVariable)) is int gigabytes ? options with { MaxBytes = gigabytes * BytesPerGigabyte } : options;
    }

    private static int? Gigabytes(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int gigabytes) && gigabytes is >= 1 and <= MostGigabytes
            ? gigabytes
            : throw new StartFailure(ExitCode.Settings, $"{SizeVariable}: expected whole gigabytes from 1 to {MostGigabytes}, found '{text}'");
    }
}
