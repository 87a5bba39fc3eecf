using System.Security.Cryptography;
using System.Text;
using NSec.Cryptography;

namespace Baltoro.Platform.Receipts;

/// <summary>Checks signatures of receipts and roots.</summary>
public sealed class ReceiptPublicKey
{
    private const int IdBytes = 8;
    private const string PemEnd = "-----END PUBLIC KEY-----";
    private readonly PublicKey _key;

    internal ReceiptPublicKey(PublicKey key)
    {
        _key = key;
        Id = $"rk-{Convert.ToHexStringLower(SHA256.HashData(key.Export(KeyBlobFormat.RawPublicKey)).AsSpan(0, IdBytes))}";
    }

    /// <summary>Name of the key: a hash of it.</summary>
    public string Id { get; }

    /// <summary>SubjectPublicKeyInfo in PEM, as OpenSSL reads it.</summary>
    public string ToPem() => Encoding.ASCII.GetString(_key.Export(KeyBlobFormat.PkixPublicKeyText)).ReplaceLineEndings("\n").TrimEnd() + "\n";

    /// <summary>All keys of a PEM file, by id; null when any of them is not an Ed25519 public key or there is none.</summary>
    public static IReadOnlyDictionary<string, ReceiptPublicKey>? ReadPem(string text)
    {
        Dictionary<string, ReceiptPublicKey> keys = new(StringComparer.Ordinal);
        foreach (string part in text.Split(PemEnd, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (!PublicKey.TryImport(
                SignatureAlgorithm.Ed25519, Encoding.UTF8.GetBytes($"{part}\n{PemEnd}\n"), KeyBlobFormat.PkixPublicKeyText, out PublicKey? key)
                || key is null)
            {
                return null;
            }

            ReceiptPublicKey known = new(key);
            keys[known.Id] = known;
        }

        return keys.Count == 0 ? null : keys;
    }

    /// <summary>Whether this key signed exactly this text.</summary>
    public bool Verify(string text, ReadOnlySpan<byte> signature) =>
        signature.Length == SignatureAlgorithm.Ed25519.SignatureSize
        && SignatureAlgorithm.Ed25519.Verify(_key, Encoding.UTF8.GetBytes(text), signature);
}
