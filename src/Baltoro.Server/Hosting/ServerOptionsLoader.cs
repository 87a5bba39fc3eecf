using System.Globalization;
using System.Net;
using System.Text.Json;
using Baltoro.Kimi.Cards;
using Baltoro.Platform.Payments;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Baltoro.Server.Hosting;

/// <summary>Turns layers of text settings into <see cref="ServerOptions"/>; every error names the setting and where it stood.</summary>
public static class ServerOptionsLoader
{
    private const int MaxSeconds = 86_400;
    private const long MaxBodyLimitBytes = 1_000_000_000;

    /// <summary>Loads command line over environment over file over defaults.</summary>
    /// <param name="commandLine">Settings given as options.</param>
    /// <param name="configFile">File given as an option, or null.</param>
    /// <param name="variable">Reads an environment variable.</param>
    /// <exception cref="StartFailure">A setting is wrong.</exception>
    public static ServerOptions Load(
        IReadOnlyDictionary<string, string> commandLine, string? configFile, Func<string, string?> variable)
    {
        SettingLayers layers = new();
        layers.Add(commandLine, name => $"--{name}");
        layers.AddEnvironment(variable);
        string? named = configFile ?? variable("BALTORO_CONFIG");
        string fallback = Path.Combine(DataPath(layers, variable), SettingLayers.DefaultFileName);
        if (named is not null)
        {
            layers.AddFile(named);
        }
        else if (File.Exists(fallback))
        {
            layers.AddFile(fallback);
        }

        ServerOptions defaults = new() { DataPath = DataPath(layers, variable) };
        ModelCatalog catalog = ReadCatalog(layers) ?? defaults.Catalog;
        return PlatformSettingsReader.Read(layers, defaults with
        {
            Catalog = catalog,
            ModelPath = layers.Find(SettingName.Model)?.Value,
            Urls = layers.Find(SettingName.Urls) is { } urls ? ReadUrls(urls.Value, urls.Source) : defaults.Urls,
            MaxBodyBytes = ReadWhole(layers, SettingName.MaxBodyBytes, 1_024, MaxBodyLimitBytes) ?? defaults.MaxBodyBytes,
            MaxBodiesBytes = ReadWhole(layers, SettingName.MaxBodiesBytes, 1_024, long.MaxValue) ?? defaults.MaxBodiesBytes,
            FetchImages = ReadSwitch(layers, SettingName.FetchImages) ?? defaults.FetchImages,
            DrainLimit = ReadSeconds(layers, SettingName.DrainSeconds, 0) ?? defaults.DrainLimit,
            KeepAliveInterval = ReadSeconds(layers, SettingName.KeepAliveSeconds, 1) ?? defaults.KeepAliveInterval,
            Store = StoreSettingsReader.Read(layers),
            WebhookSecret = ReadSecret(layers),
            LogLevel = ReadLogLevel(layers) ?? defaults.LogLevel,
        });
    }

    /// <summary>The data directory of commands that need nothing else: option, BALTORO_DATA, or the user's own folder.</summary>
    public static string DataPath(string? option, Func<string, string?> variable) =>
        option ?? variable(SettingName.VariableOf(SettingName.Data)) ?? DefaultDataPath(variable);

    private static string DataPath(SettingLayers layers, Func<string, string?> variable) =>
        layers.Find(SettingName.Data)?.Value ?? DefaultDataPath(variable);

    private static string DefaultDataPath(Func<string, string?> variable)
    {
        string home = variable("HOME") ?? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        return Path.Combine(home, ".local", "share", "baltoro");
    }

    private static string[] ReadUrls(string value, string source)
    {
        string[] urls = value.Split([';', ',', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (urls.Length == 0)
        {
            throw Fail(source, "must name at least one address such as http://127.0.0.1:8080", value);
        }

        foreach (string url in urls)
        {
            CheckUrl(url, source);
        }

        return urls;
    }

    private static void CheckUrl(string url, string source)
    {
        BindingAddress address;
        try
        {
            address = BindingAddress.Parse(url);
        }
        catch (FormatException)
        {
            throw Fail(source, "must be an address such as http://127.0.0.1:8080", url);
        }

        if (address.Scheme != "http" || address.PathBase.Length > 0)
        {
            throw Fail(source, "must start with http:// and have no path (put a proxy in front for https)", url);
        }

        if (address.Port is < 0 or > 65_535)
        {
            throw Fail(source, "must have a port from 0 to 65535", url);
        }

        string host = address.Host.Trim('[', ']');
        if (host is not ("localhost" or "*" or "+") && !IPAddress.TryParse(host, out _))
        {
            throw Fail(source, "must have an IP address, localhost or * as its host", url);
        }
    }

    private static ModelCatalog? ReadCatalog(SettingLayers layers)
    {
        if (layers.Find(SettingName.Models) is not { } found)
        {
            return null;
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(found.Value, SettingLayers.Lenient);
            return ModelCatalog.Load(document.RootElement, SettingName.Models);
        }
        catch (JsonException)
        {
            throw Fail(found.Source, "must be a JSON object of model ids", found.Value);
        }
        catch (ModelCatalogException fault)
        {
            throw new StartFailure(ExitCode.Settings, $"{found.Source}: {string.Join("; ", fault.Errors)}", fault);
        }
    }

    private static long? ReadWhole(SettingLayers layers, string name, long least, long most)
    {
        if (layers.Find(name) is not { } found)
        {
            return null;
        }

        return long.TryParse(found.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)
            && number >= least && number <= most
            ? number
            : throw Fail(found.Source, $"must be a whole number from {least} to {most}", found.Value);
    }

    private static bool? ReadSwitch(SettingLayers layers, string name) => layers.Find(name) switch
    {
        null => null,
        { Value: "on" } => true,
        { Value: "off" } => false,
        { } found => throw Fail(found.Source, "must be 'on' or 'off'", found.Value),
    };

    private static TimeSpan? ReadSeconds(SettingLayers layers, string name, long least) =>
        ReadWhole(layers, name, least, MaxSeconds) is { } seconds ? TimeSpan.FromSeconds(seconds) : null;

    /// <summary>The secret itself is never shown.</summary>
    private static string? ReadSecret(SettingLayers layers)
    {
        if (layers.Find(SettingName.WebhookSecret) is not { } found)
        {
            return null;
        }

        return found.Value.Length >= HmacPaymentAdapter.MinSecretChars
            ? found.Value
            : throw new StartFailure(
                ExitCode.Settings, $"{found.Source} must have {HmacPaymentAdapter.MinSecretChars} or more characters, found {found.Value.Length}");
    }

    private static LogLevel? ReadLogLevel(SettingLayers layers)
    {
        if (layers.Find(SettingName.LogLevel) is not { } found)
        {
            return null;
        }

        return Enum.TryParse(found.Value, ignoreCase: true, out LogLevel level) && Enum.IsDefined(level)
            ? level
            : throw Fail(found.Source, $"must be one of {string.Join(", ", Enum.GetNames<LogLevel>()).ToLowerInvariant()}", found.Value);
    }

    private static StartFailure Fail(string source, string expected, string found) =>
        new(ExitCode.Settings, $"{source} {expected}, found '{found}'");
}
