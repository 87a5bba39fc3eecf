using System.Buffers.Binary;
using System.Security.Cryptography;
using Baltoro.Engine;
using Baltoro.Kimi.Conversation;

namespace Baltoro.Backends.Embedded;

/// <summary>Resolves sampling settings: what a request leaves open takes the model's default, an open seed a fresh one.</summary>
internal static class SamplingMapper
{
    /// <summary>Seed of a request's first choice; choice n uses this plus n.</summary>
    public static ulong FirstSeed(SamplingSettings settings)
    {
        if (settings.Seed is { } seed)
        {
            return unchecked((ulong)seed);
        }

        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        RandomNumberGenerator.Fill(bytes);
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }

    public static SamplingParams Resolve(SamplingSettings settings, GenerationDefaults defaults, ulong seed) => new()
    {
        Temperature = (float?)settings.Temperature ?? defaults.Temperature,
        TopP = AboveZero(settings.TopP) ?? defaults.TopP,
        TopK = settings.TopK ?? defaults.TopK,
        MinP = (float?)settings.MinP ?? 0,
        PresencePenalty = (float)settings.PresencePenalty,
        FrequencyPenalty = (float)settings.FrequencyPenalty,
        RepetitionPenalty = AboveZero(settings.RepetitionPenalty) ?? 1,
        LogitBias = settings.LogitBias.ToDictionary(b => b.Key, b => (float)b.Value),
        Seed = seed,
    };

    /// <summary>A positive setting too small for float32 stays positive.</summary>
    private static float? AboveZero(double? setting) => setting > 0 ? Math.Max((float)setting.Value, float.Epsilon) : (float?)setting;
}
