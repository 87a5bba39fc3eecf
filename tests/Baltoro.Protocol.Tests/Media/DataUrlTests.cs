using System.Text;
using Baltoro.Protocol.Media;
using CsCheck;

namespace Baltoro.Protocol.Tests.Media;

public class DataUrlTests
{
    [Fact]
    public void TryRead_AnyBytesInAnyForm_GivesThemBack() =>
        Gen.Select(Gen.Byte.Array[0, 200], Gen.Int[0, 63], Gen.Int[1, 40]).Sample((bytes, form, width) =>
        {
            string text = Convert.ToBase64String(bytes);
            text = (form & 1) == 0 ? text : text.Replace('+', '-').Replace('/', '_');
            text = (form & 2) == 0 ? text : text.TrimEnd('=');
            text = (form & 4) == 0 ? text : string.Join("\r\n ", text.Chunk(width).Select(piece => new string(piece)));
            text = (form & 8) == 0 ? text : Uri.EscapeDataString(text);
            string head = (form & 16) == 0 ? "data:image/png;base64," : "DATA:;charset=utf-8,";
            string url = (form & 32) == 0 ? head + text : $" \t{head} {text}\n";
            Assert.True(DataUrl.IsDataUrl(Encoding.UTF8.GetBytes(url)), url);
            Assert.True(DataUrl.TryRead(Encoding.UTF8.GetBytes(url), out byte[] read), url);
            Assert.Equal(bytes, read);
            Assert.True(DataUrl.MaxBytesOf(Encoding.UTF8.GetBytes(url)) >= read.Length, url);
        });

    [Fact]
    public void TryRead_AnyText_NeverThrows() =>
        Gen.Byte.Array[0, 100].Sample(bytes =>
        {
            byte[] url = [.. "data:,"u8, .. bytes];
            bool isRead = DataUrl.TryRead(url, out byte[] read);
            return isRead || read.Length == 0;
        });

    [Theory]
    [InlineData("data:image/png;base64")]
    [InlineData("data:image/png;base64,A")]
    [InlineData("data:image/png;base64,AA=A")]
    [InlineData("data:image/png;base64,AAAA*")]
    [InlineData("data:image/png;base64,AA%")]
    [InlineData("data:image/png;base64,AA%zz")]
    [InlineData("data:image/svg+xml;utf8,<svg/>")]
    public void TryRead_TextThatIsNotBase64_IsTold(string url) => Assert.False(DataUrl.TryRead(Encoding.UTF8.GetBytes(url), out _));

    [Theory]
    [InlineData("https://example.com/data:")]
    [InlineData("dat")]
    [InlineData("")]
    public void IsDataUrl_OtherText_IsNone(string url) => Assert.False(DataUrl.IsDataUrl(Encoding.UTF8.GetBytes(url)));
}
