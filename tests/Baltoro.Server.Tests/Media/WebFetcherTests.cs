using System.Net;
using Baltoro.Server.Media;
using Baltoro.Server.Tests.Harness;
using Baltoro.Tests.Shared;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Baltoro.Server.Tests.Media;

public class WebFetcherTests
{
    private static readonly byte[] _png = PictureMaker.Png(3, 2);

    [Theory]
    [InlineData("8.8.8.8", true)]
    [InlineData("2606:4700::1111", true)]
    [InlineData("127.0.0.1", false)]
    [InlineData("10.1.2.3", false)]
    [InlineData("172.31.255.255", false)]
    [InlineData("192.168.0.1", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("::1", false)]
    [InlineData("::", false)]
    [InlineData("fe80::1", false)]
    [InlineData("fc00::1", false)]
    [InlineData("::ffff:127.0.0.1", false)]
    [InlineData("::ffff:8.8.8.8", true)]
    [InlineData("64:ff9b::7f00:1", false)]
    [InlineData("2002:7f00:1::", false)]
    [InlineData("2001:db8::1", false)]
    public void PublicAddress_Address_IsToldApart(string address, bool isPublic) =>
        Assert.Equal(isPublic, PublicAddress.IsPublic(IPAddress.Parse(address)));

    [Fact]
    public async Task Fetch_Answers_AreTakenOrRefusedByName()
    {
        await using WebApplication site = await SiteAsync();
        using WebFetcher fetcher = new(_ => true);
        Uri root = new(site.Urls.First());
        (ReadOnlyMemory<byte> bytes, string? problem) = await fetcher.FetchAsync(new Uri(root, "cat.png"), default);
        Assert.Null(problem);
        Assert.Equal(_png, bytes.ToArray());
        Assert.Equal("was answered with status 302; expected 200, redirects are not followed", (await fetcher.FetchAsync(new Uri(root, "moved"), default)).Problem);
        Assert.Equal("has more than 50000000 bytes", (await fetcher.FetchAsync(new Uri(root, "long"), default)).Problem);
        Assert.Equal("has more than 50000000 bytes", (await fetcher.FetchAsync(new Uri(root, "endless"), default)).Problem);
        Assert.Contains("status 404", (await fetcher.FetchAsync(new Uri(root, "none"), default)).Problem, StringComparison.Ordinal);
        Assert.Contains("credentials", (await fetcher.FetchAsync(new Uri("http://a:b@127.0.0.1/"), default)).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fetch_AddressOfThisMachine_IsRefusedWithoutAConnection()
    {
        await using WebApplication site = await SiteAsync();
        using WebFetcher fetcher = new();
        Uri root = new(site.Urls.First());
        const string Refused = "names a host whose address is not a public one";
        Assert.Equal(Refused, (await fetcher.FetchAsync(new Uri(root, "cat.png"), default)).Problem);
        Assert.Equal(Refused, (await fetcher.FetchAsync(new Uri($"http://localhost:{root.Port}/cat.png"), default)).Problem);
        Assert.Equal(Refused, (await fetcher.FetchAsync(new Uri($"http://2130706433:{root.Port}/cat.png"), default)).Problem);
        Assert.Equal(0, site.Services.GetRequiredService<Counter>().Requests);
    }

    [Fact]
    public async Task Image_WebUrlWhereFetchingIsOn_IsRefusedForItsAddress()
    {
        TestServer server = await TestServer.StartAsync(options => options with { FetchImages = true });
        await using (server)
        {
            server.Backend.TakesImages = true;
            using HttpResponseMessage response = await server.PostAsync(
                ImageRequestTests.Body("""{"type":"image_url","image_url":"http://169.254.169.254/latest/meta-data"}"""));
            await ImageRequestTests.AssertRefusedAsync(response, "messages[0].content[1].image_url", "names a host whose address is not a public one");
        }
    }

    private static async Task<WebApplication> SiteAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRoutingCore().AddSingleton<Counter>();
        WebApplication site = builder.Build();
        site.Use((HttpContext context, RequestDelegate next) =>
        {
            Interlocked.Increment(ref site.Services.GetRequiredService<Counter>().Requests);
            return next(context);
        });
        site.MapGet("/cat.png", (HttpContext context) => context.Response.Body.WriteAsync(_png).AsTask());
        site.MapGet("/moved", (HttpContext context) => context.Response.Redirect("/cat.png"));
        site.MapGet("/long", (HttpContext context) =>
        {
            context.Response.ContentLength = 50_000_001;
            return context.Response.StartAsync();
        });
        site.MapGet("/endless", async (HttpContext context) =>
        {
            byte[] piece = new byte[1 << 20];
            while (!context.RequestAborted.IsCancellationRequested)
            {
                await context.Response.Body.WriteAsync(piece);
            }
        });
        await site.StartAsync();
        return site;
    }

    private sealed class Counter
    {
        public int Requests;
    }
}
