using Baltoro.Platform.Limits;
using Baltoro.Storage;
using Baltoro.Storage.Postgres;
using Baltoro.Storage.Redis;
using Baltoro.Storage.Sqlite.Accounts;

namespace Baltoro.Server.Hosting;

/// <summary>Reads the settings of the store. Values that may hold a password are never shown.</summary>
internal static class StoreSettingsReader
{
    /// <summary>Settings of the layers, checked without connecting to anything.</summary>
    /// <exception cref="StartFailure">One is wrong, missing, or given to a store that does not use it.</exception>
    public static StoreSettings Read(SettingLayers layers)
    {
        StoreSettings settings = new()
        {
            Kind = Choose(layers, SettingName.Store, StoreKind.Sqlite, ("sqlite", StoreKind.Sqlite), ("postgres", StoreKind.Postgres)),
            Postgres = Secret(layers, SettingName.Postgres, PostgresDatabase.ProblemOf),
            Redis = Secret(layers, SettingName.Redis, RedisConnection.ProblemOf),
            RedisOutage = Choose(
                layers, SettingName.RedisOutage, SharedLimitOutage.Refuse,
                ("refuse", SharedLimitOutage.Refuse), ("postgres", SharedLimitOutage.CountInLedger)),
            PepperFile = layers.Find(SettingName.PepperFile)?.Value,
            Durability = Choose(
                layers, SettingName.Durability, SqliteDurability.Process,
                ("process", SqliteDurability.Process), ("power_loss", SqliteDurability.PowerLoss)),
        };
        Check(layers, settings);
        return settings;
    }

    private static void Check(SettingLayers layers, StoreSettings settings)
    {
        if (settings.Kind == StoreKind.Postgres && settings.Postgres is null)
        {
            throw Fail(
                layers.Find(SettingName.Store)?.Source ?? "",
                $"is postgres, but {SettingName.VariableOf(SettingName.Postgres)} (in the file {SettingName.Storage}.{SettingName.Postgres}) is not set");
        }

        string[] misplaced = settings.Kind == StoreKind.Sqlite
            ? [SettingName.Postgres, SettingName.Redis, SettingName.RedisOutage]
            : [SettingName.Durability];
        foreach (string name in misplaced)
        {
            if (layers.Find(name) is { } found)
            {
                throw Fail(
                    found.Source,
                    $"is set, but the store is {settings.Kind.ToString().ToLowerInvariant()}, which does not use it; "
                        + $"see {SettingName.VariableOf(SettingName.Store)}");
            }
        }

        if (settings.Redis is null && layers.Find(SettingName.RedisOutage) is { } outage)
        {
            throw Fail(outage.Source, $"is set, but {SettingName.VariableOf(SettingName.Redis)} is not");
        }
    }

    private static T Choose<T>(SettingLayers layers, string name, T standard, params (string Text, T Value)[] allowed)
    {
        if (layers.Find(name) is not { } found)
        {
            return standard;
        }

        int index = Array.FindIndex(allowed, choice => string.Equals(choice.Text, found.Value, StringComparison.OrdinalIgnoreCase));
        return index >= 0
            ? allowed[index].Value
            : throw Fail(found.Source, $"must be {string.Join(" or ", allowed.Select(choice => choice.Text))}, found '{found.Value}'");
    }

    private static string? Secret(SettingLayers layers, string name, Func<string, string?> problemOf)
    {
        if (layers.Find(name) is not { } found)
        {
            return null;
        }

        return problemOf(found.Value) is string problem ? throw Fail(found.Source, problem) : found.Value;
    }

    private static StartFailure Fail(string source, string problem) => new(ExitCode.Settings, $"{source} {problem}");
}
