using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Baltoro.Cli.Admin;
using Baltoro.Server.Hosting;

namespace Baltoro.Cli.Client;

/// <summary>Speaks the admin API for commands.</summary>
internal sealed class AdminClient : IAdminDesk
{
    private const int PageLength = 500;
    private readonly HttpClient _http;

    /// <summary>A client of <paramref name="url"/> that holds an admin key.</summary>
    /// <exception cref="StartFailure">The URL is none.</exception>
    public AdminClient(string url, string key)
    {
        if (!Uri.TryCreate(url.TrimEnd('/'), UriKind.Absolute, out Uri? root) || root.Scheme is not ("http" or "https"))
        {
            throw new StartFailure(ExitCode.Usage, $"--url must be an address such as http://127.0.0.1:8080, found '{url}'");
        }

        _http = new HttpClient { BaseAddress = root };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    /// <summary>The server.</summary>
    public string Url => _http.BaseAddress?.ToString().TrimEnd('/') ?? "";

    /// <summary>Sends one request; <paramref name="path"/> starts behind <c>/admin/v1</c>.</summary>
    /// <exception cref="StartFailure">The server refused it or cannot be reached; the message says what it said.</exception>
    public async Task<JsonElement> SendAsync(HttpMethod method, string path, string? body, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = new(method, $"/admin/v1{path}");
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        try
        {
            using HttpResponseMessage response = await _http.SendAsync(request, cancellationToken).ConfigureAwait(false);
            byte[] bytes = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
            using JsonDocument document = JsonDocument.Parse(bytes);
            JsonElement root = document.RootElement.Clone();
            return response.IsSuccessStatusCode
                ? root
                : throw new StartFailure(ExitCode.Failure, $"{_http.BaseAddress} answered {(int)response.StatusCode}: {MessageOf(root)}");
        }
        catch (HttpRequestException fault)
        {
            throw new StartFailure(ExitCode.Failure, $"{_http.BaseAddress} cannot be reached: {fault.Message}", fault);
        }
        catch (JsonException fault)
        {
            throw new StartFailure(ExitCode.Failure, $"{_http.BaseAddress} answered something that is not JSON; is it a Baltoro server?", fault);
        }
    }

    /// <summary>All entries of a list, page after page.</summary>
    public async Task<IReadOnlyList<JsonElement>> ListAsync(string path, CancellationToken cancellationToken)
    {
        List<JsonElement> entries = [];
        char mark = path.Contains('?', StringComparison.Ordinal) ? '&' : '?';
        string after = "";
        while (true)
        {
            JsonElement page = await SendAsync(HttpMethod.Get, $"{path}{mark}limit={PageLength}{after}", null, cancellationToken).ConfigureAwait(false);
            entries.AddRange(page.GetProperty("data").EnumerateArray());
            if (!page.GetProperty("has_more").GetBoolean())
            {
                return entries;
            }

            after = $"&after={Uri.EscapeDataString(page.GetProperty("last_id").GetString() ?? "")}";
        }
    }

    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        return ValueTask.CompletedTask;
    }

    private static string MessageOf(JsonElement root) =>
        root.ValueKind == JsonValueKind.Object && root.TryGetProperty("error", out JsonElement error)
            && error.TryGetProperty("message", out JsonElement message)
            ? message.GetString() ?? ""
            : "no error envelope";
}
