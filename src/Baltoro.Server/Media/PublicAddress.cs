using System.Net;
using System.Net.Sockets;

namespace Baltoro.Server.Media;

/// <summary>Which addresses of the internet are somebody's public server (IANA's special-purpose registries).</summary>
internal static class PublicAddress
{
    private static readonly IPNetwork[] _reservedV4 =
    [
        .. ((string[])
        [
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
            "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        ]).Select(IPNetwork.Parse),
    ];

    private static readonly IPNetwork _globalV6 = IPNetwork.Parse("2000::/3");

    // Inside the global range: documentation, and tunnels that carry another address in theirs.
    private static readonly IPNetwork[] _reservedV6 =
        [.. ((string[])["2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"]).Select(IPNetwork.Parse)];

    public static bool IsPublic(IPAddress address)
    {
        IPAddress plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return plain.AddressFamily switch
        {
            AddressFamily.InterNetwork => !_reservedV4.Any(network => network.Contains(plain)),
            AddressFamily.InterNetworkV6 => _globalV6.Contains(plain) && !_reservedV6.Any(network => network.Contains(plain)),
            _ => false,
        };
    }
}
