using Baltoro.Kimi.Media;
using Baltoro.Protocol.Errors;

namespace Baltoro.Server.Files;

/// <summary>Whether an uploaded picture or film is one that a message can refer to. Looks at its header only.</summary>
internal static class MediaUpload
{
    /// <summary>Enough for every header, with the largest colour profile and thumbnail before it.</summary>
    private const int HeaderBytes = 4 << 20;

    public static WireError? Check(Stream bytes, string purpose)
    {
        if (bytes.Length > MediaLimits.MaxEncodedBytes)
        {
            return WireError.Exact($"Invalid request: a file of purpose '{purpose}' has at most {MediaLimits.MaxEncodedBytes} bytes, found {bytes.Length}", "file");
        }

        byte[] start = new byte[Math.Min(bytes.Length, HeaderBytes)];
        bytes.Position = 0;
        bytes.ReadExactly(start);
        return ImageCheck.TryRead(start, purpose, out _) is { } problem
            ? WireError.Exact($"Invalid request: {problem.About("file")}", "file")
            : null;
    }
}
