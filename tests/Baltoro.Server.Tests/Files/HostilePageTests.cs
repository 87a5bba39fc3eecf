using System.Text;
using Baltoro.Server.Files.Extraction;

namespace Baltoro.Server.Tests.Files;

/// <summary>Pages made to keep their reader busy are read in time that grows with their size. A minute stands for "hangs".</summary>
public class HostilePageTests
{
    private const int PageBytes = 5_000_000;

    private static readonly TimeSpan _hang = TimeSpan.FromMinutes(1);

    public static TheoryData<string> Pieces =>
    [
        "<div>", "<p>a</p>\n", "<tr><td>1</td><td>2</td></tr>", "<b class=x>", "<b a={0}><i b={0}><p>x", "<table><tr><td>", "<a href=x>", "</p>", "</b>",
        "<pre>", "<svg>", "<object>", "<template>", "<select><option>", "<span>x", "<!--", "<![CDATA[", "<!doctype ", "&amp", "&#x1F600;", "&notit;",
        "<script>", "</script", "<title>", "</titl", "<textarea></", "<x {0}=1 ", " a{0}=b", "<", "</", "<a", "\0", "<plaintext>", "<frameset>",
    ];

    [Theory]
    [MemberData(nameof(Pieces))]
    public async Task Extract_PageOfOnePieceRepeated_EndsSoon(string piece)
    {
        byte[] page = Repeat(piece, start: "");
        await Task.Run(() => Read(page), TestContext.Current.CancellationToken).WaitAsync(_hang, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Extract_ManyAttributesInOneTag_EndsSoon()
    {
        byte[] page = Repeat(" a{0}=b", start: "<p");
        await Task.Run(() => Read(page), TestContext.Current.CancellationToken).WaitAsync(_hang, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Extract_DeeperThanAnyStack_IsRead()
    {
        byte[] page = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("<div><span>", 400_000)) + "deep");
        ExtractedText? found = await Task.Run(() => Read(page), TestContext.Current.CancellationToken)
            .WaitAsync(_hang, TestContext.Current.CancellationToken);
        Assert.Equal("deep", found?.Text);
    }

    [Theory]
    [InlineData("<p>One<div>two</div>three", "One\ntwo\nthree")]
    [InlineData("<table><tr><td>a<td>b<tr><th>c</th><td><p>d</p></td></table>after", "a\tb\nc\td\nafter")]
    [InlineData("<head><title>T &amp; U</title><script>if (1<2) '</p>'</script></head>x<style>p{}</style> y", "x y")]
    [InlineData("a<svg><title>no</title><style/><text>no</text></svg>b<noscript><p>no</noscript>c", "abc")]
    [InlineData("<svg><path d=x><p>shown", "shown")]
    [InlineData("<pre>\n a\n  b</pre>  c  d", " a\n  b\nc d")]
    [InlineData("<textarea><b>raw</b></textarea>&nbsp;&lt;x&gt;", "<b>raw</b> <x>")]
    [InlineData("<template><template>no</template>no</template>yes<!-- no -->", "yes")]
    [InlineData("one<br>two<BR/>three", "one\ntwo\nthree")]
    public void Extract_Page_IsTheTextOfAReader(string page, string text) =>
        Assert.Equal(text.Trim(), Read(Encoding.UTF8.GetBytes(page))?.Text.Replace('\u00A0', ' '));

    [Fact]
    public void Extract_Title_IsTheFirstOfThePage() =>
        Assert.Equal("T & U", Read("<title>T &amp;\n U</title><svg><title>no</title></svg><p>x<title>second</title>"u8.ToArray())?.Title);

    [Theory]
    [InlineData("<meta charset=windows-1251><p>", "windows-1251", "Привет")]
    [InlineData("<meta http-equiv=content-type content='text/html; charset=Shift_JIS'><p>", "shift_jis", "日本")]
    [InlineData("<meta charset=\"iso-8859-1\"><p>", "windows-1252", "Größe €")]
    [InlineData("<p>", "windows-1252", "Größe")]
    [InlineData("<meta charset=latin1><p>", "utf-8", "Größe")]
    public void Extract_PageInAnEncodingOfItsOwn_IsRead(string start, string encoding, string text)
    {
        Encoding writing = encoding == "utf-8" ? Encoding.UTF8 : CodePagesEncodingProvider.Instance.GetEncoding(encoding)!;
        Assert.Equal(text, Read([.. Encoding.ASCII.GetBytes(start), .. writing.GetBytes(text)])?.Text);
    }

    private static byte[] Repeat(string piece, string start)
    {
        StringBuilder page = new(start, PageBytes + 100);
        for (int i = 0; page.Length < PageBytes; i++)
        {
            page.Append(piece.Replace("{0}", i.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal));
        }

        return Encoding.ASCII.GetBytes(page.ToString());
    }

    /// <summary>What is found, or null when it is refused.</summary>
    private static ExtractedText? Read(byte[] page)
    {
        using MemoryStream file = new(page);
        return new InProcessExtractor().ExtractAsync(file, "a.html", default).Result.Found;
    }
}
