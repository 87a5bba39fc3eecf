using System.Security.Cryptography;
using System.Text;
using Baltoro.Platform.Identity;

namespace Baltoro.Platform.Idempotency;

/// <summary>
/// Encrypts kept answers (AES-256-GCM) under a key made of the pepper and the caller's idempotency key, neither of which
/// is in the database: whoever has only the database reads no answer.
/// </summary>
internal sealed class ResponseSeal(KeyPepper pepper)
{
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    /// <summary>What the store finds the key by.</summary>
    public byte[] IdOf(string scope, string key) => pepper.Hash($"idempotency id\n{scope}\n{key}");

    /// <summary>Nonce, tag and cipher text.</summary>
    public byte[] Seal(string scope, string key, ReadOnlySpan<byte> content)
    {
        byte[] sealedBytes = new byte[NonceBytes + TagBytes + content.Length];
        Span<byte> nonce = sealedBytes.AsSpan(0, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using AesGcm cipher = Cipher(scope, key);
        cipher.Encrypt(nonce, content, sealedBytes.AsSpan(NonceBytes + TagBytes), sealedBytes.AsSpan(NonceBytes, TagBytes), Encoding.UTF8.GetBytes(scope));
        return sealedBytes;
    }

    /// <summary>The content.</summary>
    /// <exception cref="CryptographicException">It was changed, or sealed under another pepper.</exception>
    public byte[] Open(string scope, string key, ReadOnlySpan<byte> sealedBytes)
    {
        byte[] content = new byte[sealedBytes.Length - NonceBytes - TagBytes];
        using AesGcm cipher = Cipher(scope, key);
        cipher.Decrypt(
            sealedBytes[..NonceBytes], sealedBytes[(NonceBytes + TagBytes)..], sealedBytes.Slice(NonceBytes, TagBytes), content,
            Encoding.UTF8.GetBytes(scope));
        return content;
    }

    private AesGcm Cipher(string scope, string key) => new(pepper.Hash($"idempotency content\n{scope}\n{key}"), TagBytes);
}
