using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Baltoro.Engine.Weights.Packed;

/// <summary>
/// Tells models apart without reading them whole: SHA-256 over size, time of the last change, the beginning (headers, configuration) and
/// samples spread over each file. It does not depend on where the files lie.
/// </summary>
internal static class ModelIdentity
{
    private const int HeadBytes = 256 << 10;
    private const int SampleBytes = 4096;
    private const int SampleCount = 64;

    /// <summary>The identity of the model in <paramref name="files"/>, 32 bytes.</summary>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static byte[] Of(IReadOnlyList<string> files)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[HeadBytes];
        foreach (string path in files)
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0);
            long length = file.Length;
            byte[] facts = new byte[16];
            BinaryPrimitives.WriteInt64LittleEndian(facts, length);
            BinaryPrimitives.WriteInt64LittleEndian(facts.AsSpan(8), File.GetLastWriteTimeUtc(file.SafeFileHandle).Ticks);
            hash.AppendData(facts);
            Add(hash, file, 0, buffer);
            long rest = length - HeadBytes - SampleBytes;
            for (int i = 1; i <= SampleCount && rest > 0; i++)
            {
                Add(hash, file, HeadBytes + (long)((Int128)rest * i / SampleCount), buffer.AsSpan(0, SampleBytes));
            }
        }

        return hash.GetHashAndReset();
    }

    private static void Add(IncrementalHash hash, FileStream file, long offset, Span<byte> buffer)
    {
        file.Position = offset;
        int count = file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        hash.AppendData(buffer[..count]);
    }
}
