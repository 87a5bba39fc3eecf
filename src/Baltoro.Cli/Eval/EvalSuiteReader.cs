using System.Text.Json;
using Baltoro.Cli.Eval.Checks;
using Baltoro.Server.Hosting;

namespace Baltoro.Cli.Eval;

/// <summary>Reads the suite files of a folder; an error names file, line and member.</summary>
internal static class EvalSuiteReader
{
    /// <summary>Answers that are shown, not judged.</summary>
    public const string SamplesFile = "samples.jsonl";

    /// <summary>Texts for the loss, which needs the engine and not the API.</summary>
    public const string HeldOutFile = "heldout.jsonl";

    /// <summary>Every judged row, in order of file and line.</summary>
    public static IReadOnlyList<EvalRow> ReadSuites(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw Fail($"suite folder {folder}: expected a folder, found none");
        }

        List<EvalRow> rows = [];
        foreach (string file in Directory.EnumerateFiles(folder, "*.jsonl").Order(StringComparer.Ordinal))
        {
            if (Path.GetFileName(file) is not (SamplesFile or HeldOutFile))
            {
                rows.AddRange(ReadFile(file, isJudged: true));
            }
        }

        return rows.Count > 0 ? rows : throw Fail($"suite folder {folder}: expected at least one row in *.jsonl, found none");
    }

    /// <summary>Rows of samples.jsonl; none when there is no such file.</summary>
    public static IReadOnlyList<EvalRow> ReadSamples(string folder)
    {
        string file = Path.Combine(folder, SamplesFile);
        return File.Exists(file) ? [.. ReadFile(file, isJudged: false)] : [];
    }

    private static IEnumerable<EvalRow> ReadFile(string file, bool isJudged)
    {
        int line = 0;
        foreach (string text in File.ReadLines(file))
        {
            line++;
            if (text.Trim().Length > 0)
            {
                yield return ReadRow(text, isJudged, $"{file}:{line}");
            }
        }
    }

    private static EvalRow ReadRow(string text, bool isJudged, string place)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            JsonElement row = document.RootElement;
            return new EvalRow(
                row.GetProperty("id").GetString() ?? "",
                isJudged ? row.GetProperty("suite").GetString() ?? "" : "samples",
                row.GetProperty("messages").Clone(),
                row.GetProperty("thinking").GetBoolean(),
                row.GetProperty("max_tokens").GetInt32(),
                isJudged ? ReadCheck(row.GetProperty("check"), place) : null)
            {
                Tools = row.TryGetProperty("tools", out JsonElement tools) ? tools.Clone() : null,
            };
        }
        catch (JsonException)
        {
            throw Fail($"{place}: not valid JSON");
        }
        catch (Exception fault) when (fault is KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw Fail(
                $"{place}: expected the members id, suite, messages, thinking (boolean), max_tokens (number) and check ({fault.Message})");
        }
    }

    private static EvalCheck ReadCheck(JsonElement check, string place) => check.GetProperty("type").GetString() switch
    {
        "exact" => new EvalCheck.Exact(check.GetProperty("value").GetString() ?? ""),
        "contains_all" => new EvalCheck.ContainsAll(Strings(check.GetProperty("values"))),
        "contains_any" => new EvalCheck.ContainsAny(Strings(check.GetProperty("values"))),
        "number" => new EvalCheck.Number(check.GetProperty("value").GetDouble()),
        "sensible" => new EvalCheck.Sensible(
            check.GetProperty("min_words").GetInt32(),
            check.GetProperty("max_words").GetInt32(),
            Strings(check.GetProperty("any")),
            check.GetProperty("max_repeat").GetInt32()),
        "format" => new EvalCheck.Format(),
        "json_object" => new EvalCheck.JsonObject(),
        "json_fields" => new EvalCheck.JsonFields(check.GetProperty("value").Clone()),
        "tool_name" => new EvalCheck.ToolName(check.GetProperty("value").GetString() ?? ""),
        "tool_call_exact" => new EvalCheck.ToolCallExact([.. check.GetProperty("calls").EnumerateArray().Select(ReadCall)]),
        "no_tool_call" => new EvalCheck.NoToolCall(),
        "asks_for" or "tells" => new EvalCheck.SaysWithoutCall(Strings(check.GetProperty("values"))),
        string other => throw Fail(
            $"{place}: check.type must be exact, contains_all, contains_any, number, sensible, format, json_object, "
            + $"json_fields, tool_name, tool_call_exact, no_tool_call, asks_for or tells, found '{other}'"),
        null => throw Fail($"{place}: check.type must be a string"),
    };

    private static EvalCheck.WantedCall ReadCall(JsonElement call) =>
        new(call.GetProperty("name").GetString() ?? "", call.GetProperty("arguments").Clone());

    private static string[] Strings(JsonElement array) => [.. array.EnumerateArray().Select(item => item.GetString() ?? "")];

    private static StartFailure Fail(string message) => new(ExitCode.Usage, message);
}
