using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Baltoro.Cli.Hub;

/// <summary>Speaks to a model hub (Hugging Face's layout). Safe for concurrent use.</summary>
internal sealed partial class HubClient : IDisposable
{
    private const int MostListingBytes = 64 << 20;

    private static readonly TimeSpan _answerLimit = TimeSpan.FromSeconds(60);

    private readonly HttpClient _http;
    private readonly Uri _root;

    /// <param name="url">Address of the hub.</param>
    /// <param name="token">Access token for closed repositories, or null. It is sent to the hub itself only, not to where it redirects.</param>
    public HubClient(Uri url, string? token)
    {
        _root = url;
        SocketsHttpHandler handler = new() { ConnectTimeout = TimeSpan.FromSeconds(20), MaxAutomaticRedirections = 5 };
        _http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan, MaxResponseContentBufferSize = MostListingBytes };
        _http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("baltoro", "1"));
        if (token is not null)
        {
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }
    }

    /// <summary>Whether <paramref name="id"/> is OWNER/NAME as hubs allow it.</summary>
    public static bool IsRepositoryId(string id) => RepositoryId().IsMatch(id) && !id.Contains("..", StringComparison.Ordinal);

    /// <summary>The files of <paramref name="id"/> at <paramref name="revision"/> (branch, tag or commit).</summary>
    /// <exception cref="HubException">It is not there, closed, or the hub cannot be reached.</exception>
    public async Task<HubRepository> ListAsync(string id, string revision, CancellationToken cancellationToken)
    {
        Uri uri = new(_root, $"api/models/{id}/revision/{Uri.EscapeDataString(revision)}?blobs=true");
        using HttpResponseMessage response = await SendAsync(uri, 0, cancellationToken).ConfigureAwait(false);
        try
        {
            byte[] body = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
            using JsonDocument document = JsonDocument.Parse(body);
            return HubListing.Read(id, document.RootElement);
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException)
        {
            throw new HubException($"{uri}: {fault.Message}", isTransient: true, fault);
        }
        catch (JsonException fault)
        {
            throw new HubException($"{uri}: expected JSON: {fault.Message}", inner: fault);
        }
    }

    /// <summary>
    /// The bytes of a file from <paramref name="offset"/> on. The caller disposes of the response; its status says whether
    /// the hub goes on there (206) or starts again (200).
    /// </summary>
    /// <exception cref="HubException">It is not there, or the hub cannot be reached.</exception>
    public Task<HttpResponseMessage> OpenAsync(HubRepository repository, HubFile file, long offset, CancellationToken cancellationToken)
    {
        string path = string.Join('/', file.Name.Split('/').Select(Uri.EscapeDataString));
        return SendAsync(new Uri(_root, $"{repository.Id}/resolve/{repository.Commit}/{path}"), offset, cancellationToken);
    }

    public void Dispose() => _http.Dispose();

    private async Task<HttpResponseMessage> SendAsync(Uri uri, long offset, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, uri);
        if (offset > 0)
        {
            request.Headers.Range = new RangeHeaderValue(offset, null);
        }

        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_answerLimit);
        HttpResponseMessage response;
        try
        {
            response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token).ConfigureAwait(false);
        }
        catch (HttpRequestException fault)
        {
            throw new HubException($"{uri}: {fault.Message}", isTransient: true, fault);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new HubException($"{uri}: no answer within {_answerLimit.TotalSeconds:F0} seconds", isTransient: true);
        }

        if (response.IsSuccessStatusCode || response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            return response;
        }

        using (response)
        {
            throw Refusal(uri, response.StatusCode);
        }
    }

    private static HubException Refusal(Uri uri, HttpStatusCode status) => status switch
    {
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden =>
            new HubException($"{uri}: the hub wants an access token (HF_TOKEN) that may read it, or has no such repository ({(int)status})"),
        HttpStatusCode.NotFound => new HubException($"{uri}: no such repository, revision or file (404)"),
        _ => new HubException($"{uri}: HTTP {(int)status}", isTransient: status == HttpStatusCode.TooManyRequests || (int)status >= 500),
    };

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9._-]{0,95}/[A-Za-z0-9][A-Za-z0-9._-]{0,95}$")]
    private static partial Regex RepositoryId();
}
