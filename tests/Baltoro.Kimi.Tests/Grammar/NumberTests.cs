using System.Globalization;
using Baltoro.Kimi.Grammar;
using Baltoro.Kimi.Tests.Support;

namespace Baltoro.Kimi.Tests.Grammar;

/// <summary>Ranges of numbers against exhaustive lists of spellings.</summary>
public class NumberTests
{
    [Fact]
    public void Integers_OfRandomRanges_AreExactlyThoseInside()
    {
        var random = new Random(Seeds.Next());
        for (int round = 0; round < 150; round++)
        {
            int low = random.Next(-130, 130);
            int high = low + random.Next(0, 150);
            int step = random.Next(1, 8);
            bool open = random.Next(2) == 0;
            string schema = $$"""{"type":"integer","{{(open ? "exclusiveMinimum" : "minimum")}}":{{low}},"maximum":{{high}},"multipleOf":{{step}}}""";
            CompiledGrammar? grammar = Compiling.TryCompile(schema);
            for (int value = -320; value <= 320; value++)
            {
                bool expected = value <= high && value % step == 0 && (open ? value > low : value >= low);
                string text = value.ToString(CultureInfo.InvariantCulture);
                Assert.True(expected == (grammar is not null && Compiling.Accepts(grammar, text)), $"{schema}: {text}");
            }
        }
    }

    [Theory]
    [InlineData("""{"type":"number","minimum":-0.5,"exclusiveMaximum":1.25}""", "-0.5 -0.25 0 0.0 1 1.2 1.24999 0.1", "-0.51 -1 1.25 1.3 2 00 01 -0 .5 1. 1e0 +1")]
    [InlineData("""{"type":"number","exclusiveMinimum":0}""", "0.1 1 999999 0.00001 1000000000", "0 0.0 -1")]
    [InlineData("""{"type":"number","minimum":0.1,"maximum":0.2}""", "0.1 0.15 0.2 0.20", "0.09 0.21 0 1 0.3")]
    [InlineData("""{"type":"number"}""", "0 -1 1.5 1e5 1E-7 -2.5e+20 123456789012345", "01 1. .5 -  1e 1e999 - --1")]
    [InlineData("""{"type":"number","multipleOf":5}""", "0 5 -10 1005", "1 2.5 5.0")]
    [InlineData("""{"type":"integer"}""", "0 7 -7 9223372036854775807 -9223372036854775808", "1.0 9223372036854775808 -9223372036854775809 1e3 -0")]
    [InlineData("""{"type":"integer","format":"int32"}""", "2147483647 -2147483648", "2147483648 -2147483649")]
    [InlineData("""{"allOf":[{"type":"number","minimum":2},{"type":"number","maximum":3}]}""", "2 2.5 3 2.999", "1.9 3.1")]
    [InlineData("""{"allOf":[{"multipleOf":4},{"multipleOf":6},{"type":"integer"}]}""", "0 12 24 -12", "4 6 8")]
    public void Numbers_AcceptedAndRefused(string schema, string accepted, string refused)
    {
        foreach (string text in accepted.Split(' '))
        {
            Assert.True(Compiling.Accepts(schema, text), $"{schema} should accept {text}");
        }

        foreach (string text in refused.Split(' '))
        {
            Assert.False(Compiling.Accepts(schema, text), $"{schema} should refuse {text}");
        }
    }
}
