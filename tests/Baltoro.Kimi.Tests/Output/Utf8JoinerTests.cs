using System.Text;
using Baltoro.Kimi.Output;
using Baltoro.Kimi.Tests.Support;

namespace Baltoro.Kimi.Tests.Output;

public class Utf8JoinerTests
{
    [Fact]
    public void Push_RandomBytesInRandomPieces_EqualsDecodingTheWhole()
    {
        int seed = Seeds.Next();
        Random random = new(seed);
        TextMaker maker = new(seed);
        for (int i = 0; i < 3_000; i++)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(maker.NextValid());
            for (int broken = random.Next(4); broken > 0 && bytes.Length > 0; broken--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            Utf8Joiner joiner = new();
            StringBuilder text = new();
            for (int position = 0; position < bytes.Length;)
            {
                int length = Math.Min(random.Next(1, random.Next(10) == 0 ? 2_000 : 6), bytes.Length - position);
                int before = text.Length;
                joiner.Push(bytes.AsSpan(position, length), text);
                position += length;
                Assert.True(text.Length == before || !char.IsHighSurrogate(text[^1]), "a character was split");
            }

            joiner.Flush(text);
            Assert.Equal(Encoding.UTF8.GetString(bytes), text.ToString());
            Assert.Equal(0, joiner.PendingBytes);
        }
    }
}
