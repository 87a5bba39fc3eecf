using System.Net;
using System.Net.Sockets;

namespace Baltoro.Platform.Identity;

/// <summary>Networks in CIDR notation, IPv4 and IPv6; an address alone is the network of itself. Immutable.</summary>
public sealed class NetworkList : IEquatable<NetworkList>
{
    /// <summary>Most networks one list may have.</summary>
    public const int MostNetworks = 64;

    private readonly IPNetwork[] _networks;

    private NetworkList(IPNetwork[] networks)
    {
        _networks = networks;
        Texts = [.. networks.Select(network => network.ToString())];
    }

    /// <summary>A list without networks.</summary>
    public static NetworkList Empty { get; } = new([]);

    /// <summary>Canonical texts.</summary>
    public IReadOnlyList<string> Texts { get; }

    public bool IsEmpty => _networks.Length == 0;

    /// <summary>Reads a list. A network whose address has bits beyond its prefix is refused rather than widened.</summary>
    public static NetworkList? TryParse(IReadOnlyList<string> texts, out string problem)
    {
        problem = "";
        if (texts.Count > MostNetworks)
        {
            problem = $"found {texts.Count} networks, allowed {MostNetworks}";
            return null;
        }

        List<IPNetwork> networks = [];
        foreach (string text in texts)
        {
            if (ParseOne(text) is not IPNetwork network)
            {
                problem = $"found '{text}', expected an address or a network such as 10.0.0.0/8 or 2001:db8::/32";
                return null;
            }

            networks.Add(network);
        }

        return new NetworkList([.. networks]);
    }

    /// <summary>Whether an address lies in one of the networks. An IPv4 address mapped into IPv6 counts as IPv4.</summary>
    public bool Contains(IPAddress address)
    {
        IPAddress plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return Array.Exists(_networks, network => network.Contains(plain));
    }

    /// <summary>Whether every address of this list is one of <paramref name="other"/>'s; an empty list stands for all addresses.</summary>
    public bool IsWithin(NetworkList other) => other.IsEmpty
        || (!IsEmpty && Array.TrueForAll(_networks, inner => Array.Exists(
            other._networks, outer => outer.PrefixLength <= inner.PrefixLength && outer.Contains(inner.BaseAddress))));

    public bool Equals(NetworkList? other) => other is not null && Texts.SequenceEqual(other.Texts);

    public override bool Equals(object? obj) => Equals(obj as NetworkList);

    public override int GetHashCode() => string.GetHashCode(ToString(), StringComparison.Ordinal);

    /// <summary>Canonical texts, separated by commas.</summary>
    public override string ToString() => string.Join(',', Texts);

    private static IPNetwork? ParseOne(string text)
    {
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash >= 0)
        {
            return IPNetwork.TryParse(text, out IPNetwork network) && IPAddress.TryParse(text.AsSpan(0, slash), out IPAddress? start)
                && start.Equals(network.BaseAddress) && !start.IsIPv4MappedToIPv6
                ? network
                : null;
        }

        // "1" and "010.1" are addresses to the parser, but never what somebody means.
        return IPAddress.TryParse(text, out IPAddress? address)
            && (address.AddressFamily == AddressFamily.InterNetworkV6 || text.Count(letter => letter == '.') == 3)
            && !address.IsIPv4MappedToIPv6
            ? new IPNetwork(address, address.AddressFamily == AddressFamily.InterNetworkV6 ? 128 : 32)
            : null;
    }
}
