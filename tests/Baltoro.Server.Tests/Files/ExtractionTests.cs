using System.Text;
using System.Text.Json;
using Baltoro.Server.Files.Extraction;
using Baltoro.Server.Tests.Harness;

namespace Baltoro.Server.Tests.Files;

public class ExtractionTests(TestServer server) : IClassFixture<TestServer>
{
    public static TheoryData<string, byte[], string, string> Samples => new()
    {
        { "a.txt", "Größe\nzwei"u8.ToArray(), "text/plain", "Größe\nzwei" },
        { "a.md", "# Title"u8.ToArray(), "text/markdown", "# Title" },
        { "a.csv", "a,b\n1,2"u8.ToArray(), "text/csv", "a,b\n1,2" },
        { "a.json", """{"a":1}"""u8.ToArray(), "application/json", """{"a":1}""" },
        { "cp1252.txt", [(byte)'c', (byte)'a', (byte)'f', 0xE9, (byte)' ', 0x80, 0xFF], "text/plain", "café €ÿ" },
        { "bom.csv", [0xEF, 0xBB, 0xBF, .. "a,é"u8], "text/csv", "a,é" },
        { "big-endian.txt", [0xFE, 0xFF, .. Encoding.BigEndianUnicode.GetBytes("größer 日本")], "text/plain", "größer 日本" },
        { "no-mark.txt", Encoding.Unicode.GetBytes("wide without a mark é"), "text/plain", "wide without a mark é" },
        { "no-mark-be.txt", Encoding.BigEndianUnicode.GetBytes("wide without a mark"), "text/plain", "wide without a mark" },
        { "utf32.txt", [0xFF, 0xFE, 0, 0, .. Encoding.UTF32.GetBytes("wider")], "text/plain", "wider" },
        { "a.TXT", [0xFF, 0xFE, .. Encoding.Unicode.GetBytes("wide")], "text/plain", "wide" },
        { "a.py", "print(1)"u8.ToArray(), "text/plain", "print(1)" },
        {
            "a.html",
            "<html><head><title>T</title><style>p{}</style></head><body><h1>Head</h1><p>One <b>two</b>\n three</p><script>alert(1)</script><ul><li>x<li>y</ul></body>"u8.ToArray(),
            "text/html",
            "Head\nOne two three\nx\ny"
        },
        { "a.docx", Documents.Word("First paragraph", "Second"), "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "First paragraph\nSecond" },
        { "a.xlsx", Documents.Sheet("Data", ["a", "b"], ["1", "2"]), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "# Data\na\tb\n1\t2" },
        { "a.pptx", Documents.Slides("Hello", "World"), "application/vnd.openxmlformats-officedocument.presentationml.presentation", "# Slide 1\nHello\n\n# Slide 2\nWorld" },
        { "a.pdf", Documents.Pdf("Hello from a page", "And another"), "application/pdf", "Hello from a page\n\nAnd another" },
        { "no ending", "words"u8.ToArray(), "text/plain", "words" },
    };

    [Theory]
    [MemberData(nameof(Samples))]
    public async Task Content_Document_IsItsTextAsJson(string name, byte[] file, string type, string text)
    {
        string id = (await FileRouteTests.UploadAsync(server.Client, file, name, "file-extract")).GetProperty("id").GetString()!;
        using HttpResponseMessage response = await server.Client.GetAsync(new Uri($"/v1/files/{id}/content", UriKind.Relative));
        Assert.Equal("text/plain; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        JsonElement content = await TestServer.JsonAsync(response);
        Assert.Equal(text, content.GetProperty("content").GetString());
        Assert.Equal((type, name, "file"), (
            content.GetProperty("file_type").GetString(), content.GetProperty("filename").GetString(), content.GetProperty("type").GetString()));
    }

    public static TheoryData<string, byte[], string> Refused => new()
    {
        { "blank.txt", "  \n\t "u8.ToArray(), "it holds no text" },
        { "mark.txt", [0xEF, 0xBB, 0xBF], "it holds no text" },
        { "blank.html", "<html><head><title>T</title></head><p> </p>"u8.ToArray(), "it holds no text" },
        { "blank.docx", Documents.Word(""), "it holds no text" },
        { "blank.xlsx", Documents.Sheet("Data", [""]), "it holds no text" },
        { "blank.pptx", Documents.Slides("", " "), "it holds no text" },
        { "blank.pdf", Documents.Pdf(" "), "its pages hold no text (text in pictures is not read)" },
        { "nothing.docx", [(byte)'P', (byte)'K', 5, 6, .. new byte[18]], "it is an archive that holds nothing" },
        { "words.docx", "plain words"u8.ToArray(), "its name ends in '.docx', but it is none: it is text/plain; charset=utf-8" },
        { "binary.txt", [.. Enumerable.Range(0, 256).Select(value => (byte)value)], "it is not text: it holds zero bytes" },
        { "binary2.txt", [0xE9, 0x07], "it is not text: neither valid UTF-8, nor UTF-16, nor Windows-1252 (byte 1 is 0x07)" },
        { "undefined.txt", [(byte)'a', 0x81], "it is not text: neither valid UTF-8, nor UTF-16, nor Windows-1252 (byte 1 is 0x81)" },
        { "cut.txt", [0xFF, 0xFE, (byte)'a'], "it is not text: it begins with the mark of utf-16 and is not valid in it" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task Extract_FileWithoutText_IsRefusedByName(string name, byte[] file, string problem) =>
        Assert.Equal(problem, await ProblemAsync(name, file));

    [Fact]
    public async Task Extract_ArchiveBomb_IsRefused() =>
        Assert.Equal("it unpacks to more than 300000000 bytes", await ProblemAsync("a.docx", Documents.Bomb(301)));

    [Fact]
    public async Task Extract_XmlWithEntities_IsRefused()
    {
        const string Bomb = """<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>&b;</w:t></w:r></w:p></w:body></w:document>""";
        Assert.StartsWith("it is damaged", await ProblemAsync("a.docx", Documents.WordOf(Bomb)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Extract_XmlWithAnExternalEntity_ReadsNoFile()
    {
        const string Thief = """<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/passwd">]><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>&a;</w:t></w:r></w:p></w:body></w:document>""";
        Assert.StartsWith("it is damaged", await ProblemAsync("a.docx", Documents.WordOf(Thief)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Extract_TextOverTheBound_IsRefusedNotCut() =>
        Assert.Equal("its text has more than 10000000 characters", await ProblemAsync("a.txt", Encoding.ASCII.GetBytes(new string('a', 10_000_001))));

    [Fact]
    public async Task Extract_DeeplyNestedPage_IsRead()
    {
        string page = string.Concat(Enumerable.Repeat("<div>", 20_000)) + "deep";
        (ExtractedText? found, string? problem) = await ExtractAsync("a.html", Encoding.ASCII.GetBytes(page));
        Assert.True(found is { Text: "deep" } || problem is not null, problem);
    }

    [Fact]
    public async Task Extract_MutatedDocuments_AreReadOrRefused()
    {
        string? given = Environment.GetEnvironmentVariable("BALTORO_TEST_SEED");
        int seed = given is null
            ? System.Security.Cryptography.RandomNumberGenerator.GetInt32(int.MaxValue)
            : int.Parse(given, System.Globalization.CultureInfo.InvariantCulture);
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed} (repeat with BALTORO_TEST_SEED={seed})");
        Random random = new(seed);
        (string Name, byte[] File)[] samples =
        [
            ("a.docx", Documents.Word("one", "two")), ("a.xlsx", Documents.Sheet("s", ["1"])), ("a.pptx", Documents.Slides("x")),
            ("a.pdf", Documents.Pdf("page")), ("a.html", "<p>a<table><tr><td>b"u8.ToArray()),
        ];
        int rounds = Environment.GetEnvironmentVariable("BALTORO_SOAK") == "1" ? 20_000 : 300;
        for (int i = 0; i < rounds; i++)
        {
            (string name, byte[] original) = samples[i % samples.Length];
            byte[] file = [.. original];
            for (int change = 0; change < 1 << random.Next(6); change++)
            {
                file[random.Next(file.Length)] = (byte)random.Next(256);
            }

            (ExtractedText? found, string? problem) = await ExtractAsync(name, file);
            Assert.True(found is null != problem is null, $"seed {seed}, round {i}");
        }
    }

    private static async Task<string> ProblemAsync(string name, byte[] file)
    {
        (ExtractedText? found, string? problem) = await ExtractAsync(name, file);
        Assert.Null(found);
        return problem ?? "";
    }

    private static async Task<(ExtractedText? Found, string? Problem)> ExtractAsync(string name, byte[] file)
    {
        using MemoryStream stream = new(file);
        return await new InProcessExtractor().ExtractAsync(stream, name, default);
    }
}
