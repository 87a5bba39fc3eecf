using System.Globalization;
using System.Text;
using Baltoro.Kimi.Cards;
using Baltoro.Protocol.Errors;
using Baltoro.Protocol.Json;

namespace Baltoro.Server.Mapping;

/// <summary>Number and size of stop texts; sizes are bytes of UTF-8.</summary>
internal static class StopRules
{
    private const int PlatformMaxTexts = 5;
    private const int PlatformMaxBytes = 32;
    private const int SeedMaxTexts = 16;
    private const int SeedMaxBytes = 256;

    public static WireError? Check(IReadOnlyList<string>? stop, CardProfile profile)
    {
        (int maxTexts, int maxBytes) = profile switch
        {
            CardProfile.Platform => (PlatformMaxTexts, PlatformMaxBytes),
            CardProfile.Seed => (SeedMaxTexts, SeedMaxBytes),
            _ => throw new InvalidOperationException($"unknown profile {profile}"),
        };
        if (stop is null)
        {
            return null;
        }

        if (stop.Count > maxTexts)
        {
            return WireError.Field("stop", $"must have at most {maxTexts} strings, found {stop.Count}");
        }

        for (int i = 0; i < stop.Count; i++)
        {
            int bytes = Encoding.UTF8.GetByteCount(stop[i]);
            if (bytes == 0 || bytes > maxBytes)
            {
                return WireError.Field(
                    $"stop[{i}]",
                    $"must have 1 to {maxBytes} bytes, found {bytes.ToString(CultureInfo.InvariantCulture)} "
                    + $"('{JsonDescription.Cut(stop[i])}')");
            }
        }

        return null;
    }
}
