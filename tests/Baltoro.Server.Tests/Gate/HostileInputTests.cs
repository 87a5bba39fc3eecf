using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Baltoro.Server.Gate;
using Baltoro.Server.Tests.Harness;

namespace Baltoro.Server.Tests.Gate;

/// <summary>Bodies and transfers nobody sends by accident: always a 4xx in the envelope, never a 5xx or a hang.</summary>
public class HostileInputTests(TestServer server) : IClassFixture<TestServer>
{
    [Theory]
    [InlineData("", "the body is empty")]
    [InlineData("   ", "not valid JSON")]
    [InlineData("{", "not valid JSON")]
    [InlineData("[]", "must be a JSON object, found an array of 0")]
    [InlineData("null", "must be a JSON object, found null")]
    [InlineData("\"x\"", "must be a JSON object, found string")]
    [InlineData("{\"temperature\":NaN}", "not valid JSON (line 1")]
    [InlineData("{\"temperature\":Infinity}", "not valid JSON")]
    [InlineData("{\"a\":1,}", "not valid JSON")]
    [InlineData("{'a':1}", "not valid JSON")]
    [InlineData("{\"a\":1} x", "not valid JSON")]
    [InlineData("{\"model\":\"kimi-k2-5\",\"model\":\"kimi-k2.5\"}", "model appears twice")]
    [InlineData("{\"m\\u006fdel\":\"kimi-k2-5\",\"model\":\"kimi-k2.5\"}", "model appears twice")]
    [InlineData("{\"messages\":[{},{\"role\":1,\"x\":{},\"role\":2}]}", "messages[1].role appears twice")]
    [InlineData("{\"tools\":[{\"function\":{\"parameters\":{\"properties\":{\"a\":{\"type\":\"string\",\"type\":\"null\"}}}}}]}", "tools[0].function.parameters.properties.a.type appears twice")]
    [InlineData("{\"metadata\":{\"a\":\"1\",\"b\":{},\"a\":\"2\"}}", "metadata.a appears twice")]
    [InlineData("{\"\\ud800\":1}", "unpaired surrogate")]
    public async Task Body_NotAProperObject_Is400(string body, string part)
    {
        using HttpResponseMessage response = await server.PostAsync(body);
        await AssertErrorAsync(response, 400, part);
    }

    [Fact]
    public async Task Body_InvalidUtf8_Is400()
    {
        byte[] body = [.. "{\"model\":\""u8, 0xC3, 0x28, .. "\"}"u8];
        using HttpResponseMessage response = await server.PostAsync(body);
        await AssertErrorAsync(response, 400, "not valid UTF-8");
    }

    [Theory]
    [InlineData('[', ']')]
    [InlineData('{', '}')]
    public async Task Body_DeeplyNested_Is400(char open, char close)
    {
        const int Depth = 100_000;
        string item = open == '{' ? "{\"a\":" : "[";
        string body = "{\"x\":" + string.Concat(Enumerable.Repeat(item, Depth)) + "1" + new string(close, Depth) + "}";
        using HttpResponseMessage response = await server.PostAsync(body);
        await AssertErrorAsync(response, 400, "nested deeper than 64 levels");
    }

    [Fact]
    public async Task Body_ByteOrderMarkAndOtherContentType_IsReadAsJson()
    {
        byte[] body = [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(TestServer.Body())];
        using HttpRequestMessage request = new(HttpMethod.Post, "/v1/chat/completions") { Content = new ByteArrayContent(body) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", "text/plain");
        using HttpResponseMessage response = await server.Client.SendAsync(request);
        Assert.Equal(200, (int)response.StatusCode);
    }

    [Fact]
    public async Task Body_Compressed_Is400ThatSaysSo()
    {
        using HttpRequestMessage request = new(HttpMethod.Post, "/v1/chat/completions") { Content = new ByteArrayContent([1, 2, 3]) };
        request.Content.Headers.ContentEncoding.Add("gzip");
        using HttpResponseMessage response = await server.Client.SendAsync(request);
        await AssertErrorAsync(response, 400, "Content-Encoding must be absent or identity, found 'gzip'");
    }

    [Fact]
    public async Task Body_IdentityCodingInOtherCase_IsAccepted()
    {
        using HttpRequestMessage request = new(HttpMethod.Post, "/v1/chat/completions") { Content = new StringContent(TestServer.Body()) };
        request.Content.Headers.ContentEncoding.Add("Identity");
        using HttpResponseMessage response = await server.Client.SendAsync(request);
        Assert.Equal(200, (int)response.StatusCode);
    }

    [Fact]
    public async Task Header_NotUtf8_DoesNotCostTheRequest()
    {
        string head = await SendRawAsync("GET /health/live HTTP/1.1\r\nHost: x\r\nX-Title: Caf\u00e9\r\n\r\n", Encoding.Latin1);
        Assert.Equal("HTTP/1.1 200 OK", head);
    }

    [Theory]
    [InlineData("FFFFFFFFFFFFFFFFFFFF\r\nx\r\n0\r\n\r\n")]
    [InlineData("7FFFFFFF1\r\nx\r\n0\r\n\r\n")]
    [InlineData("zz\r\nx\r\n0\r\n\r\n")]
    [InlineData("2\r\nabcdef\r\n0\r\n\r\n")]
    [InlineData("-1\r\nx\r\n0\r\n\r\n")]
    public async Task TransferEncoding_Malformed_Is400(string chunks)
    {
        string head = await SendRawAsync(
            $"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {server.Key}\r\nTransfer-Encoding: chunked\r\n\r\n{chunks}");
        Assert.StartsWith("HTTP/1.1 4", head, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HELLO\r\n\r\n", "400 Bad Request")]
    [InlineData("GET / HTTP/1.1\r\n\r\n", "400 Bad Request")]
    [InlineData("GET / HTTP/1.1\r\nHost: x\r\nBad Header\r\n\r\n", "400 Bad Request")]
    [InlineData("POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", "400 Bad Request")]
    [InlineData("GET /%00 HTTP/1.1\r\nHost: x\r\n\r\n", "400 Bad Request")]
    [InlineData("GET / HTTP/3.0\r\nHost: x\r\n\r\n", "505 HTTP Version Not Supported")]
    public async Task Message_ThatIsNotHttp_IsRefusedBare(string message, string status) =>
        Assert.Equal($"HTTP/1.1 {status}", await SendRawAsync(message));

    [Fact]
    public async Task Message_WithTooLongLineOrHeaders_IsRefusedBare()
    {
        Assert.Equal("HTTP/1.1 414 URI Too Long", await SendRawAsync($"GET /{new string('a', 10_000)} HTTP/1.1\r\nHost: x\r\n\r\n"));
        Assert.Equal(
            "HTTP/1.1 431 Request Header Fields Too Large",
            await SendRawAsync($"GET / HTTP/1.1\r\nHost: x\r\n{string.Concat(Enumerable.Range(0, 200).Select(i => $"x-{i}: a\r\n"))}\r\n"));
    }

    [Fact]
    public async Task Client_ThatClosesItsSendingSide_CountsAsGone()
    {
        await using TestServer other = await TestServer.StartAsync();
        other.Backend.PlayUntilCancelled(_ => Task.Delay(1));
        string body = TestServer.Body();
        string head = string.Create(
            CultureInfo.InvariantCulture,
            $"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {other.Key}\r\nContent-Length: {body.Length}\r\n\r\n{body}");
        using TcpClient tcp = new();
        await tcp.ConnectAsync(other.BaseUri.Host, other.BaseUri.Port);
        await tcp.GetStream().WriteAsync(Encoding.UTF8.GetBytes(head));
        for (int look = 0; look < 6_000 && other.Backend.Requests.IsEmpty; look++)
        {
            await Task.Delay(5);
        }

        tcp.Client.Shutdown(SocketShutdown.Send);
        Assert.Equal(RequestEnd.Cancelled, (await other.Settlement.NextAsync()).End);
    }

    [Fact]
    public async Task Body_LargerThanTheLimit_Is413InTheEnvelope()
    {
        await using TestServer small = await TestServer.StartAsync(options => options with { MaxBodyBytes = 2_000 });
        string big = TestServer.Body(more: $"\"user\":\"{new string('u', 3_000)}\"");
        using HttpResponseMessage announced = await small.PostAsync(big);
        await AssertErrorAsync(announced, 413, "at most 2000 bytes");
        using HttpRequestMessage chunked = new(HttpMethod.Post, "/v1/chat/completions") { Content = new StringContent(big) };
        chunked.Headers.TransferEncodingChunked = true;
        using HttpResponseMessage streamed = await small.Client.SendAsync(chunked);
        await AssertErrorAsync(streamed, 413, "at most 2000 bytes");
        using HttpResponseMessage fits = await small.PostAsync(TestServer.Body());
        Assert.Equal(200, (int)fits.StatusCode);
    }

    [Fact]
    public async Task Body_EndsEarly_DoesNotDisturbTheServer()
    {
        string body = TestServer.Body();
        string head = string.Create(
            CultureInfo.InvariantCulture,
            $"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {server.Key}\r\nContent-Length: {body.Length + 50}\r\n\r\n{body}");
        using (TcpClient tcp = new())
        {
            await tcp.ConnectAsync(server.BaseUri.Host, server.BaseUri.Port);
            await tcp.GetStream().WriteAsync(Encoding.UTF8.GetBytes(head));
        }

        using HttpResponseMessage response = await server.PostAsync(body);
        Assert.Equal(200, (int)response.StatusCode);
    }

    private async Task<string> SendRawAsync(string request, Encoding? encoding = null)
    {
        using TcpClient tcp = new();
        await tcp.ConnectAsync(server.BaseUri.Host, server.BaseUri.Port);
        await tcp.GetStream().WriteAsync((encoding ?? Encoding.UTF8).GetBytes(request));
        using StreamReader reader = new(tcp.GetStream());
        return await reader.ReadLineAsync() ?? "";
    }

    private static async Task AssertErrorAsync(HttpResponseMessage response, int status, string part)
    {
        string text = await response.Content.ReadAsStringAsync();
        Assert.Equal(status, (int)response.StatusCode);
        using JsonDocument document = JsonDocument.Parse(text);
        Assert.Contains(part, document.RootElement.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
    }
}
