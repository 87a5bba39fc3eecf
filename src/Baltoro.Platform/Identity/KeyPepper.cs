using System.Security.Cryptography;
using System.Text;

namespace Baltoro.Platform.Identity;

/// <summary>
/// The secret that hashes keys and lives outside the database: whoever has only the database can neither use its
/// hashes nor test guesses against them.
/// </summary>
public sealed class KeyPepper
{
    /// <summary>Bytes of a pepper.</summary>
    public const int SizeBytes = 32;

    private readonly byte[] _secret;

    /// <summary>Wraps a copy of <paramref name="secret"/>.</summary>
    public KeyPepper(ReadOnlySpan<byte> secret)
    {
        if (secret.Length != SizeBytes)
        {
            throw new ArgumentException($"a pepper has {SizeBytes} bytes, found {secret.Length}", nameof(secret));
        }

        _secret = secret.ToArray();
    }

    /// <summary>HMAC-SHA-256 of the key's text under this pepper: what the store keeps.</summary>
    public byte[] Hash(string key) => HMACSHA256.HashData(_secret, Encoding.UTF8.GetBytes(key));

    /// <summary>A value that tells whether a database was filled under this pepper, without revealing it.</summary>
    public byte[] Fingerprint() => HMACSHA256.HashData(_secret, "baltoro key pepper fingerprint"u8);
}
