using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Baltoro.Kimi.Conversation;
using Baltoro.Server.Tests.Harness;
using Baltoro.Server.Tests.Media;
using Baltoro.Tests.Shared;

namespace Baltoro.Server.Tests.Files;

/// <summary>Upload, list, get, delete, content and every refusal, over the wire.</summary>
public class FileRouteTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task Upload_Picture_IsListedReadAndDeleted()
    {
        byte[] picture = PictureMaker.Png(4, 4);
        JsonElement file = await UploadAsync(server.Client, picture, "C:\\Bilder\\größe.png", "image");
        string id = file.GetProperty("id").GetString()!;
        Assert.Equal(
            $$"""{"id":"{{id}}","object":"file","bytes":{{picture.Length}},"created_at":{{file.GetProperty("created_at")}},"filename":"größe.png","purpose":"image","status":"ready","status_details":""}""",
            file.ToString().Replace("\\u00F6", "ö", StringComparison.Ordinal).Replace("\\u00DF", "ß", StringComparison.Ordinal));
        Assert.Equal(file.ToString(), (await GetAsync($"/v1/files/{id}")).ToString());
        JsonElement list = await GetAsync("/v1/files?purpose=image");
        Assert.Equal(("list", false), (list.GetProperty("object").GetString(), list.GetProperty("has_more").GetBoolean()));
        Assert.Contains(list.GetProperty("data").EnumerateArray(), entry => entry.GetProperty("id").GetString() == id);
        using HttpResponseMessage content = await server.Client.GetAsync(new Uri($"/v1/files/{id}/content", UriKind.Relative));
        Assert.Equal(picture, await content.Content.ReadAsByteArrayAsync());
        Assert.Equal("attachment", content.Content.Headers.ContentDisposition?.DispositionType);
        using HttpResponseMessage deleted = await server.Client.DeleteAsync(new Uri($"/v1/files/{id}", UriKind.Relative));
        Assert.Equal($$"""{"id":"{{id}}","object":"file","deleted":true}""", await deleted.Content.ReadAsStringAsync());
        foreach (string path in (string[])[$"/v1/files/{id}", $"/v1/files/{id}/content", "/v1/files/nothing", "/v1/files/..%2Fkey-pepper"])
        {
            using HttpResponseMessage gone = await server.Client.GetAsync(new Uri(path, UriKind.Relative));
            Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
        }

        using HttpResponseMessage again = await server.Client.DeleteAsync(new Uri($"/v1/files/{id}", UriKind.Relative));
        JsonElement error = (await TestServer.JsonAsync(again)).GetProperty("error");
        Assert.Equal("resource_not_found_error", error.GetProperty("type").GetString());
        Assert.Equal("file_not_found", error.GetProperty("code").GetString());
    }

    [Fact]
    public async Task Files_OfAnotherOrganization_DoNotExist()
    {
        string id = (await UploadAsync(server.Client, PictureMaker.Png(4, 4), "a.png", "image")).GetProperty("id").GetString()!;
        (_, HttpClient other) = await server.IssueAsync("tier1", "other-organization");
        using (other)
        {
            Assert.Equal(HttpStatusCode.NotFound, (await other.GetAsync(new Uri($"/v1/files/{id}", UriKind.Relative))).StatusCode);
            Assert.Equal(HttpStatusCode.NotFound, (await other.GetAsync(new Uri($"/v1/files/{id}/content", UriKind.Relative))).StatusCode);
            Assert.Equal(HttpStatusCode.NotFound, (await other.DeleteAsync(new Uri($"/v1/files/{id}", UriKind.Relative))).StatusCode);
            Assert.Equal("""{"object":"list","data":[],"has_more":false}""", await other.GetStringAsync(new Uri("/v1/files", UriKind.Relative)));
            server.Backend.TakesImages = true;
            string chat = ImageRequestTests.Body($$"""{"type":"image_url","image_url":"ms://{{id}}"}""");
            using StringContent body = new(chat, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
            using HttpResponseMessage refused = await other.PostAsync(new Uri("/v1/chat/completions", UriKind.Relative), body);
            await ImageRequestTests.AssertRefusedAsync(refused, "messages[0].content[1].image_url", "does not exist");
        }
    }

    [Fact]
    public async Task Chat_ReferenceToAFile_CarriesItsBytes()
    {
        server.Backend.TakesImages = server.Backend.TakesVideo = true;
        byte[] picture = PictureMaker.Png(4, 4);
        string image = (await UploadAsync(server.Client, picture, "a.png", "image")).GetProperty("id").GetString()!;
        string video = (await UploadAsync(server.Client, PictureMaker.Gif(4, 4, 10, 1, 2), "upload.gif", "video")).GetProperty("id").GetString()!;
        string parts = $$"""{"type":"image_url","image_url":{"url":"ms://{{image}}","id":"x"} },{"type":"video_url","video_url":{"url":"ms://{{video}}"} }""";
        using HttpResponseMessage response = await server.PostAsync(ImageRequestTests.Body(parts));
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        IReadOnlyList<ContentPart> content = server.Backend.Requests.Last().Messages[0].Content;
        Assert.Equal(picture, ((ContentPart.Image)content[1]).Value.Bytes.ToArray());
        Assert.Equal(2, ((ContentPart.Video)content[2]).Value.FrameCount);
        using HttpResponseMessage wrong = await server.PostAsync(ImageRequestTests.Body($$"""{"type":"image_url","image_url":"ms://{{video}}"}"""));
        await ImageRequestTests.AssertRefusedAsync(wrong, "messages[0].content[1].image_url", "of purpose 'video'; this part takes files of purpose 'image'");
    }

    [Theory]
    [InlineData("assistants", "a.txt", "x", "Invalid purpose: only 'file-extract', 'image', 'video', 'batch' accepted, found 'assistants'")]
    [InlineData(null, "a.txt", "x", "Invalid purpose: only 'file-extract', 'image', 'video', 'batch' accepted, found none")]
    [InlineData("batch", "a.txt", "", "File size is zero, please confirm and re-upload the file")]
    [InlineData("batch", null, "x", "it has no field file")]
    [InlineData("image", "a.png", "words", "unsupported image format: text/plain; charset=utf-8")]
    [InlineData("video", "a.gif", "\u0089PNG\r\n\u001a\n", "unsupported video format: image/png (file; accepted are animated gif and webp, and a list of pictures in a message)")]
    [InlineData("file-extract", "a.txt", " \n", "Failed to extract file: it holds no text")]
    [InlineData("video", "a.mp4", "\0\0\0\u0018ftypmp42....", "unsupported video format: video/mp4")]
    [InlineData("file-extract", "a.exe", "x", "Failed to extract file: files ending in '.exe' are not read")]
    [InlineData("file-extract", "a.txt", "a\0b", "Failed to extract file: it is not text")]
    [InlineData("file-extract", "a.pdf", "%PDF-1.4 nothing", "Failed to extract file: it is damaged")]
    public async Task Upload_ThatCannotBeTaken_IsRefusedByName(string? purpose, string? name, string body, string text)
    {
        using MultipartFormDataContent form = Form(Encoding.Latin1.GetBytes(body), name, purpose);
        using HttpResponseMessage response = await server.Client.PostAsync(new Uri("/v1/files", UriKind.Relative), form);
        JsonElement error = (await TestServer.JsonAsync(response)).GetProperty("error");
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains(text, error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Upload_TwoPurposes_IsRefused()
    {
        using MultipartFormDataContent form = Form("{}"u8.ToArray(), "a.jsonl", "batch");
        form.Add(new StringContent("image"), "purpose");
        using HttpResponseMessage response = await server.Client.PostAsync(new Uri("/v1/files", UriKind.Relative), form);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("it has more than one purpose", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v1/files?after=nope", "after must be the id of a file in the list, found 'nope'")]
    [InlineData("/v1/files?purpose=image&after=file-00000000000000000000000000000000", "after must be the id of a file in the list of purpose 'image', found 'file-0")]
    public async Task List_AfterAnUnknownFile_IsRefusedByName(string path, string text)
    {
        using HttpResponseMessage response = await server.Client.GetAsync(new Uri(path, UriKind.Relative));
        await ImageRequestTests.AssertRefusedAsync(response, "after", text);
    }

    [Fact]
    public async Task Chat_ListOfFrames_TakesUploadedPictures()
    {
        server.Backend.TakesImages = server.Backend.TakesVideo = true;
        string id = (await UploadAsync(server.Client, PictureMaker.Png(4, 4), "a.png", "image")).GetProperty("id").GetString()!;
        using HttpResponseMessage response = await server.PostAsync(
            ImageRequestTests.Body($$"""{"type":"video_url","video_url":{"url":["ms://{{id}}","ms://{{id}}"]} }"""));
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        Assert.Equal(2, ((ContentPart.Video)server.Backend.Requests.Last().Messages[0].Content[1]).Value.FrameCount);
        string text = (await UploadAsync(server.Client, "{}"u8.ToArray(), "a.jsonl", "batch")).GetProperty("id").GetString()!;
        using HttpResponseMessage wrong = await server.PostAsync(
            ImageRequestTests.Body($$"""{"type":"video_url","video_url":["ms://{{text}}"]}"""));
        await ImageRequestTests.AssertRefusedAsync(
            wrong, "messages[0].content[1].video_url[0]", "of purpose 'batch'; this part takes files of purpose 'image' or 'video'");
    }

    [Theory]
    [InlineData("application/json", "{}")]
    [InlineData("multipart/form-data", "x")]
    [InlineData("multipart/form-data; boundary=b", "x")]
    [InlineData("multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\nabc")]
    [InlineData("multipart/form-data; boundary=b", "--b\r\nnonsense\r\n\r\nabc\r\n--b--")]
    public async Task Upload_MalformedForm_Is400(string type, string body)
    {
        using ByteArrayContent content = new(Encoding.UTF8.GetBytes(body));
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        using HttpResponseMessage response = await server.Client.PostAsync(new Uri("/v1/files", UriKind.Relative), content);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task Upload_OverTheLimit_IsRefusedInThePlatformsWords()
    {
        using StreamContent big = new(new Zeros((100L << 20) + 1));
        using MultipartFormDataContent form = new() { { new StringContent("batch"), "purpose" }, { big, "file", "a.jsonl" } };
        using HttpResponseMessage response = await server.Client.PostAsync(new Uri("/v1/files", UriKind.Relative), form);
        JsonElement error = (await TestServer.JsonAsync(response)).GetProperty("error");
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("File size is too large, max file size is 100MB, please confirm and re-upload the file", error.GetProperty("message").GetString());
        Assert.Empty(Directory.GetFiles(Path.Combine(server.DataPath, "files"), "*.part"));
    }

    [Fact]
    public async Task List_Pages_FollowEachOther()
    {
        (_, HttpClient client) = await server.IssueAsync("tier1", "lister");
        using (client)
        {
            List<string> ids = [];
            for (int i = 0; i < 3; i++)
            {
                ids.Add((await UploadAsync(client, "{}"u8.ToArray(), $"{i}.jsonl", "batch")).GetProperty("id").GetString()!);
            }

            JsonElement first = JsonElement.Parse(await client.GetStringAsync(new Uri("/v1/files?limit=2&order=asc", UriKind.Relative)));
            string last = first.GetProperty("last_id").GetString()!;
            JsonElement second = JsonElement.Parse(await client.GetStringAsync(new Uri($"/v1/files?order=asc&after={last}", UriKind.Relative)));
            Assert.True(first.GetProperty("has_more").GetBoolean());
            Assert.False(second.GetProperty("has_more").GetBoolean());
            IEnumerable<string?> listed = first.GetProperty("data").EnumerateArray().Concat(second.GetProperty("data").EnumerateArray())
                .Select(file => file.GetProperty("id").GetString());
            Assert.Equal(ids.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
            using HttpResponseMessage wrong = await client.GetAsync(new Uri("/v1/files?limit=0", UriKind.Relative));
            Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        }
    }

    [Theory]
    [InlineData("POST", "/v1/files")]
    [InlineData("GET", "/v1/files")]
    [InlineData("GET", "/v1/files/file-00000000000000000000000000000000")]
    [InlineData("DELETE", "/v1/files/file-00000000000000000000000000000000")]
    [InlineData("GET", "/v1/files/file-00000000000000000000000000000000/content")]
    public async Task Files_WithoutAKey_Are401(string method, string path)
    {
        using HttpClient client = new() { BaseAddress = server.BaseUri };
        using HttpRequestMessage request = new(new HttpMethod(method), path);
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.SendAsync(request)).StatusCode);
    }

    internal static MultipartFormDataContent Form(byte[] file, string? name, string? purpose)
    {
        MultipartFormDataContent form = new();
        if (purpose is not null)
        {
            form.Add(new StringContent(purpose), "purpose");
        }

        if (name is not null)
        {
            form.Add(new ByteArrayContent(file), "file", name);
        }

        return form;
    }

    internal static async Task<JsonElement> UploadAsync(HttpClient client, byte[] file, string name, string purpose)
    {
        using MultipartFormDataContent form = Form(file, name, purpose);
        using HttpResponseMessage response = await client.PostAsync(new Uri("/v1/files", UriKind.Relative), form);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        return await TestServer.JsonAsync(response);
    }

    private async Task<JsonElement> GetAsync(string path)
    {
        using HttpResponseMessage response = await server.Client.GetAsync(new Uri(path, UriKind.Relative));
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        return await TestServer.JsonAsync(response);
    }
}
