using System.Text.Json;

namespace Baltoro.Kimi.Vision;

/// <summary>
/// Reads a model folder's <c>preprocessor_config.json</c>: Kimi K2.5's <c>media_proc_cfg</c>, or Kimi-VL's flat fields. What the
/// file leaves out keeps its published default.
/// </summary>
public static class VisionSettingsReader
{
    /// <summary>The file's name in a model folder.</summary>
    public const string FileName = "preprocessor_config.json";

    private const string Nested = "media_proc_cfg";
    private const int MaxFileBytes = 1_000_000;

    /// <summary>The settings in <paramref name="folder"/>, or the defaults of <paramref name="family"/> when it has no such file.</summary>
    /// <exception cref="VisionSettingsException">The file is garbled; the message names path, field, allowed and found.</exception>
    public static VisionSettings Load(string folder, VisionFamily family)
    {
        string path = Path.Combine(folder, FileName);
        VisionSettings defaults = family == VisionFamily.K25 ? new VisionSettings() : VisionSettings.KimiVl;
        if (!File.Exists(path))
        {
            return defaults;
        }

        long bytes = new FileInfo(path).Length;
        return bytes <= MaxFileBytes
            ? Read(File.ReadAllBytes(path), path, defaults)
            : throw new VisionSettingsException(path, "size", $"at most {MaxFileBytes} bytes", $"{bytes}");
    }

    private static VisionSettings Read(ReadOnlyMemory<byte> json, string path, VisionSettings defaults)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                throw new VisionSettingsException(path, "file", "a JSON object", $"{document.RootElement.ValueKind}");
            }

            bool nested = document.RootElement.TryGetProperty(Nested, out JsonElement inner);
            Fields fields = new(nested ? inner : document.RootElement, path);
            return defaults.Family == VisionFamily.K25 ? ReadK25(fields, defaults) : ReadKimiVl(fields, defaults);
        }
        catch (JsonException exception)
        {
            throw new VisionSettingsException(path, "file", "valid JSON", exception.Message);
        }
    }

    private static VisionSettings ReadK25(Fields fields, VisionSettings defaults)
    {
        fields.RequireNull("fixed_output_tokens");
        fields.RequireText("timestamp_mode", "hh:mm:ss.fff");
        return ReadShared(fields, defaults) with
        {
            PatchLimit = fields.Int("in_patch_limit") ?? defaults.PatchLimit,
            SideLimit = fields.Int("patch_limit_on_one_side") ?? defaults.SideLimit,
            FramePatchLimit = fields.Int("in_patch_limit_each_frame") ?? defaults.FramePatchLimit,
            VideoPatchLimit = fields.Int("in_patch_limit_video"),
            MaxVideoFrames = fields.Int("max_num_frames_each_video"),
            FramesPerChunk = fields.Int("temporal_merge_kernel_size") ?? defaults.FramesPerChunk,
            SampleFps = fields.Number("sample_fps") ?? defaults.SampleFps,
        };
    }

    private static VisionSettings ReadKimiVl(Fields fields, VisionSettings defaults) => ReadShared(fields, defaults) with
    {
        PatchLimit = fields.Int("in_token_limit") ?? defaults.PatchLimit,
        PadInput = fields.Bool("pad_input") ?? defaults.PadInput,
    };

    private static VisionSettings ReadShared(Fields fields, VisionSettings defaults) => defaults with
    {
        PatchSize = fields.Int("patch_size") ?? defaults.PatchSize,
        MergeSize = fields.Int("merge_kernel_size") ?? defaults.MergeSize,
        Mean = fields.Channels("image_mean", -10) ?? defaults.Mean,
        Deviation = fields.Channels("image_std", 0) ?? defaults.Deviation,
    };

    private sealed class Fields
    {
        private readonly JsonElement _object;
        private readonly string _path;

        public Fields(JsonElement element, string path)
        {
            _object = element.ValueKind == JsonValueKind.Object
                ? element
                : throw new VisionSettingsException(path, Nested, "a JSON object", element.ToString());
            _path = path;
        }

        /// <summary>An integer from 1 to 2^20, or a list of one such integer several times.</summary>
        public int? Int(string name)
        {
            if (Get(name) is not JsonElement element)
            {
                return null;
            }

            JsonElement[] items = element.ValueKind == JsonValueKind.Array ? [.. element.EnumerateArray()] : [element];
            int? found = null;
            foreach (JsonElement item in items)
            {
                bool fits = item.ValueKind == JsonValueKind.Number && item.TryGetInt32(out int value) && value is >= 1 and <= 1 << 20
                    && (found ??= value) == value;
                if (!fits)
                {
                    throw Wrong(name, "an integer from 1 to 1048576, equal in all directions", element);
                }
            }

            return found ?? throw Wrong(name, "an integer", element);
        }

        public double? Number(string name) => Get(name) switch
        {
            null => null,
            { ValueKind: JsonValueKind.Number } element when element.TryGetDouble(out double value) && value > 0 && double.IsFinite(value) => value,
            JsonElement element => throw Wrong(name, "a number above 0", element),
        };

        public bool? Bool(string name) => Get(name) switch
        {
            null => null,
            { ValueKind: JsonValueKind.True } => true,
            { ValueKind: JsonValueKind.False } => false,
            JsonElement element => throw Wrong(name, "true or false", element),
        };

        /// <summary>Three numbers above <paramref name="above"/> and up to 10.</summary>
        public float[]? Channels(string name, float above)
        {
            if (Get(name) is not JsonElement element)
            {
                return null;
            }

            float[] values = element.ValueKind == JsonValueKind.Array
                ? [.. element.EnumerateArray().Select(item => item.ValueKind == JsonValueKind.Number ? item.GetSingle() : float.NaN)]
                : [];
            return values.Length == 3 && values.All(value => value > above && value <= 10)
                ? values
                : throw Wrong(name, $"three numbers above {above} and up to 10", element);
        }

        public void RequireNull(string name)
        {
            if (Get(name) is JsonElement element)
            {
                throw Wrong(name, "null", element);
            }
        }

        public void RequireText(string name, string only)
        {
            if (Get(name) is JsonElement element && (element.ValueKind != JsonValueKind.String || element.GetString() != only))
            {
                throw Wrong(name, $"'{only}'", element);
            }
        }

        private JsonElement? Get(string name) =>
            _object.TryGetProperty(name, out JsonElement element) && element.ValueKind != JsonValueKind.Null ? element : null;

        private VisionSettingsException Wrong(string name, string allowed, JsonElement found) => new(_path, name, allowed, found.ToString());
    }
}
