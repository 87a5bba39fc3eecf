using Baltoro.Protocol.Errors;
using Baltoro.Protocol.Json;

namespace Baltoro.Server.Mapping;

/// <summary>Errors about references to pictures.</summary>
internal static class MediaErrors
{
    /// <summary>A reference of a form that is not followed.</summary>
    public static WireError UnsupportedUrl(string path, string reference)
    {
        bool isWeb = reference.StartsWith("http:", StringComparison.OrdinalIgnoreCase) || reference.StartsWith("https:", StringComparison.OrdinalIgnoreCase);
        string advice = isWeb
            ? "this server does not fetch http(s) URLs; send a data URL or ms://<file_id>"
            : "expected a data URL or ms://<file_id>";
        return WireError.Exact($"Invalid request: unsupported image url: {path} is '{JsonDescription.Cut(reference)}'; {advice}", path);
    }

    /// <summary>A reference that could not be followed.</summary>
    public static WireError Unreachable(string path, string problem) =>
        WireError.Exact($"Invalid request: unsupported image url: {path} {problem}", path);
}
