using System.Net;
using Baltoro.Platform.Identity;
using CsCheck;

namespace Baltoro.Platform.Tests.Identity;

public sealed class NetworkListTests
{
    [Theory]
    [InlineData("10.0.0.0/8", "10.255.0.1", true)]
    [InlineData("10.0.0.0/8", "11.0.0.1", false)]
    [InlineData("10.0.0.0/8", "::ffff:10.1.2.3", true)]
    [InlineData("192.0.2.7", "192.0.2.7", true)]
    [InlineData("192.0.2.7", "192.0.2.8", false)]
    [InlineData("0.0.0.0/0", "203.0.113.9", true)]
    [InlineData("0.0.0.0/0", "2001:db8::1", false)]
    [InlineData("2001:db8::/32", "2001:db8:ffff::1", true)]
    [InlineData("2001:db8::/32", "2001:db9::1", false)]
    [InlineData("::1", "::1", true)]
    [InlineData("::1", "127.0.0.1", false)]
    public void Contains_NetworkAndAddress_AsWritten(string network, string address, bool contains) =>
        Assert.Equal(contains, NetworkList.TryParse([network], out _)!.Contains(IPAddress.Parse(address)));

    [Theory]
    [InlineData("")]
    [InlineData("everywhere")]
    [InlineData("10.0.0.0/33")]
    [InlineData("10.0.0.0/-1")]
    [InlineData("10.0.0.1/8")]
    [InlineData("1")]
    [InlineData("10.1")]
    [InlineData("::ffff:10.0.0.0/104")]
    [InlineData("::ffff:10.0.0.1")]
    [InlineData("10.0.0.0/8/8")]
    public void TryParse_WhatIsNoNetwork_IsRefusedWithWhatWasFound(string text)
    {
        Assert.Null(NetworkList.TryParse(["10.0.0.0/8", text], out string problem));
        Assert.StartsWith($"found '{text}', expected an address or a network", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void TryParse_TooMany_IsRefused() => Assert.Null(NetworkList.TryParse([.. Enumerable.Repeat("::1", 65)], out _));

    /// <summary>Against bits compared one by one.</summary>
    [Fact]
    public void Contains_AnyNetworkAndAddress_ComparesThePrefixBits() =>
        Gen.Select(Gen.Byte.Array[4], Gen.Byte.Array[4], Gen.Int[0, 32]).Sample((network, other, prefix) =>
        {
            byte[] address = [.. network.Select((value, index) => (byte)(value ^ (other[index] & other[(index + 1) % 4] & other[(index + 2) % 4])))];
            byte[] start = [.. network.Select((value, index) => (byte)(value & Mask(prefix - (8 * index))))];
            bool expected = Enumerable.Range(0, prefix).All(bit => Bit(network, bit) == Bit(address, bit));
            NetworkList list = NetworkList.TryParse([$"{new IPAddress(start)}/{prefix}"], out _)!;
            Assert.Equal(expected, list.Contains(new IPAddress(address)));
            Assert.Equal(list, NetworkList.TryParse(list.Texts, out _));
        });

    private static int Mask(int bits) => bits >= 8 ? 0xFF : bits <= 0 ? 0 : 0xFF << (8 - bits) & 0xFF;

    private static int Bit(byte[] bytes, int bit) => bytes[bit / 8] >> (7 - (bit % 8)) & 1;
}
