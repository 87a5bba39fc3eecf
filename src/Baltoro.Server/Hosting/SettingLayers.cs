using System.Text.Json;

namespace Baltoro.Server.Hosting;

/// <summary>
/// Settings from command line, environment and file, strongest first. Each value remembers where it stood, so that an
/// error can name it.
/// </summary>
public sealed class SettingLayers
{
    /// <summary>Name of the file looked for in the data directory when none is named.</summary>
    public const string DefaultFileName = "baltoro.json";

    /// <summary>How settings are read: people write them by hand.</summary>
    internal static readonly JsonDocumentOptions Lenient = new()
    {
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
    };

    private readonly Dictionary<string, (string Value, string Source)> _values = new(StringComparer.Ordinal);

    /// <summary>Adds a layer; it does not override stronger ones.</summary>
    public void Add(IEnumerable<KeyValuePair<string, string>> values, Func<string, string> sourceOf)
    {
        foreach ((string name, string value) in values)
        {
            _values.TryAdd(name, (value, sourceOf(name)));
        }
    }

    /// <summary>Adds the settings found among the environment variables.</summary>
    public void AddEnvironment(Func<string, string?> variable)
    {
        foreach (string name in SettingName.All.Except([SettingName.Storage]).Concat(SettingName.InStorage))
        {
            if (variable(SettingName.VariableOf(name)) is { Length: > 0 } value)
            {
                _values.TryAdd(name, (value, SettingName.VariableOf(name)));
            }
        }
    }

    /// <summary>Adds the file's settings.</summary>
    /// <exception cref="StartFailure">Unreadable, not JSON, or a key that is not a setting.</exception>
    public void AddFile(string path)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path), Lenient);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                throw Fail($"settings file {path}: expected a JSON object");
            }

            foreach (JsonProperty member in document.RootElement.EnumerateObject())
            {
                if (member.Name == SettingName.Storage)
                {
                    AddStorage(path, member.Value);
                }
                else
                {
                    AddMember(path, member);
                }
            }
        }
        catch (JsonException fault)
        {
            throw Fail($"settings file {path}: not valid JSON (line {fault.LineNumber + 1})");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw Fail($"settings file {path}: cannot be read ({fault.Message})");
        }
    }

    /// <summary>The strongest value of a setting and where it stood, or null.</summary>
    public (string Value, string Source)? Find(string name) => _values.TryGetValue(name, out (string, string) found) ? found : null;

    private static StartFailure Fail(string message) => new(ExitCode.Settings, message);

    private void AddStorage(string path, JsonElement storage)
    {
        if (storage.ValueKind != JsonValueKind.Object)
        {
            throw Fail($"settings file {path}: key '{SettingName.Storage}' must be an object");
        }

        foreach (JsonProperty member in storage.EnumerateObject())
        {
            string source = $"key '{SettingName.Storage}.{member.Name}' in {path}";
            if (!SettingName.InStorage.Contains(member.Name))
            {
                throw Fail($"{source} is unknown; known keys: {string.Join(", ", SettingName.InStorage)}");
            }

            _values.TryAdd(member.Name, (member.Value.ValueKind == JsonValueKind.String
                ? member.Value.GetString() ?? ""
                : throw Fail($"{source} must be a string"), source));
        }
    }

    private void AddMember(string path, JsonProperty member)
    {
        if (!SettingName.All.Contains(member.Name))
        {
            throw Fail($"settings file {path}: unknown key '{member.Name}'; known keys: {string.Join(", ", SettingName.All)}");
        }

        string value = member.Value.ValueKind switch
        {
            JsonValueKind.String => member.Value.GetString() ?? "",
            JsonValueKind.Number => member.Value.GetRawText(),
            JsonValueKind.Object when member.Name is SettingName.Models or SettingName.Tiers => member.Value.GetRawText(),
            JsonValueKind.Array when member.Name is SettingName.Urls or SettingName.TrustedProxies =>
                string.Join(';', member.Value.EnumerateArray().Select(item => item.ToString())),
            _ => throw Fail($"settings file {path}: key '{member.Name}' must be a string or a number"),
        };
        _values.TryAdd(member.Name, (value, $"key '{member.Name}' in {path}"));
    }
}
