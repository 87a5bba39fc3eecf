using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Baltoro.Cli.Hub;

/// <summary>Hashes a file as the hub does, while it arrives: SHA-256 for large files, git's blob id for small ones.</summary>
internal sealed class ContentHash : IDisposable
{
    private readonly IncrementalHash? _hash;
    private readonly string? _expected;

    public ContentHash(HubFile file)
    {
        _expected = file.Sha256 ?? file.BlobId;
        if (file.Sha256 is not null)
        {
            _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        }
        else if (file.BlobId is not null)
        {
            _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
            _hash.AppendData(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"blob {file.SizeBytes}\0")));
        }
    }

    /// <summary>What was promised and what the bytes give, when they differ; null when they agree or nothing was promised.</summary>
    public (string Expected, string Found)? Mismatch()
    {
        if (_hash is null)
        {
            return null;
        }

        string found = Convert.ToHexStringLower(_hash.GetHashAndReset());
        return found == _expected ? null : (_expected!, found);
    }

    public void Append(ReadOnlySpan<byte> bytes) => _hash?.AppendData(bytes);

    public void Dispose() => _hash?.Dispose();
}
