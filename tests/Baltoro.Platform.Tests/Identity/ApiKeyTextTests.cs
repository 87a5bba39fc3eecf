using Baltoro.Platform.Identity;
using CsCheck;

namespace Baltoro.Platform.Tests.Identity;

public class ApiKeyTextTests
{
    private static readonly Gen<byte[]> Secret = Gen.Byte.Array[32];

    [Fact]
    public void FromSecret_AnySecret_IsWellFormedAndOneToOne() => Gen.Select(Secret, Secret).Sample((first, second) =>
    {
        string key = ApiKeyText.FromSecret(first);
        Assert.Equal(ApiKeyText.Length, key.Length);
        Assert.Matches("^sk-[0-9A-Za-z]{49}$", key);
        Assert.True(ApiKeyText.IsWellFormed(key));
        Assert.Equal(first.AsSpan().SequenceEqual(second), key == ApiKeyText.FromSecret(second));
    });

    [Fact]
    public void IsWellFormed_OneCharacterChanged_IsRefused() =>
        Gen.Select(Secret, Gen.Int[0, ApiKeyText.Length - 1], Gen.Char['0', 'z']).Sample((secret, at, letter) =>
        {
            string key = ApiKeyText.FromSecret(secret);
            char[] changed = key.ToCharArray();
            changed[at] = letter;
            Assert.Equal(key[at] == letter, ApiKeyText.IsWellFormed(changed));
        });

    [Fact]
    public void FromSecret_AdminKind_IsWellFormedUnderItsOwnPrefixOnly() => Secret.Sample(secret =>
    {
        string key = ApiKeyText.FromSecret(secret, KeyKind.Admin);
        Assert.Matches("^sk-admin-[0-9A-Za-z]{49}$", key);
        Assert.True(ApiKeyText.IsWellFormed(key));
        Assert.False(ApiKeyText.IsWellFormed("sk-" + key[9..]));
        Assert.False(ApiKeyText.IsWellFormed("sk-admin-" + ApiKeyText.FromSecret(secret)[3..]));
    });

    [Theory]
    [InlineData("")]
    [InlineData("sk-")]
    [InlineData("your-kimi-api-key")]
    [InlineData("sk-000000000000000000000000000000000000000000000000é")]
    public void IsWellFormed_Junk_IsRefused(string text) => Assert.False(ApiKeyText.IsWellFormed(text));

    [Fact]
    public void Create_ManyKeys_AreDifferent() =>
        Assert.Equal(1_000, Enumerable.Range(0, 1_000).Select(_ => ApiKeyText.Create()).Distinct().Count());

    [Fact]
    public void Hash_DependsOnKeyAndPepper()
    {
        KeyPepper first = new(new byte[32]);
        KeyPepper second = new([.. Enumerable.Repeat((byte)1, 32)]);
        Assert.NotEqual(first.Hash("a"), first.Hash("b"));
        Assert.NotEqual(first.Hash("a"), second.Hash("a"));
        Assert.NotEqual(first.Fingerprint(), second.Fingerprint());
        Assert.Equal(first.Hash("a"), first.Hash("a"));
    }
}
