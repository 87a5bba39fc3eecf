using System.Text.Json;
using Baltoro.Kimi.Tests.Support;
using Baltoro.Kimi.Tokenizer;

namespace Baltoro.Kimi.Tests.Tokenizer;

public class TokenizerGoldenTests
{
    [Theory]
    [InlineData("“Hello,” 世界世世世界世界——I'm ChatGPT. CAN'T wait 'til 2026.世界世界", "1686 19180 4963 220 2243 123421 2243 2243 35086 17172 29338 111021 13 32330 64833 5161 542 3777 220 2975 21 13 2243 2243")]
    [InlineData("You are a helpful assistant", "3900 554 261 13205 26626")]
    [InlineData("system", "14062")]
    [InlineData("user", "2482")]
    [InlineData("assistant", "69702")]
    [InlineData("tool", "20960")]
    [InlineData("tool_declare", "20960 35556 677")]
    [InlineData("You are Kimi, an AI assistant created by Moonshot AI.", "3900 554 24980 72 11 519 22572 26626 5232 673 30218 10065 22572 13")]
    [InlineData("getUserName iPhone helloWorld HTTPServer XMLHttpRequest2", "618 3479 1263 1032 11868 40493 14350 73374 4022 160457 3188 17")]
    [InlineData("  leading and trailing   ", "220 8134 316 42711 274")]
    [InlineData("a\n\n\nb\r\n  c", "64 3898 65 462 220 275")]
    [InlineData("1234567890 3.14159 １２３", "6694 12972 16242 15 220 18 13 18702 6276 220 320 239 320 240 320 241")]
    [InlineData("don't WON'T I'll we've it's", "88709 558 1034 64833 17916 22205 4643")]
    [InlineData("日本語のテキスト々〇漢字", "4546 63011 4663 25875 32045 33360 106101 91894 1435 95 1855")]
    [InlineData("한국어 텍스트", "17079 54078 28763 83194 235 67178")]
    [InlineData("😀👍🏽 emoji", "134750 222 64390 235 92949 121 68369")]
    [InlineData("def f(x):\n    return x**2  # comment\n", "1166 285 3940 2360 274 745 1288 381 17 220 1214 8018 198")]
    [InlineData("{\"city\": \"Beijing\"}", "8264 37666 1289 414 4396 39556 16934")]
    [InlineData("functions.get_weather:0", "41937 1150 21055 2800 25 15")]
    [InlineData("𠀀𠀁abc", "172 254 222 222 172 254 222 223 8497")]
    public void Encode_PublishedVectors_GiveTheirIds(string text, string ids)
    {
        int[] expected = [.. ids.Split(' ').Select(int.Parse)];
        KimiTokenizer tokenizer = RealTokenizer.Get();
        Assert.Equal(expected, tokenizer.Encode(text));
        Assert.Equal(expected.Length, tokenizer.CountTokens(text));
        Assert.Equal(text, tokenizer.Decode(expected));
    }

    [Fact]
    public void Encode_GoldenFile_EqualsOfficialImplementation()
    {
        KimiTokenizer tokenizer = RealTokenizer.Get();
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllBytes(TestPaths.Data("tokenizer", "golden.json")));
        int count = 0;
        foreach (JsonElement entry in golden.RootElement.GetProperty("cases").EnumerateArray())
        {
            string text = Utf16Json.Read(entry.GetProperty("text"));
            int[] expected = [.. entry.GetProperty("ids").EnumerateArray().Select(e => e.GetInt32())];
            Assert.True(expected.SequenceEqual(tokenizer.Encode(text)), $"{Utf16Json.Write(text)}: {string.Join(' ', tokenizer.Encode(text))}");
            count++;
        }

        Assert.True(count >= 400, $"only {count} cases");
    }

    [Fact]
    public void Load_PublishedFiles_GivesPublishedSpecialIds()
    {
        KimiTokenizer tokenizer = RealTokenizer.Get();
        Assert.Equal(163_840, tokenizer.VocabularySize);
        Assert.Equal(163_584, tokenizer.RankCount);
        SpecialTokens special = tokenizer.Special;
        Assert.Equal([163586, 163585, 163593], special.StopIds);
        Assert.Equal((163587, 163588, 163594, 163601), (special.ImUser, special.ImAssistant, special.ImSystem, special.ImMiddle));
        Assert.Equal(
            (163595, 163596, 163597, 163598, 163599),
            (special.ToolSectionBegin, special.ToolSectionEnd, special.ToolCallBegin, special.ToolArgumentBegin, special.ToolCallEnd));
        Assert.Equal((163606, 163607), (special.ThinkBegin, special.ThinkEnd));
        Assert.Equal("<|reserved_token_163589|>", tokenizer.Decode([163589]));
    }
}
