using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Baltoro.Protocol.Errors;
using Baltoro.Protocol.Json;

namespace Baltoro.Protocol.Media;

/// <summary>
/// Reads the picture or film of a content part. Pictures are counted before any is decoded; data URLs are decoded from the
/// body's own bytes, never by way of a string.
/// </summary>
internal sealed class MediaReader(ReadProblem problem)
{
    private const string Details = "'auto', 'low', 'high'";
    private const int ShortestBase64Chars = 16;

    private int _sources;

    /// <summary>The value of member <paramref name="name"/> of a part: a URL, or an object with <c>url</c>.</summary>
    public WireMedia? Read(JsonFields part, string name)
    {
        string path = part.PathOf(name);
        if (part.Any(name) is not { } value)
        {
            problem.Report(WireError.Field(path, "is required and must be a URL or an object with url"));
            return null;
        }

        return value.ValueKind switch
        {
            JsonValueKind.String => Single(value, path),
            JsonValueKind.Object => ReadObject(new JsonFields(value, path, problem), path),
            JsonValueKind.Array when name == "video_url" => Frames(value, path, null),
            _ => Refuse(value, path),
        };
    }

    private WireMedia? ReadObject(JsonFields fields, string path)
    {
        if (fields.String("detail") is { } detail && detail is not ("auto" or "low" or "high"))
        {
            problem.Report(WireError.Field(fields.PathOf("detail"), $"must be one of {Details}, found '{JsonDescription.Cut(detail)}'"));
            return null;
        }

        double? rate = fields.Number("fps");
        if (rate is { } sent && sent is not (> 0 and <= 1_000))
        {
            problem.Report(WireError.Field(fields.PathOf("fps"), $"must be over 0 and at most 1000, found {sent:R}"));
            return null;
        }

        bool isVideo = path.EndsWith("video_url", StringComparison.Ordinal);
        if (fields.Any("url") is not { } url)
        {
            problem.Report(WireError.Field(fields.PathOf("url"), "is required and must be a string"));
            return null;
        }

        return url.ValueKind switch
        {
            JsonValueKind.String => Single(url, path),
            JsonValueKind.Array when isVideo => Frames(url, path, rate),
            _ => Refuse(url, fields.PathOf("url")),
        };
    }

    private WireMedia? Single(JsonElement url, string path) =>
        Source(url, path) is { } source ? new WireMedia { Path = path, Sources = [source] } : null;

    private WireMedia? Frames(JsonElement array, string path, double? rate)
    {
        List<WireMediaSource> frames = [];
        foreach (JsonElement item in array.EnumerateArray())
        {
            string itemPath = JsonPath.Item(path, frames.Count);
            if (item.ValueKind != JsonValueKind.String)
            {
                return Refuse(item, itemPath);
            }

            if (Source(item, itemPath) is not { } frame)
            {
                return null;
            }

            frames.Add(frame);
        }

        if (frames.Count == 0)
        {
            problem.Report(WireError.Field(path, "must hold at least one frame"));
            return null;
        }

        return new WireMedia { Path = path, Sources = frames, IsFrameList = true, FramesPerSecond = rate };
    }

    private WireMediaSource? Source(JsonElement url, string path)
    {
        if (problem.First is not null)
        {
            return null;
        }

        if (++_sources > WireMediaLimits.MaxSources)
        {
            problem.Report(WireError.Field(path, $"is one picture too many: a request has at most {WireMediaLimits.MaxSources} pictures and frames"));
            return null;
        }

        ReadOnlySpan<byte> text = Unescape(JsonMarshal.GetRawUtf8Value(url));
        bool isData = DataUrl.IsDataUrl(text);
        if (!isData && (text.Length < ShortestBase64Chars || text.IndexOf("://"u8) >= 0))
        {
            return Reference(text, path);
        }

        if (DataUrl.MaxBytesOf(text) > WireMediaLimits.MaxSourceBytes + 3L + 1_024)
        {
            problem.Report(WireError.Field(path, $"has more than {WireMediaLimits.MaxSourceBytes} bytes; larger ones are refused"));
            return null;
        }

        if (isData ? DataUrl.TryRead(text, out byte[] bytes) : DataUrl.TryDecode(text, out bytes))
        {
            return new WireMediaSource(path, bytes, null);
        }

        if (!isData)
        {
            return Reference(text, path);
        }

        problem.Report(WireError.Exact($"Invalid request: unsupported image url: {path} is a data URL whose data is not base64", path));
        return null;
    }

    private WireMediaSource? Reference(ReadOnlySpan<byte> text, string path)
    {
        if (text.Length > WireMediaLimits.MaxReferenceChars)
        {
            problem.Report(WireError.Exact(
                $"Invalid request: unsupported image url: {path} is neither a data URL nor a reference of at most {WireMediaLimits.MaxReferenceChars} bytes", path));
            return null;
        }

        return new WireMediaSource(path, default, Encoding.UTF8.GetString(text).Trim());
    }

    private WireMedia? Refuse(JsonElement found, string path)
    {
        problem.Expected(path, "a URL or an object with url", found);
        return null;
    }

    /// <summary>The text of a JSON string given with its quotes; a copy is made only where something is escaped.</summary>
    private static ReadOnlySpan<byte> Unescape(ReadOnlySpan<byte> raw)
    {
        ReadOnlySpan<byte> inner = raw[1..^1];
        if (!inner.Contains((byte)'\\'))
        {
            return inner;
        }

        Utf8JsonReader reader = new(raw);
        reader.Read();
        byte[] text = new byte[raw.Length];
        try
        {
            return text.AsSpan(0, reader.CopyString(text));
        }
        catch (InvalidOperationException)
        {
            // An unpaired surrogate escape: no URL has one, so it is read as none.
            return [];
        }
    }
}
