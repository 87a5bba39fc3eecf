using System.Text;
using System.Text.Json;
using Baltoro.Platform.Ledger;
using Baltoro.Platform.Ports;
using Baltoro.Platform.Prices;

namespace Baltoro.Storage.Files;

/// <summary>Waiting settlements in a file of the data directory, one JSON object per line: ids and token counts, nothing else. Safe for concurrent use.</summary>
public sealed class SettlementJournalFile(string path) : ISettlementJournal
{
    private readonly Lock _lock = new();

    /// <inheritdoc/>
    public void Append(PendingSettlement settlement)
    {
        byte[] line = Encoding.UTF8.GetBytes($"\n{Write(settlement)}\n");
        lock (_lock)
        {
            OwnerFile.Append(path, line);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="StorageException">The file cannot be read.</exception>
    public IReadOnlyList<PendingSettlement> Read()
    {
        try
        {
            return File.Exists(path) ? [.. File.ReadLines(path).Where(line => line.Length > 0).Select(Parse).OfType<PendingSettlement>()] : [];
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new StorageException($"settlement journal {path}: cannot be read ({fault.Message})", fault);
        }
    }

    /// <inheritdoc/>
    public void Clear()
    {
        lock (_lock)
        {
            File.Delete(path);
        }
    }

    private static string Write(PendingSettlement settlement)
    {
        using MemoryStream line = new();
        using (Utf8JsonWriter json = new(line))
        {
            json.WriteStartObject();
            json.WriteString("organization", settlement.OrganizationId);
            json.WriteString("request", settlement.RequestId);
            if (settlement.Usage is { } usage)
            {
                json.WriteStartArray("usage");
                foreach (int count in (int[])[usage.PromptTokens, usage.CachedTokens, usage.CompletionTokens, usage.ReasoningTokens, usage.Images, usage.Calls])
                {
                    json.WriteNumberValue(count);
                }

                json.WriteEndArray();
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(line.ToArray());
    }

    private static PendingSettlement? Parse(string line)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            JsonElement root = document.RootElement;
            int[]? counts = root.TryGetProperty("usage", out JsonElement usage) ? [.. usage.EnumerateArray().Select(count => count.GetInt32())] : null;
            return new PendingSettlement(
                root.GetProperty("organization").GetString() ?? "",
                root.GetProperty("request").GetString() ?? "",
                counts is null ? null : new TokenUsage(counts[0], counts[1], counts[2], counts[3], counts[4], counts[5]));
        }
        catch (JsonException)
        {
            // Cut by a crash while it was written: its request ends with its lease and is free.
            return null;
        }
    }
}
