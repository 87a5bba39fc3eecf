using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Baltoro.Tests.Shared;

namespace Baltoro.EndToEnd.Tests;

/// <summary>The built program with a model that sees: pictures from the command line, documents in a process of their own.</summary>
public sealed class SightProcessTests : IDisposable
{
    private readonly TempFolder _model = new();
    private readonly TempFolder _data = new();

    [Fact]
    public async Task Chat_Image_IsAnswered()
    {
        SeeingModel.Write(_model.Path);
        string picture = Path.Combine(_data.Path, "red.png");
        await File.WriteAllBytesAsync(picture, PictureMaker.Png(60, 40));
        string config = Path.Combine(_data.Path, "baltoro.json");
        await File.WriteAllTextAsync(config, JsonSerializer.Serialize(new { model = _model.Path, models = new Dictionary<string, object> { ["kimi-k2-5"] = new { max_output_tokens = 16, default_output_tokens = 16 } } }));
        (int code, string output) = await ServeProcess.RunAsync("chat", "--data", _data.Path, "--image", picture, "What is it?");
        Assert.Equal(0, code);
        Assert.NotEmpty(output);
    }

    [Fact]
    public async Task Serve_DocumentsAndABomb_AreReadOrRefusedAndTheServerLivesOn()
    {
        SeeingModel.Write(_model.Path);
        using ServeProcess serve = await ServeProcess.StartAsync(_data.Path, "http://127.0.0.1:0", _model.Path, new Dictionary<string, string>());
        using HttpClient client = new() { BaseAddress = new Uri(serve.Url), Timeout = TimeSpan.FromMinutes(3) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", serve.Key);
        JsonElement page = await UploadAsync(client, "<h1>Größe</h1>"u8.ToArray(), "a.html", HttpStatusCode.OK);
        string content = await client.GetStringAsync(new Uri($"/v1/files/{page.GetProperty("id").GetString()}/content", UriKind.Relative));
        Assert.Equal("Größe", JsonElement.Parse(content).GetProperty("content").GetString());
        JsonElement refused = await UploadAsync(client, Bomb(), "a.pdf", HttpStatusCode.BadRequest);
        Assert.StartsWith("Failed to extract file: it", refused.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.True((await client.GetAsync(new Uri("/v1/files", UriKind.Relative))).IsSuccessStatusCode);
        Assert.Equal(0, await serve.TerminateAsync());
        Assert.Empty(Directory.GetFiles(Path.Combine(_data.Path, "files"), "*.part"));
    }

    public void Dispose()
    {
        _model.Dispose();
        _data.Dispose();
    }

    /// <summary>A PDF with one page whose content unpacks to 1.5 GB of blanks.</summary>
    private static byte[] Bomb()
    {
        using MemoryStream packed = new();
        using (ZLibStream zlib = new(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            byte[] piece = new byte[1 << 20];
            Array.Fill(piece, (byte)' ');
            for (int i = 0; i < 1_500; i++)
            {
                zlib.Write(piece);
            }
        }

        using MemoryStream file = new();
        void Write(string text) => file.Write(System.Text.Encoding.Latin1.GetBytes(text));
        List<long> places = [];
        Write("%PDF-1.4\n");
        places.Add(file.Length);
        Write("1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n");
        places.Add(file.Length);
        Write("2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n");
        places.Add(file.Length);
        Write("3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 100]/Contents 4 0 R>>\nendobj\n");
        places.Add(file.Length);
        Write($"4 0 obj\n<</Length {packed.Length}/Filter/FlateDecode>>\nstream\n");
        packed.WriteTo(file);
        Write("\nendstream\nendobj\n");
        long table = file.Length;
        Write("xref\n0 5\n0000000000 65535 f \n");
        places.ForEach(place => Write($"{place:D10} 00000 n \n"));
        Write($"trailer\n<</Size 5/Root 1 0 R>>\nstartxref\n{table}\n%%EOF\n");
        return file.ToArray();
    }

    private static async Task<JsonElement> UploadAsync(HttpClient client, byte[] file, string name, HttpStatusCode status)
    {
        using MultipartFormDataContent form = new() { { new StringContent("file-extract"), "purpose" }, { new ByteArrayContent(file), "file", name } };
        using HttpResponseMessage response = await client.PostAsync(new Uri("/v1/files", UriKind.Relative), form);
        string body = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == status, body);
        return JsonElement.Parse(body);
    }
}
