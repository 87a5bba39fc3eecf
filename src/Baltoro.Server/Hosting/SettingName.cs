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

    /// <summary>Secret shared with the payment provider; without it no deliveries are taken.</summary>
    public const string WebhookSecret = "webhook_secret";

    /// <summary>The object that holds the settings of <see cref="InStorage"/> in the file.</summary>
    public const string Storage = "storage";

    public const string Store = "store";
    public const string Postgres = "postgres";
    public const string Redis = "redis";
    public const string RedisOutage = "redis_outage";
    public const string PepperFile = "pepper_file";
    public const string Durability = "durability";

    /// <summary>Settings of the store: under <see cref="Storage"/> in the file, BALTORO_STORE and so on in the environment.</summary>
    public static IReadOnlyList<string> InStorage { get; } = [Store, Postgres, Redis, RedisOutage, PepperFile, Durability];

    /// <summary>Tiers, as JSON: an object like <see cref="Models"/>.</summary>
    public const string Tiers = "tiers";

    public const string TokenReturn = "token_return";
    public const string LocalCreditLimitUsd = "local_credit_limit_usd";

    /// <summary>Networks of proxies whose X-Forwarded-For is believed; a text or a list.</summary>
    public const string TrustedProxies = "trusted_proxies";

    /// <summary>Every setting at the top of the file.</summary>
    public static IReadOnlyList<string> All { get; } =
        [
            Urls, Data, Model, Models, MaxBodyBytes, MaxBodiesBytes, FetchImages, DrainSeconds, KeepAliveSeconds, LogLevel, WebhookSecret, Storage,
            Tiers, TokenReturn, LocalCreditLimitUsd, TrustedProxies,
        ];

    /// <summary>The environment variable of a setting.</summary>
    public static string VariableOf(string name) => $"BALTORO_{name.ToUpperInvariant()}";
}
