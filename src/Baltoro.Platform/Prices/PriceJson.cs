using System.Text;
using System.Text.Json;
using Baltoro.Platform.Ledger;

namespace Baltoro.Platform.Prices;

/// <summary>Prices and discount steps as JSON: models to five prices in nano-dollars per token, image and call; steps as pairs of nano-dollars and basis points.</summary>
public static class PriceJson
{
    /// <summary>The prices of a version.</summary>
    public static string Write(IReadOnlyDictionary<string, ModelPrice> models) => Write(json =>
    {
        json.WriteStartObject();
        foreach ((string model, ModelPrice price) in models.OrderBy(known => known.Key, StringComparer.Ordinal))
        {
            json.WriteStartArray(model);
            foreach (long nano in (long[])[price.InputNano, price.CachedInputNano, price.OutputNano, price.ImageNano, price.CallNano])
            {
                json.WriteNumberValue(nano);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    });

    /// <summary>The steps of a schedule.</summary>
    public static string Write(IEnumerable<DiscountStep> steps) => Write(json =>
    {
        json.WriteStartArray();
        foreach (DiscountStep step in steps)
        {
            json.WriteStartArray();
            json.WriteNumberValue(step.Above.NanoUsd);
            json.WriteNumberValue(step.BasisPoints);
            json.WriteEndArray();
        }

        json.WriteEndArray();
    });

    /// <summary>Reads the prices of a version.</summary>
    public static IReadOnlyDictionary<string, ModelPrice> ReadModels(string text)
    {
        using JsonDocument document = JsonDocument.Parse(text);
        return document.RootElement.EnumerateObject().ToDictionary(
            model => model.Name,
            model => new ModelPrice(
                model.Value[0].GetInt64(), model.Value[1].GetInt64(), model.Value[2].GetInt64(), model.Value[3].GetInt64(), model.Value[4].GetInt64()),
            StringComparer.Ordinal);
    }

    /// <summary>Reads the steps of a schedule.</summary>
    public static IReadOnlyList<DiscountStep> ReadSteps(string text)
    {
        using JsonDocument document = JsonDocument.Parse(text);
        return [.. document.RootElement.EnumerateArray().Select(step => new DiscountStep(new Money(step[0].GetInt64()), step[1].GetInt32()))];
    }

    private static string Write(Action<Utf8JsonWriter> write)
    {
        using MemoryStream text = new();
        using (Utf8JsonWriter json = new(text))
        {
            write(json);
        }

        return Encoding.UTF8.GetString(text.ToArray());
    }
}
