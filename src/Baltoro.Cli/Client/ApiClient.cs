using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Baltoro.Cli.Output;

namespace Baltoro.Cli.Client;

/// <summary>Speaks the HTTP API for commands. Safe for concurrent use.</summary>
internal sealed class ApiClient : IDisposable
{
    private readonly HttpClient _http;

    /// <summary>A client of <paramref name="url"/> (with or without <c>/v1</c>) that holds <paramref name="key"/>.</summary>
    public ApiClient(string url, string key)
    {
        string root = url.TrimEnd('/');
        root = root.EndsWith("/v1", StringComparison.Ordinal) ? root[..^3] : root;
        _http = new HttpClient { BaseAddress = new Uri(root), Timeout = Timeout.InfiniteTimeSpan };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    /// <summary>What really answers <paramref name="model"/>, as the server states it; null when it does not say.</summary>
    public async Task<string?> ServedByAsync(string model, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response =
            await _http.GetAsync($"/v1/models/{Uri.EscapeDataString(model)}", cancellationToken).ConfigureAwait(false);
        JsonElement entry = await ReadAsync(response, cancellationToken).ConfigureAwait(false);
        return entry.TryGetProperty("served_by", out JsonElement name) ? name.GetString() : null;
    }

    /// <summary>Sends one request and waits for its whole answer.</summary>
    /// <exception cref="ApiException">The API refused it.</exception>
    public async Task<ChatAnswer> ChatAsync(ChatCall call, CancellationToken cancellationToken)
    {
        string body = JsonLine.Of(json =>
        {
            json.WriteStartObject();
            json.WriteString("model", call.Model);
            json.WritePropertyName("messages");
            call.Messages.WriteTo(json);
            json.WriteStartObject("thinking");
            json.WriteString("type", call.Thinking ? "enabled" : "disabled");
            json.WriteEndObject();
            json.WriteNumber("max_completion_tokens", call.MaxTokens);
            json.WriteNumber("temperature", call.Temperature);
            if (call.Tools is { } tools)
            {
                json.WritePropertyName("tools");
                tools.WriteTo(json);
            }

            json.WriteEndObject();
        });
        using StringContent content = new(body, Encoding.UTF8, "application/json");
        using HttpResponseMessage response =
            await _http.PostAsync("/v1/chat/completions", content, cancellationToken).ConfigureAwait(false);
        JsonElement reply = await ReadAsync(response, cancellationToken).ConfigureAwait(false);
        JsonElement choice = reply.GetProperty("choices")[0];
        JsonElement message = choice.GetProperty("message");
        JsonElement usage = reply.GetProperty("usage");
        return new ChatAnswer(
            message.TryGetProperty("content", out JsonElement text) ? text.GetString() ?? "" : "",
            message.TryGetProperty("reasoning_content", out JsonElement reasoning) ? reasoning.GetString() ?? "" : "",
            choice.GetProperty("finish_reason").GetString() ?? "",
            usage.GetProperty("prompt_tokens").GetInt32(),
            usage.GetProperty("completion_tokens").GetInt32())
        {
            Calls = CallsOf(message),
        };
    }

    public void Dispose() => _http.Dispose();

    private static IReadOnlyList<AnsweredCall> CallsOf(JsonElement message)
    {
        if (!message.TryGetProperty("tool_calls", out JsonElement calls) || calls.ValueKind != JsonValueKind.Array)
        {
            return [];
        }

        return
        [
            .. calls.EnumerateArray().Select(call => call.GetProperty("function")).Select(function => new AnsweredCall(
                function.GetProperty("name").GetString() ?? "", function.GetProperty("arguments").GetString() ?? "")),
        ];
    }

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        byte[] body = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            using JsonDocument document = JsonDocument.Parse(body);
            JsonElement root = document.RootElement.Clone();
            return response.IsSuccessStatusCode ? root : throw new ApiException((int)response.StatusCode, ProblemOf(root));
        }
        catch (JsonException)
        {
            throw new ApiException((int)response.StatusCode, $"HTTP {(int)response.StatusCode} with a body that is not JSON");
        }
    }

    private static string ProblemOf(JsonElement root) =>
        root.TryGetProperty("error", out JsonElement error) && error.TryGetProperty("message", out JsonElement message)
            ? message.GetString() ?? "no message"
            : "no error envelope";
}
