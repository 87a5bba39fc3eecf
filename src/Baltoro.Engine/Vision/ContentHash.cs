using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Baltoro.Engine.Vision;

/// <summary>SHA-256 of an image's grid and patches: two images are the same for the engine if and only if their hashes are.</summary>
public readonly record struct ContentHash(ulong Part0, ulong Part1, ulong Part2, ulong Part3)
{
    /// <summary>The hash of patches[frames · rows · columns, width] in this grid.</summary>
    public static ContentHash Of(int frames, int rows, int columns, ReadOnlySpan<float> patches)
    {
        Span<byte> header = stackalloc byte[3 * sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(header, frames);
        BinaryPrimitives.WriteInt32LittleEndian(header[4..], rows);
        BinaryPrimitives.WriteInt32LittleEndian(header[8..], columns);
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(header);
        hash.AppendData(MemoryMarshal.AsBytes(patches));
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        hash.GetHashAndReset(digest);
        ReadOnlySpan<ulong> parts = MemoryMarshal.Cast<byte, ulong>(digest);
        return new ContentHash(parts[0], parts[1], parts[2], parts[3]);
    }
}
