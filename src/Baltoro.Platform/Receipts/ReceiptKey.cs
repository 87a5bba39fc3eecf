using System.Text;
using NSec.Cryptography;

namespace Baltoro.Platform.Receipts;

/// <summary>The key that signs receipts and roots (Ed25519). It lives outside the database. Safe for concurrent use.</summary>
public sealed class ReceiptKey : IDisposable
{
    private readonly Key _key;

    private ReceiptKey(Key key)
    {
        _key = key;
        PublicKey = new ReceiptPublicKey(key.PublicKey);
    }

    /// <summary>What others check signatures with.</summary>
    public ReceiptPublicKey PublicKey { get; }

    /// <summary>A new key and its file: PKCS #8 in PEM, as OpenSSL reads it.</summary>
    public static byte[] CreateFile()
    {
        using Key key = Key.Create(
            SignatureAlgorithm.Ed25519, new KeyCreationParameters { ExportPolicy = KeyExportPolicies.AllowPlaintextArchiving });
        return key.Export(KeyBlobFormat.PkixPrivateKeyText);
    }

    /// <summary>Reads a key's file; null when it is none.</summary>
    public static ReceiptKey? Read(ReadOnlySpan<byte> file) =>
        Key.TryImport(SignatureAlgorithm.Ed25519, file, KeyBlobFormat.PkixPrivateKeyText, out Key? key) && key is not null
            ? new ReceiptKey(key)
            : null;

    /// <summary>Signature over the text's UTF-8 bytes; the same text gives the same signature.</summary>
    public byte[] Sign(string text) => SignatureAlgorithm.Ed25519.Sign(_key, Encoding.UTF8.GetBytes(text));

    /// <inheritdoc/>
    public void Dispose() => _key.Dispose();
}
