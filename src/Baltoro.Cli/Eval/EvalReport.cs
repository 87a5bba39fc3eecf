using System.Globalization;
using System.Text;
using System.Text.Json;
using Baltoro.Cli.Client;
using Baltoro.Cli.Output;

namespace Baltoro.Cli.Eval;

/// <summary>Writes the figures as JSON for programs and as Markdown for people. Neither carries a clock: same model, same file.</summary>
internal sealed record EvalReport(
    string Model, string ServedBy, int Parallel, IReadOnlyList<SuiteScore> Scores, IReadOnlyList<EvalResult> Samples, IReadOnlyList<LossScore> Losses)
{
    private const int Digits = 4;

    public string ToJson() => JsonLine.Of(WriteJson, indented: true) + "\n";

    public string ToMarkdown()
    {
        StringBuilder text = new();
        text.AppendLine("# Evaluation").AppendLine();
        text.Append(CultureInfo.InvariantCulture, $"Model `{Model}`, answered by {ServedBy}, through the HTTP API; ");
        text.AppendLine(CultureInfo.InvariantCulture, $"temperature 0, one try per item, {Parallel} requests at a time.");
        text.AppendLine("The interval is Wilson's, 95 %. Items use wordings, values and names that training never shows.").AppendLine();
        text.AppendLine("| suite | items | correct | share | 95 % interval | mean prompt tokens |");
        text.AppendLine("|---|---:|---:|---:|---|---:|");
        foreach (SuiteScore score in Scores)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {score.Suite} | {score.Count} | {score.Correct} | {score.Share * 100:F1} % ");
            text.Append(CultureInfo.InvariantCulture, $"| {score.Low * 100:F1} – {score.High * 100:F1} % ");
            text.AppendLine(CultureInfo.InvariantCulture, $"| {score.MeanPromptTokens:F0} |");
        }

        if (Losses.Count > 0)
        {
            text.AppendLine().AppendLine("Held-out loss, straight from the engine:").AppendLine();
            text.AppendLine("| kind | tokens | nats per token | perplexity |").AppendLine("|---|---:|---:|---:|");
            foreach (LossScore loss in Losses)
            {
                text.AppendLine(CultureInfo.InvariantCulture, $"| {loss.Kind} | {loss.Tokens} | {loss.Loss:F4} | {loss.Perplexity:F2} |");
            }
        }

        text.AppendLine().AppendLine("## Samples, unedited");
        foreach (EvalResult sample in Samples)
        {
            AppendSample(text, sample);
        }

        return text.ToString().ReplaceLineEndings("\n");
    }

    private void WriteJson(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("model", Model);
        json.WriteString("served_by", ServedBy);
        json.WriteStartObject("settings");
        json.WriteNumber("temperature", EvalRunner.Temperature);
        json.WriteNumber("parallel", Parallel);
        json.WriteString("interval", "wilson 95 %");
        json.WriteEndObject();
        WriteLosses(json);
        json.WriteStartObject("suites");
        foreach (SuiteScore score in Scores)
        {
            json.WriteStartObject(score.Suite);
            json.WriteNumber("n", score.Count);
            json.WriteNumber("correct", score.Correct);
            json.WriteNumber("errors", score.Errors);
            json.WriteNumber("share", Math.Round(score.Share, Digits));
            json.WriteNumber("low", Math.Round(score.Low, Digits));
            json.WriteNumber("high", Math.Round(score.High, Digits));
            json.WriteNumber("mean_prompt_tokens", Math.Round(score.MeanPromptTokens, 1));
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private void WriteLosses(Utf8JsonWriter json)
    {
        json.WriteStartObject("held_out");
        foreach (LossScore loss in Losses)
        {
            json.WriteStartObject(loss.Kind);
            json.WriteNumber("tokens", loss.Tokens);
            json.WriteNumber("nats_per_token", Math.Round(loss.Loss, Digits));
            json.WriteNumber("perplexity", Math.Round(loss.Perplexity, Digits));
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void AppendSample(StringBuilder text, EvalResult sample)
    {
        text.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"### {sample.Row.Id}").AppendLine();
        foreach (JsonElement message in sample.Row.Messages.EnumerateArray())
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"**{message.GetProperty("role")}**").AppendLine();
            AppendQuoted(text, Shown(message));
        }

        if (sample.Row.Tools is { } tools)
        {
            IEnumerable<string?> names = tools.EnumerateArray().Select(tool => tool.GetProperty("function").GetProperty("name").GetString());
            text.AppendLine(CultureInfo.InvariantCulture, $"Tools: {string.Join(", ", names)}").AppendLine();
        }

        if (sample.Answer is not { } answer)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"**refused**: {sample.Problem}");
            return;
        }

        if (answer.Reasoning.Length > 0)
        {
            text.AppendLine("**assistant, thinking**").AppendLine();
            AppendQuoted(text, answer.Reasoning);
        }

        text.AppendLine(
            CultureInfo.InvariantCulture, $"**assistant** (finish: {answer.FinishReason}, {answer.CompletionTokens} tokens)").AppendLine();
        AppendQuoted(text, answer.Content);
        foreach (AnsweredCall call in answer.Calls)
        {
            AppendQuoted(text, $"`{call.Name}({call.Arguments})`");
        }
    }

    /// <summary>A message's text, with a word for each picture and a line for each call.</summary>
    private static string Shown(JsonElement message)
    {
        List<string> lines = [];
        JsonElement content = message.GetProperty("content");
        if (content.ValueKind == JsonValueKind.Array)
        {
            lines.AddRange(content.EnumerateArray().Select(part =>
                part.TryGetProperty("text", out JsonElement text) ? text.GetString() ?? "" : "[picture]"));
        }
        else
        {
            lines.Add(content.GetString() ?? "");
        }

        if (message.TryGetProperty("tool_calls", out JsonElement calls))
        {
            lines.AddRange(calls.EnumerateArray().Select(call => call.GetProperty("function")).Select(function =>
                $"`{function.GetProperty("name")}({function.GetProperty("arguments")})`"));
        }

        return string.Join("\n", lines.Where(line => line.Length > 0));
    }

    private static void AppendQuoted(StringBuilder text, string quoted)
    {
        foreach (string line in quoted.ReplaceLineEndings("\n").Split('\n'))
        {
            text.Append("> ").AppendLine(line);
        }

        text.AppendLine();
    }
}
