using Baltoro.Platform.Ledger;
using Baltoro.Platform.Limits;
using Baltoro.Platform.Tiers;
using Baltoro.Server.Hosting;
using Baltoro.Tests.Shared;
using Microsoft.Extensions.Logging;

namespace Baltoro.Server.Tests.Hosting;

public sealed class ServerOptionsTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly Dictionary<string, string> _environment = new() { ["HOME"] = "/home/someone" };
    private readonly Dictionary<string, string> _commandLine = [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Load_NothingGiven_HasTheDefaults()
    {
        ServerOptions options = Load();
        Assert.Equal(["http://127.0.0.1:8080"], options.Urls);
        Assert.Equal("/home/someone/.local/share/baltoro", options.DataPath);
        Assert.Equal(100_000_000, options.MaxBodyBytes);
        Assert.Equal(TimeSpan.FromSeconds(15), options.KeepAliveInterval);
        Assert.Null(options.ModelPath);
    }

    [Fact]
    public void Load_AllLayers_StrongestWins()
    {
        string file = Write("""
            { // comments are fine
              "urls": ["http://127.0.0.1:1", "http://[::1]:2"], "drain_seconds": 5, "log_level": "debug", "model": "/file" }
            """);
        _environment["BALTORO_DRAIN_SECONDS"] = "6";
        _environment["BALTORO_MODEL"] = "/environment";
        _commandLine["model"] = "/commandline";
        ServerOptions options = Load(file);
        Assert.Equal(["http://127.0.0.1:1", "http://[::1]:2"], options.Urls);
        Assert.Equal(TimeSpan.FromSeconds(6), options.DrainLimit);
        Assert.Equal("/commandline", options.ModelPath);
        Assert.Equal(LogLevel.Debug, options.LogLevel);
    }

    [Fact]
    public void Load_FileInTheDataDirectory_IsFoundByItself()
    {
        _environment["BALTORO_DATA"] = _folder.Path;
        Write("""{"keep_alive_seconds": 3}""");
        Assert.Equal(TimeSpan.FromSeconds(3), Load().KeepAliveInterval);
    }

    [Theory]
    [InlineData("urls", "127.0.0.1:8080", "--urls must be an address such as http://127.0.0.1:8080, found '127.0.0.1:8080'")]
    [InlineData("urls", "https://127.0.0.1:1", "--urls must start with http:// and have no path (put a proxy in front for https), found 'https://127.0.0.1:1'")]
    [InlineData("urls", "http://127.0.0.1:1/x", "--urls must start with http:// and have no path (put a proxy in front for https), found 'http://127.0.0.1:1/x'")]
    [InlineData("urls", "http://example.org:80", "--urls must have an IP address, localhost or * as its host, found 'http://example.org:80'")]
    [InlineData("urls", "http://127.0.0.1:99999", "--urls must have a port from 0 to 65535, found 'http://127.0.0.1:99999'")]
    [InlineData("urls", " ", "--urls must name at least one address such as http://127.0.0.1:8080, found ' '")]
    [InlineData("drain_seconds", "soon", "--drain_seconds must be a whole number from 0 to 86400, found 'soon'")]
    [InlineData("max_body_bytes", "5", "--max_body_bytes must be a whole number from 1024 to 1000000000, found '5'")]
    [InlineData("log_level", "loud", "--log_level must be one of trace, debug, information, warning, error, critical, none, found 'loud'")]
    public void Load_BadValue_NamesSettingFoundAndAllowed(string name, string value, string message)
    {
        _commandLine[name] = value;
        StartFailure failure = Assert.Throws<StartFailure>(() => Load());
        Assert.Equal(message, failure.Message);
        Assert.Equal(ExitCode.Settings, failure.ExitCode);
    }

    [Theory]
    [InlineData("{\"urll\":1}", "unknown key 'urll'; known keys: urls, data, model")]
    [InlineData("{\"drain_seconds\":[]}", "key 'drain_seconds' must be a string or a number")]
    [InlineData("{\"models\":{\"kimi-k2-5\":{\"thinkin\":1}}}", "models.kimi-k2-5.thinkin: unknown key")]
    [InlineData("{\"drain_seconds\":-1}", "key 'drain_seconds' in ")]
    [InlineData("[]", "expected a JSON object")]
    [InlineData("{", "not valid JSON")]
    public void Load_BadFile_NamesFileAndKey(string text, string part)
    {
        StartFailure failure = Assert.Throws<StartFailure>(() => Load(Write(text)));
        Assert.Contains(part, failure.Message, StringComparison.Ordinal);
        Assert.Contains(_folder.Path, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_ModelCards_ChangeTheCatalogue()
    {
        ServerOptions options = Load(Write("""{"models": {"kimi-k2-5": {"max_output_tokens": 9000}, "mine": {"profile": "seed"}, "kimi-k2.5": null}}"""));
        Assert.Equal(
            ["kimi-k2-5", "kimi-k2-5-thinking", "moonshotai/kimi-k2.5", "moonshotai/Kimi-K2.5", "mine"],
            options.Catalog.Cards.Select(card => card.Id));
        Assert.Equal(9_000, options.Catalog.Cards[0].MaxOutputTokens);
    }

    [Fact]
    public void Load_Tiers_ChangeAddRemoveAndAreOrderedByWhatEarnsThem()
    {
        ServerOptions options = Load(Write("""
            {"tiers": {
              "tier1": {"requests_per_minute": 300, "tokens_per_minute": null},
              "silver": {"concurrency": 60, "earned_by_topup_usd": 15.5, "earned_by_use_usd": "12"},
              "tier5": null, "partner": {"price_book": "standard"} },
             "token_return": "nothing", "local_credit_limit_usd": 25.5, "trusted_proxies": ["10.0.0.0/8", "::1"]}
            """));
        Assert.Equal(
            ["free", "tier1", "silver", "tier2", "tier3", "tier4", "enterprise", "partner"], options.Tiers.Plans.Select(plan => plan.Name));
        TierPlan first = options.Tiers.Find("tier1")!;
        Assert.Equal((50, 300L, null), (first.Limits.Concurrency, first.Limits.RequestsPerMinute, first.Limits.TokensPerMinute));
        Assert.Equal("silver", options.Tiers.Effective("free", null, Money.Zero, Money.FromUsd(13))?.Name);
        Assert.Equal("tier1", options.Tiers.Effective("free", null, Money.FromUsd(15), Money.Zero)?.Name);
        Assert.Equal(TokenReturn.Nothing, options.TokenReturn);
        Assert.Equal(new Money(25_500_000_000), options.LocalCreditLimit);
        Assert.Equal(["10.0.0.0/8", "::1/128"], options.TrustedProxies.Texts);
        AccountingSettings settings = ServerAccounts.Settings(options, "n");
        Assert.Equal(
            (new Money(25_500_000_000), TokenReturn.Nothing, options.Tiers),
            (settings.InitialTerms["local"].CreditLimit, settings.TokenReturn, settings.Tiers));
    }

    [Theory]
    [InlineData("tiers", """{"tier1":{"requests_per_minute":0}}""", "tiers.tier1.requests_per_minute: found 0, allowed a whole number from 1 to 9223372036854775807, or null for none")]
    [InlineData("tiers", """{"tier1":{"concurrency":3000000000}}""", "tiers.tier1.concurrency: found 3000000000, allowed a whole number from 1 to 2147483647, or null for none")]
    [InlineData("tiers", """{"tier1":{"rpm":5}}""", "tiers.tier1.rpm: unknown key; known keys: concurrency, requests_per_minute,")]
    [InlineData("tiers", """{"tier1":{"price_book":"gold"}}""", "tiers.tier1.price_book: found \"gold\", which is no price book")]
    [InlineData("tiers", """{"tier1":{"earned_by_topup_usd":-1}}""", "tiers.tier1.earned_by_topup_usd: found -1, allowed dollars above 0, or null for none")]
    [InlineData("tiers", """{"free":null}""", "tiers.free: found null, but this tier is needed")]
    [InlineData("tiers", """{"gone":null}""", "tiers.gone: found null, but there is no such tier to remove")]
    [InlineData("tiers", """{"enterprise":{"earned_by_use_usd":5}}""", "tiers.enterprise: this tier cannot be earned")]
    [InlineData("tiers", """{"Big Tier":{}}""", "tiers.Big Tier: a tier's name has 1 to 32 of the characters")]
    [InlineData("tiers", "[]", "found array, expected an object of tiers")]
    [InlineData("tiers", "{", "BALTORO_TIERS must be a JSON object of tiers")]
    [InlineData("token_return", "half", "BALTORO_TOKEN_RETURN must be unused or nothing, found 'half'")]
    [InlineData("local_credit_limit_usd", "-1", "BALTORO_LOCAL_CREDIT_LIMIT_USD must be dollars from 0 to 1000000000")]
    [InlineData("trusted_proxies", "10.0.0.0/8, everybody", "BALTORO_TRUSTED_PROXIES must be networks of proxies: found 'everybody'")]
    public void Load_PlatformSettingThatCannotBeMeant_IsNamed(string name, string value, string part)
    {
        _environment[SettingName.VariableOf(name)] = value;
        StartFailure failure = Assert.Throws<StartFailure>(() => Load());
        Assert.Equal(ExitCode.Settings, failure.ExitCode);
        Assert.StartsWith(SettingName.VariableOf(name), failure.Message, StringComparison.Ordinal);
        Assert.Contains(part, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_NamedFileMissing_IsRefused() =>
        Assert.Contains("cannot be read", Assert.Throws<StartFailure>(() => Load("/none.json")).Message, StringComparison.Ordinal);

    private ServerOptions Load(string? file = null) => ServerOptionsLoader.Load(_commandLine, file, _environment.GetValueOrDefault);

    private string Write(string text)
    {
        string path = Path.Combine(_folder.Path, "baltoro.json");
        File.WriteAllText(path, text);
        return path;
    }
}
