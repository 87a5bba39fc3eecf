using System.Text.Json;
using Baltoro.Kimi.Text;
using Baltoro.Platform.Identity;
using Baltoro.Platform.Ledger;
using Baltoro.Platform.Limits;
using Baltoro.Platform.Tiers;

namespace Baltoro.Server.Hosting;

/// <summary>Reads the settings of tiers, limits, the first organization's credit, and believed proxies.</summary>
internal static class PlatformSettingsReader
{
    /// <summary>The options with these settings; prices are those of the options' models.</summary>
    /// <exception cref="StartFailure">One is wrong; the message names it.</exception>
    public static ServerOptions Read(SettingLayers layers, ServerOptions options) => options with
    {
        Tiers = layers.Find(SettingName.Tiers) is { } tiers ? ReadTiers(tiers.Value, tiers.Source, options) : options.Tiers,
        TokenReturn = layers.Find(SettingName.TokenReturn) is { } rule ? ReadRule(rule.Value, rule.Source) : options.TokenReturn,
        LocalCreditLimit = layers.Find(SettingName.LocalCreditLimitUsd) is { } limit
            ? ReadCredit(limit.Value, limit.Source)
            : options.LocalCreditLimit,
        TrustedProxies = layers.Find(SettingName.TrustedProxies) is { } proxies
            ? ReadProxies(proxies.Value, proxies.Source)
            : options.TrustedProxies,
    };

    private static TierTable ReadTiers(string value, string source, ServerOptions options)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(value, SettingLayers.Lenient);
            return TierSettings.Merge(TierTable.Shipped(), document.RootElement, name => CardPrices.Of(options.Catalog).FindBook(name) is not null);
        }
        catch (JsonException)
        {
            throw Fail(source, "must be a JSON object of tiers");
        }
        catch (ArgumentException fault)
        {
            throw new StartFailure(ExitCode.Settings, $"{source}: {ArgumentText.Of(fault)}", fault);
        }
    }

    private static TokenReturn ReadRule(string value, string source) => value.ToLowerInvariant() switch
    {
        "unused" => TokenReturn.Unused,
        "nothing" => TokenReturn.Nothing,
        _ => throw Fail(source, $"must be unused or nothing, found '{value}'"),
    };

    private static Money ReadCredit(string value, string source) => Money.TryParseUsd(value, out Money money) && money >= Money.Zero && money <= Money.Most
        ? money
        : throw Fail(source, $"must be dollars from 0 to {Money.Most.NanoUsd / Money.NanoPerUsd} with at most 9 digits after the point, found '{value}'");

    private static NetworkList ReadProxies(string value, string source) =>
        NetworkList.TryParse(
            value.Split([';', ',', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries), out string problem)
        ?? throw Fail(source, $"must be networks of proxies: {problem}");

    private static StartFailure Fail(string source, string problem) => new(ExitCode.Settings, $"{source} {problem}");
}
