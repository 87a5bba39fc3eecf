using System.Text;

namespace Baltoro.Kimi.Tests.Support;

/// <summary>Random text of many scripts and shapes for the tokenizer; the same seed gives the same texts.</summary>
internal sealed class TextMaker(int seed)
{
    // Ranges assigned long before Unicode 15, so that no two Unicode versions disagree about them.
    private static readonly (int First, int Last)[] _ranges =
    [
        (0x20, 0x7E), (0xA0, 0x17F), (0x1C4, 0x1CC), (0x250, 0x2AF), (0x2B0, 0x2FF), (0x300, 0x36F), (0x391, 0x3A1), (0x3B1, 0x3C9),
        (0x400, 0x45F), (0x531, 0x556), (0x5D0, 0x5EA), (0x591, 0x5BD), (0x620, 0x64A), (0x64B, 0x652), (0x660, 0x669), (0x905, 0x939),
        (0x93E, 0x94C), (0x966, 0x96F), (0xE01, 0xE3A), (0xE40, 0xE4E), (0x10D0, 0x10F0), (0x1100, 0x1112), (0x1E00, 0x1EFF), (0x1F00, 0x1F15),
        (0x2000, 0x206F), (0x2070, 0x2071), (0x2074, 0x2094), (0x20A0, 0x20B8), (0x20D0, 0x20F0), (0x2100, 0x214F), (0x2150, 0x2188), (0x2190, 0x21FF),
        (0x2460, 0x249B), (0x2500, 0x257F), (0x2E80, 0x2E99), (0x2F00, 0x2FD5), (0x3000, 0x303F), (0x3041, 0x3096), (0x30A1, 0x30FA),
        (0x3105, 0x312C), (0x3400, 0x4DB5), (0x4E00, 0x9FA5), (0xA000, 0xA48C), (0xAC00, 0xD7A3), (0xF900, 0xFA2D), (0xFE00, 0xFE0F),
        (0xFF01, 0xFF5E), (0xFF66, 0xFF9D), (0x10400, 0x1044F), (0x1D400, 0x1D454), (0x1F300, 0x1F320), (0x1F600, 0x1F640), (0x1F3FB, 0x1F3FF),
        (0x20000, 0x2A6D6), (0x2A700, 0x2B734), (0x2F800, 0x2FA1D), (0xE0100, 0xE01EF),
    ];

    private static readonly string[] _fragments =
    [
        " ", "  ", "   ", "\t", "\n", "\r", "\r\n", "\n\n", " \n", "\n ", "\u00a0", "\u3000", "\u2003", "\u0085", "\u2028", "'s", "'T", "'re", "'VE", "'ll", "'M", "'d",
        "'\u017f", "'", "’s", "\u0301", "\u0301\u0327", "\u200d", "\ufe0f", "\ufeff", "\u0000", "\u001f", "\ud800", "\udfff", "\ud83d", "\ude00", "0", "12", "1234567", "3.14",
        "hello", "World", "HTTPServer", "camelCase", "snake_case", "the", " the", "The ", "don't", "世界", "漢字", "々", "〇", "𠀀", "日本語テキスト", "한국어", "Привет", "ΑΒΓ", "مرحبا", "😀",
        "👍🏽", "👩‍👧", "🇩🇪", "<|im_end|>", "[EOS]", "<think>", "{\"a\": [1, null]}", "if (x != y) {\n    return;\n}\n", "// ---- \r\n", "https://a.b/c?d=e", "====", "\"\"\"", "#", "$x",
        "µ", "ª", "ʰ", "ǅ", "Ⅷ", "½", "①",
    ];

    private readonly Random _random = new(seed);

    /// <summary>A text of a few fragments and random characters; now and then one with a long run.</summary>
    public string Next()
    {
        StringBuilder text = new();
        int count = 1 + _random.Next(_random.Next(10) == 0 ? 120 : 14);
        for (int i = 0; i < count; i++)
        {
            switch (_random.Next(12))
            {
                case < 6:
                    text.Append(_fragments[_random.Next(_fragments.Length)]);
                    break;
                case < 10:
                    AppendFromRange(text, _ranges[_random.Next(_ranges.Length)], 1 + _random.Next(6));
                    break;
                case 10:
                    AppendFromRange(text, (0x61, 0x7A), 1 + _random.Next(12));
                    break;
                default:
                    AppendRun(text);
                    break;
            }
        }

        return text.ToString();
    }

    /// <summary>A text without lone surrogates.</summary>
    public string NextValid()
    {
        string text = Next();
        return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
    }

    private void AppendFromRange(StringBuilder text, (int First, int Last) range, int count)
    {
        for (int i = 0; i < count; i++)
        {
            text.Append(char.ConvertFromUtf32(_random.Next(range.First, range.Last + 1)));
        }
    }

    private void AppendRun(StringBuilder text)
    {
        string unit = _fragments[_random.Next(_fragments.Length)];
        int count = _random.Next(8) == 0 ? _random.Next(400) : _random.Next(12);
        for (int i = 0; i < count; i++)
        {
            text.Append(unit);
        }
    }
}
