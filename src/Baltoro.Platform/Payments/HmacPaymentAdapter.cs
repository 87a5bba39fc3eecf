using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Baltoro.Platform.Ledger;
using Baltoro.Platform.Ports;

namespace Baltoro.Platform.Payments;

/// <summary>
/// The adapter that ships, for tests and for providers without one of their own: header
/// <c>t=UNIX_SECONDS,v1=HEX</c>, HMAC-SHA-256 over <c>UNIX_SECONDS.BODY</c> under a shared secret, at most five minutes old. The
/// body is <c>{"id","type","organization","amount_nano_usd","currency":"USD","reference"?}</c>.
/// </summary>
public sealed class HmacPaymentAdapter(string secret) : IPaymentAdapter
{
    /// <summary>Shortest secret that is accepted.</summary>
    public const int MinSecretChars = 16;

    private const long ToleranceSeconds = 300;
    private const int MaxIdChars = 128;
    private readonly byte[] _secret = secret.Length >= MinSecretChars
        ? Encoding.UTF8.GetBytes(secret)
        : throw new ArgumentException($"secret: found {secret.Length} characters, allowed {MinSecretChars} or more", nameof(secret));

    /// <inheritdoc/>
    public string Name => "hmac";

    /// <inheritdoc/>
    public string SignatureHeader => "x-baltoro-signature";

    /// <summary>The header of a delivery; what a provider computes.</summary>
    public string Sign(ReadOnlySpan<byte> body, DateTimeOffset at)
    {
        string seconds = at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return $"t={seconds},v1={Convert.ToHexStringLower(MacOf(seconds, body))}";
    }

    /// <inheritdoc/>
    public PaymentReading Read(string signature, ReadOnlySpan<byte> body, DateTimeOffset now)
    {
        string? seconds = null;
        List<byte[]> macs = [];
        foreach (string part in signature.Split(',', StringSplitOptions.TrimEntries))
        {
            seconds = part.StartsWith("t=", StringComparison.Ordinal) ? part[2..] : seconds;
            if (part.StartsWith("v1=", StringComparison.Ordinal) && part.Length == 3 + (2 * SHA256.HashSizeInBytes)
                && part.AsSpan(3).IndexOfAnyExcept("0123456789abcdefABCDEF") < 0)
            {
                macs.Add(Convert.FromHexString(part.AsSpan(3)));
            }
        }

        if (seconds is null || macs.Count == 0 || !long.TryParse(seconds, NumberStyles.None, CultureInfo.InvariantCulture, out long sentAt))
        {
            return PaymentReading.Forged($"{SignatureHeader} must be t=UNIX_SECONDS,v1=HEX");
        }

        byte[] expected = MacOf(seconds, body);
        if (!macs.Exists(mac => CryptographicOperations.FixedTimeEquals(mac, expected)))
        {
            return PaymentReading.Forged($"{SignatureHeader} does not fit the body");
        }

        long ageSeconds = now.ToUnixTimeSeconds() - sentAt;
        return Math.Abs(ageSeconds) > ToleranceSeconds
            ? PaymentReading.Forged($"{SignatureHeader} is {ageSeconds} seconds old, allowed {ToleranceSeconds}")
            : ReadBody(body);
    }

    private byte[] MacOf(string seconds, ReadOnlySpan<byte> body)
    {
        using IncrementalHash mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _secret);
        mac.AppendData(Encoding.ASCII.GetBytes($"{seconds}."));
        mac.AppendData(body);
        return mac.GetHashAndReset();
    }

    private static PaymentReading ReadBody(ReadOnlySpan<byte> body)
    {
        try
        {
            Utf8JsonReader reader = new(body);
            using JsonDocument document = JsonDocument.ParseValue(ref reader);
            return Read(document.RootElement);
        }
        catch (JsonException)
        {
            return PaymentReading.Malformed("the body is not JSON");
        }
    }

    private static PaymentReading Read(JsonElement root)
    {
        string? id = Text(root, "id");
        string? organization = Text(root, "organization");
        if (id is not { Length: > 0 and <= MaxIdChars } || id.Any(char.IsControl))
        {
            return PaymentReading.Malformed($"id must be a text of 1 to {MaxIdChars} characters");
        }

        PaymentKind kind = Text(root, "type") switch
        {
            "payment.succeeded" => PaymentKind.Succeeded,
            "payment.refunded" => PaymentKind.Refunded,
            _ => PaymentKind.Other,
        };
        if (kind == PaymentKind.Other)
        {
            return PaymentReading.Of(new PaymentEvent(id, kind, organization ?? "", Money.Zero, ""));
        }

        if (organization is not { Length: > 0 and <= 64 } || organization.Any(letter => !char.IsAsciiLetterLower(letter) && !char.IsAsciiDigit(letter) && letter is not ('-' or '_')))
        {
            return PaymentReading.Malformed("organization must have 1 to 64 of the characters a-z, 0-9, '-', '_'");
        }

        if (Text(root, "currency") != "USD")
        {
            return PaymentReading.Malformed("currency must be USD");
        }

        return root.TryGetProperty("amount_nano_usd", out JsonElement amount) && amount.ValueKind == JsonValueKind.Number
            && amount.TryGetInt64(out long nano) && nano > 0 && nano <= Money.Most.NanoUsd
            ? PaymentReading.Of(new PaymentEvent(id, kind, organization, new Money(nano), Text(root, "reference") ?? ""))
            : PaymentReading.Malformed($"amount_nano_usd must be a whole number from 1 to {Money.Most.NanoUsd}");
    }

    private static string? Text(JsonElement root, string name) =>
        root.ValueKind == JsonValueKind.Object && root.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
