using System.Text.Json;
using Baltoro.Kimi.Cards;

namespace Baltoro.Kimi.Tests.Cards;

public class ModelCatalogTests
{
    [Fact]
    public void BuiltIn_HasTheFiveIds()
    {
        Assert.Equal(
            ["kimi-k2-5", "kimi-k2-5-thinking", "kimi-k2.5", "moonshotai/kimi-k2.5", "moonshotai/Kimi-K2.5"],
            ModelCatalog.BuiltIn.Cards.Select(c => c.Id));
        Assert.True(ModelCatalog.BuiltIn.TryGet("kimi-k2-5", out ModelCard? seed));
        Assert.Equal((CardProfile.Seed, 131_072, 8_192, 8_192), (seed.Profile, seed.ContextWindow, seed.MaxOutputTokens, seed.DefaultOutputTokens));
        Assert.Equal((ThinkingPolicy.OffByDefault, 1_400L, 4_200L), (seed.Thinking, seed.InputNanoUsdPerToken, seed.OutputNanoUsdPerToken));
        Assert.True(ModelCatalog.BuiltIn.TryGet("kimi-k2-5-thinking", out ModelCard? always));
        Assert.Equal(ThinkingPolicy.Always, always.Thinking);
        Assert.True(ModelCatalog.BuiltIn.TryGet("kimi-k2.5", out ModelCard? platform));
        Assert.Equal((CardProfile.Platform, 262_144, 262_144, 32_768), (platform.Profile, platform.ContextWindow, platform.MaxOutputTokens, platform.DefaultOutputTokens));
        Assert.False(ModelCatalog.BuiltIn.TryGet("KIMI-K2.5", out _));
    }

    [Fact]
    public void Load_Overrides_ChangeAddAndRemove()
    {
        ModelCatalog catalog = Load(
            """
            {"kimi-k2-5": {"output_nano_usd_per_token": 5000, "thinking": "on_by_default"}, "kimi-k2.5": null,
             "mine": {"profile": "seed", "context_window": 4096, "max_output_tokens": 512, "default_output_tokens": 256, "owned_by": "me", "created": 7}}
            """);
        Assert.False(catalog.TryGet("kimi-k2.5", out _));
        Assert.True(catalog.TryGet("kimi-k2-5", out ModelCard? changed));
        Assert.Equal((5_000L, 1_400L, ThinkingPolicy.OnByDefault), (changed.OutputNanoUsdPerToken, changed.InputNanoUsdPerToken, changed.Thinking));
        Assert.True(catalog.TryGet("mine", out ModelCard? added));
        Assert.Equal((CardProfile.Seed, 4_096, "me", 7L), (added.Profile, added.ContextWindow, added.OwnedBy, added.CreatedUnixSeconds));
    }

    [Theory]
    [InlineData("[]", "models: expected an object")]
    [InlineData("""{"m": 1}""", "models.m: expected an object or null, found 1")]
    [InlineData("""{"m": {"windw": 1}}""", "models.m.windw: unknown key")]
    [InlineData("""{"m": {"context_window": "big"}}""", "models.m.context_window: expected a whole number from 2")]
    [InlineData("""{"m": {"context_window": 1000}}""", "models.m.max_output_tokens: expected at most context_window (1000), found 262144")]
    [InlineData("""{"m": {"max_output_tokens": 10}}""", "models.m.default_output_tokens: expected at most max_output_tokens (10), found 32768")]
    [InlineData("""{"m": {"input_nano_usd_per_token": 1.4}}""", "models.m.input_nano_usd_per_token: expected a whole number")]
    [InlineData("""{"m": {"thinking": "maybe"}}""", "models.m.thinking: expected 'off_by_default' or 'on_by_default' or 'always', found \"maybe\"")]
    [InlineData("""{"m": {"profile": 3}}""", "models.m.profile: expected 'seed' or 'platform', found 3")]
    [InlineData("""{"m": {"owned_by": ""}}""", "models.m.owned_by: expected a text")]
    public void Load_BadValue_NamesTheKey(string json, string expected) =>
        Assert.Contains(expected, Assert.Throws<ModelCatalogException>(() => Load(json)).Message);

    [Fact]
    public void Load_SeveralErrors_ReportsAll() =>
        Assert.Equal(2, Assert.Throws<ModelCatalogException>(() => Load("""{"m": {"thinking": 1}, "n": {"created": -1}}""")).Errors.Count);

    private static ModelCatalog Load(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        return ModelCatalog.Load(document.RootElement);
    }
}
