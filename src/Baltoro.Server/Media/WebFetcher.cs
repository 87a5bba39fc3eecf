using System.Net;
using System.Net.Sockets;
using Baltoro.Kimi.Media;

namespace Baltoro.Server.Media;

/// <summary>
/// Fetches pictures from the web without becoming a way into this network: a name is resolved once, every address of it must
/// be public, and the connection goes to the address that was checked. No redirects, no proxy, no cookies, no credentials;
/// bytes, time and the number of fetches at once are bounded. Safe for concurrent use.
/// </summary>
internal sealed class WebFetcher : IDisposable
{
    private const int MaxAtOnce = 8;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly Func<IPAddress, bool> _isAllowed;
    private readonly HttpClient _client;
    private readonly SemaphoreSlim _slots = new(MaxAtOnce);

    public WebFetcher()
        : this(PublicAddress.IsPublic)
    {
    }

    /// <summary>With another rule for addresses, for tests against this machine.</summary>
    internal WebFetcher(Func<IPAddress, bool> isAllowed)
    {
        _isAllowed = isAllowed;
        _client = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            Credentials = null,
            PooledConnectionLifetime = TimeSpan.Zero,
            MaxResponseHeadersLength = 16,
            ConnectCallback = ConnectAsync,
        })
        {
            Timeout = Limit,
        };
    }

    /// <summary>The file, or what is wrong with the URL.</summary>
    public async ValueTask<(ReadOnlyMemory<byte> Bytes, string? Problem)> FetchAsync(Uri url, CancellationToken cancellationToken)
    {
        if (url.UserInfo.Length > 0)
        {
            return (default, "has credentials in its URL, which are not sent");
        }

        await _slots.WaitAsync(cancellationToken).ConfigureAwait(false);
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            using HttpResponseMessage response =
                await _client.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, limit.Token).ConfigureAwait(false);
            return response.StatusCode == HttpStatusCode.OK
                ? await ReadAsync(response, limit.Token).ConfigureAwait(false)
                : (default, $"was answered with status {(int)response.StatusCode}; expected 200, redirects are not followed");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (default, $"was not fetched within {Limit.TotalSeconds} seconds");
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException)
        {
            return (default, fault.InnerException is AddressRefusedException refused ? refused.Message : "cannot be fetched");
        }
        finally
        {
            _slots.Release();
        }
    }

    public void Dispose()
    {
        _client.Dispose();
        _slots.Dispose();
    }

    private static async ValueTask<(ReadOnlyMemory<byte> Bytes, string? Problem)> ReadAsync(
        HttpResponseMessage response, CancellationToken cancellationToken)
    {
        string tooLarge = $"has more than {MediaLimits.MaxEncodedBytes} bytes";
        if (response.Content.Headers.ContentLength > MediaLimits.MaxEncodedBytes)
        {
            return (default, tooLarge);
        }

        Stream body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using (body.ConfigureAwait(false))
        {
            using MemoryStream file = new();
            byte[] piece = new byte[64 * 1024];
            while (await body.ReadAsync(piece, cancellationToken).ConfigureAwait(false) is > 0 and int readBytes)
            {
                if (file.Length + readBytes > MediaLimits.MaxEncodedBytes)
                {
                    return (default, tooLarge);
                }

                file.Write(piece, 0, readBytes);
            }

            return (file.GetBuffer().AsMemory(0, (int)file.Length), null);
        }
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        string host = context.DnsEndPoint.Host;
        IPAddress[] addresses = await Dns.GetHostAddressesAsync(host, cancellationToken).ConfigureAwait(false);
        if (addresses.Length == 0 || !addresses.All(_isAllowed))
        {
            throw new AddressRefusedException("names a host whose address is not a public one");
        }

        Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, context.DnsEndPoint.Port, cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private sealed class AddressRefusedException(string message) : Exception(message);
}
