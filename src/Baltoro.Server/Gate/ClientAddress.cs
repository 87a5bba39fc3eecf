using System.Net;
using Baltoro.Platform.Identity;
using Microsoft.AspNetCore.Http;

namespace Baltoro.Server.Gate;

/// <summary>
/// Where a request comes from. X-Forwarded-For counts only when the connection itself comes from a proxy the operator named, and
/// then the last address that is no such proxy's: everything before it could be the client's own invention.
/// </summary>
internal static class ClientAddress
{
    private const string Header = "X-Forwarded-For";

    /// <summary>The address, or null when it is not known.</summary>
    public static IPAddress? Of(HttpContext context, NetworkList proxies)
    {
        IPAddress? address = context.Connection.RemoteIpAddress;
        if (address is null || !proxies.Contains(address))
        {
            return address;
        }

        string[] hops = context.Request.Headers[Header].ToString().Split(',', StringSplitOptions.TrimEntries);
        for (int i = hops.Length - 1; i >= 0; i--)
        {
            if (!IPAddress.TryParse(Host(hops[i]), out IPAddress? hop))
            {
                // What a believed proxy wrote and nobody understands is no address at all; never the proxy's own.
                return hops[i].Length == 0 && hops.Length == 1 ? address : null;
            }

            address = hop;
            if (!proxies.Contains(hop))
            {
                return hop;
            }
        }

        return address;
    }

    /// <summary>Some proxies write a port: <c>192.0.2.1:5000</c> or <c>[2001:db8::1]:5000</c>.</summary>
    private static string Host(string hop)
    {
        if (hop.StartsWith('['))
        {
            int end = hop.IndexOf(']', StringComparison.Ordinal);
            return end < 0 ? hop : hop[1..end];
        }

        int colon = hop.IndexOf(':', StringComparison.Ordinal);
        return colon >= 0 && colon == hop.LastIndexOf(':') ? hop[..colon] : hop;
    }
}
