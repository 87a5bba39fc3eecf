using System.Text.Json;
using Baltoro.Server.Tests.Harness;

namespace Baltoro.Server.Tests.Chat;

/// <summary>The completion budget, rule by rule in the order they apply.</summary>
public class BudgetTests(TestServer server) : IClassFixture<TestServer>
{
    [Theory]
    [InlineData("kimi-k2-5", "", 12, 8_192, null)]
    [InlineData("kimi-k2-5", "\"max_tokens\":2048", 12, 2_048, null)]
    [InlineData("kimi-k2-5", "\"max_tokens\":5,\"max_completion_tokens\":7", 12, 5, null)]
    [InlineData("kimi-k2-5", "\"max_tokens\":7,\"max_completion_tokens\":5", 12, 5, null)]
    [InlineData("kimi-k2-5", "\"max_tokens\":8192", 12, 8_192, null)]
    [InlineData("kimi-k2-5", "\"max_tokens\":131072", 12, 8_192, "max_tokens cut from 131072 to 8192, the most kimi-k2-5 can give")]
    [InlineData("kimi-k2-5", "\"max_completion_tokens\":9007199254740993", 12, 8_192, "max_completion_tokens cut from 9007199254740993 to 8192, the most kimi-k2-5 can give")]
    [InlineData("kimi-k2-5", "\"max_tokens\":1e30", 12, 8_192, "max_tokens cut from 9223372036854775807 to 8192, the most kimi-k2-5 can give")]
    [InlineData("kimi-k2-5", "\"max_tokens\":99999999999999999999", 12, 8_192, "max_tokens cut from 9223372036854775807 to 8192, the most kimi-k2-5 can give")]
    [InlineData("kimi-k2-5", "\"max_tokens\":1e18", 12, 8_192, "max_tokens cut from 1000000000000000000 to 8192, the most kimi-k2-5 can give")]
    [InlineData("kimi-k2-5", "", 131_000, 72, null)]
    [InlineData("kimi-k2-5", "", 131_071, 1, null)]
    [InlineData("kimi-k2-5", "\"max_tokens\":72", 131_000, 72, null)]
    [InlineData("kimi-k2.5", "", 12, 32_768, null)]
    [InlineData("kimi-k2.5", "\"max_tokens\":262132", 12, 262_132, null)]
    [InlineData("kimi-k2.5", "", 262_000, 144, null)]
    public async Task Budget_Fits_IsGivenToTheBackend(string model, string more, int promptTokens, int budget, string? notice)
    {
        server.Backend.PromptTokens = promptTokens;
        using HttpResponseMessage response = await server.PostAsync(TestServer.Body(model, more));

        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        Assert.Equal(budget, server.Backend.Requests.Last().MaxCompletionTokens);
        Assert.Equal(notice, response.Headers.TryGetValues("x-baltoro-notice", out IEnumerable<string>? values) ? values.Single() : null);
    }

    [Theory]
    [InlineData("kimi-k2-5", "", 131_072, "131072 (requested: 131073)", "messages")]
    [InlineData("kimi-k2-5", "", 200_000, "131072 (requested: 200001)", "messages")]
    [InlineData("kimi-k2-5", "\"max_tokens\":73", 131_000, "131072 (requested: 131073)", "max_tokens")]
    [InlineData("kimi-k2-5", "\"max_completion_tokens\":100000", 130_000, "131072 (requested: 138192)", "max_completion_tokens")]
    [InlineData("kimi-k2.5", "\"max_tokens\":262133", 12, "262144 (requested: 262145)", "max_tokens")]
    [InlineData("kimi-k2.5", "\"max_tokens\":1e400", 12, "262144 (requested: 2147483659)", "max_tokens")]
    [InlineData("kimi-k2.5", "\"max_tokens\":9007199254740993", 12, "262144 (requested: 2147483659)", "max_tokens")]
    public async Task Budget_DoesNotFit_IsRefusedWithBothNumbers(string model, string more, int promptTokens, string numbers, string param)
    {
        server.Backend.PromptTokens = promptTokens;
        using HttpResponseMessage response = await server.PostAsync(TestServer.Body(model, more));

        Assert.Equal(400, (int)response.StatusCode);
        JsonElement error = (await TestServer.JsonAsync(response)).GetProperty("error");
        Assert.Equal($"Invalid request: Your request exceeded model token limit: {numbers}", error.GetProperty("message").GetString());
        Assert.Equal("context_length_exceeded", error.GetProperty("code").GetString());
        Assert.Equal(param, error.GetProperty("param").GetString());
    }
}
