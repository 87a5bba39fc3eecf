using System.Text;
using System.Text.Json;
using Baltoro.Protocol.Errors;
using Baltoro.Protocol.Json;
using CsCheck;

namespace Baltoro.Protocol.Tests.Json;

public class JsonGuardTests
{
    /// <summary>Random bytes and random damage to a good body: an answer or a 400, never an exception.</summary>
    [Fact]
    public void TryParse_AnyBytes_NeverThrows()
    {
        byte[] good = """{"model":"kimi-k2-5","messages":[{"role":"user","content":"Hi \u00e4 😀"}],"stop":["a"],"temperature":1e0}"""u8.ToArray();
        Gen<byte[]> damaged = Gen.Select(Gen.Int[0, good.Length - 1], Gen.Byte, Gen.Int[0, good.Length]).Select((at, value, length) =>
        {
            byte[] copy = [.. good];
            copy[at] = value;
            return copy[..length];
        });
        Gen.OneOf(damaged, Gen.Byte.Array[0, 60]).Sample(body =>
        {
            WireError? error = JsonGuard.TryParse(body, out JsonDocument? document);
            using (document)
            {
                Assert.Equal(error is null, document is not null);
                Assert.True(error is null || error.Code == ErrorCode.InvalidRequest);
            }
        });
    }

    /// <summary>Any JSON value that .NET itself writes is accepted, whatever its shape.</summary>
    [Fact]
    public void TryParse_ProperObjects_AreAccepted() =>
        Gen.Select(Gen.String, Gen.Int, Gen.Double.Where(double.IsFinite)).Array[0, 8].Sample(members =>
        {
            Dictionary<string, object> value = [];
            foreach ((string name, int whole, double number) in members)
            {
                value[Sound(name)] = new object[] { whole, number, Sound(name) };
            }

            WireError? error = JsonGuard.TryParse(JsonSerializer.SerializeToUtf8Bytes(value), out JsonDocument? document);
            document?.Dispose();
            Assert.Null(error);
        });

    [Theory]
    [InlineData("""{"a":{"b":[1,{"c":1,"c":2}]}}""", "a.b[1].c")]
    [InlineData("""{"a":1,"b":2,"a":3}""", "a")]
    [InlineData("""{"":1,"x":{"y":1},"":3}""", "")]
    public void TryParse_RepeatedName_NamesItsPath(string body, string path)
    {
        WireError? error = JsonGuard.TryParse(Encoding.UTF8.GetBytes(body), out _);
        Assert.Equal(path, error?.Param == "the body" ? "" : error?.Param);
    }

    [Fact]
    public void TryParse_SameNameInSiblings_IsFine()
    {
        WireError? error = JsonGuard.TryParse("""{"a":{"x":1},"b":{"x":1},"c":[{"x":1},{"x":1}]}"""u8.ToArray(), out JsonDocument? document);
        document?.Dispose();
        Assert.Null(error);
    }

    [Theory]
    [InlineData(JsonGuard.MaxDepth - 1, true)]
    [InlineData(JsonGuard.MaxDepth, false)]
    public void TryParse_DepthAtTheLimit_IsExact(int arrays, bool isAccepted)
    {
        string body = "{\"a\":" + new string('[', arrays) + new string(']', arrays) + "}";
        WireError? error = JsonGuard.TryParse(Encoding.UTF8.GetBytes(body), out JsonDocument? document);
        document?.Dispose();
        Assert.Equal(isAccepted, error is null);
    }

    [Fact]
    public void TryParse_TooManyTokens_IsRefused()
    {
        string body = "{\"a\":[" + string.Join(',', Enumerable.Repeat("1", JsonGuard.MaxTokens)) + "]}";
        WireError? error = JsonGuard.TryParse(Encoding.UTF8.GetBytes(body), out _);
        Assert.Contains("more than 2000000 JSON tokens", error?.Message, StringComparison.Ordinal);
    }

    private static string Sound(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
}
