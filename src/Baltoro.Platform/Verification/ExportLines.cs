using System.Text;
using System.Text.Json;
using Baltoro.Platform.Ledger;
using Baltoro.Platform.Receipts;
using Baltoro.Platform.Usage;

namespace Baltoro.Platform.Verification;

/// <summary>The lines of an export. Hashes are hexadecimal, amounts integer nano-dollars.</summary>
internal static class ExportLines
{
    private static readonly string[] UsageNumbers =
    [
        "day", "requests", "uncached_tokens", "cached_tokens", "completion_tokens", "reasoning_tokens", "images", "calls", "input_nano_usd",
        "cached_nano_usd", "output_nano_usd", "other_nano_usd", "discount_nano_usd", "absorbed_nano_usd",
    ];

    /// <summary>Part of <c>other_nano_usd</c>; exports of earlier versions do not have it.</summary>
    private const string ImagesNumber = "images_nano_usd";

    /// <summary>All lines of one organization, its <c>book</c> first.</summary>
    public static IEnumerable<string> Of(string organization, ExportedBook export)
    {
        yield return Line("book", organization, json => WriteBook(json, export));
        foreach (LedgerEntry entry in export.Entries)
        {
            yield return Line("entry", organization, json => Write(json, entry));
        }

        foreach (StoredReceipt receipt in export.Receipts)
        {
            yield return Line("receipt", organization, json =>
            {
                json.WriteString("node", receipt.NodeId);
                json.WriteNumber("sequence", receipt.Sequence);
                json.WriteString("text", receipt.Text);
                Write(json, "hash", receipt.Hash);
            });
        }

        foreach (SignedRoot root in export.Roots)
        {
            yield return Line("root", null, json => RootJson.WriteMembers(json, root));
        }

        foreach (UsageDay day in export.Usage)
        {
            yield return Line("usage", organization, json => Write(json, day));
        }
    }

    /// <summary>Adds one line to the books read so far.</summary>
    public static void Add(Dictionary<string, ExportedBook> books, JsonElement line)
    {
        string organization = Text(line, "organization");
        string type = Text(line, "type");
        if (type == "book")
        {
            books.Add(organization, ReadBook(organization, line));
            return;
        }

        ExportedBook book = books[organization];
        switch (type)
        {
            case "entry":
                book.Entries.Add(ReadEntry(organization, line));
                break;
            case "receipt":
                book.Receipts.Add(new StoredReceipt(Text(line, "node"), Number(line, "sequence"), Text(line, "text"), Hash(line, "hash")));
                break;
            case "root":
                book.Roots.Add(RootJson.Read(line) ?? throw new FormatException("a root lacks a member"));
                break;
            case "usage":
                book.Usage.Add(ReadUsage(organization, line));
                break;
            default:
                throw new FormatException($"unknown type '{type}'");
        }
    }

    private static void WriteBook(Utf8JsonWriter json, ExportedBook export)
    {
        json.WriteNumber("sequence", export.Book.Sequence);
        Write(json, "head", export.Book.Head);
        json.WriteStartArray("accounts");
        foreach (AccountBalance balance in export.Book.Accounts)
        {
            json.WriteStartArray();
            json.WriteNumberValue(balance.DebitsPosted.NanoUsd);
            json.WriteNumberValue(balance.CreditsPosted.NanoUsd);
            json.WriteNumberValue(balance.DebitsPending.NanoUsd);
            json.WriteNumberValue(balance.CreditsPending.NanoUsd);
            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteNumber("receipts_after", export.Basis.ReceiptsAfter);
        json.WriteStartArray("chains");
        foreach (ChainHead chain in export.Basis.Chains)
        {
            json.WriteStartObject();
            json.WriteString("node", chain.NodeId);
            json.WriteNumber("sequence", chain.Sequence);
            Write(json, "hash", chain.Hash);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static ExportedBook ReadBook(string organization, JsonElement line)
    {
        Book book = Book.Empty(organization) with
        {
            Sequence = Number(line, "sequence"),
            Head = Hash(line, "head"),
            Accounts =
            [
                .. line.GetProperty("accounts").EnumerateArray().Select(balance => new AccountBalance(
                    new Money(balance[0].GetInt64()), new Money(balance[1].GetInt64()), new Money(balance[2].GetInt64()), new Money(balance[3].GetInt64()))),
            ],
        };
        if (book.Accounts.Length != Book.Empty(organization).Accounts.Length)
        {
            throw new FormatException($"found {book.Accounts.Length} accounts");
        }

        ChainHead[] chains =
        [
            .. line.GetProperty("chains").EnumerateArray().Select(
                chain => new ChainHead(Text(chain, "node"), Number(chain, "sequence"), Hash(chain, "hash"))),
        ];
        return ExportedBook.Empty(book, new RootBasis(chains, null, Number(line, "receipts_after")));
    }

    private static void Write(Utf8JsonWriter json, LedgerEntry entry)
    {
        json.WriteNumber("sequence", entry.Sequence);
        json.WriteNumber("kind", (int)entry.Kind);
        json.WriteNumber("debit", (int)entry.Debit);
        json.WriteNumber("credit", (int)entry.Credit);
        json.WriteNumber("amount_nano_usd", entry.Amount.NanoUsd);
        json.WriteNumber("released_nano_usd", entry.Released.NanoUsd);
        json.WriteNumber("month", entry.Period);
        json.WriteNumber("at_ms", entry.AtMs);
        json.WriteString("request", entry.RequestId);
        json.WriteString("detail", entry.Detail);
        Write(json, "previous", entry.PreviousHash);
        Write(json, "hash", entry.Hash);
    }

    private static LedgerEntry ReadEntry(string organization, JsonElement line) => new()
    {
        OrganizationId = organization,
        Sequence = Number(line, "sequence"),
        Kind = (EntryKind)Number(line, "kind"),
        Debit = Account(line, "debit"),
        Credit = Account(line, "credit"),
        Amount = new Money(Number(line, "amount_nano_usd")),
        Released = new Money(Number(line, "released_nano_usd")),
        Period = checked((int)Number(line, "month")),
        AtMs = Number(line, "at_ms"),
        RequestId = Text(line, "request"),
        Detail = Text(line, "detail"),
        PreviousHash = Hash(line, "previous"),
        Hash = Hash(line, "hash"),
    };

    private static void Write(Utf8JsonWriter json, UsageDay day)
    {
        json.WriteString("project", day.ProjectId);
        json.WriteString("key", day.KeyId);
        json.WriteString("model", day.Model);
        json.WriteString("price_version", day.PriceVersion);
        long[] numbers =
        [
            day.Day, day.Requests, day.UncachedTokens, day.CachedTokens, day.CompletionTokens, day.ReasoningTokens, day.Images, day.Calls,
            day.Input.NanoUsd, day.CachedInput.NanoUsd, day.Output.NanoUsd, (day.ImageCost + day.CallCost).NanoUsd, day.Discount.NanoUsd,
            day.Absorbed.NanoUsd,
        ];
        foreach ((string name, long number) in UsageNumbers.Zip(numbers))
        {
            json.WriteNumber(name, number);
        }

        json.WriteNumber(ImagesNumber, day.ImageCost.NanoUsd);
    }

    private static UsageDay ReadUsage(string organization, JsonElement line)
    {
        long[] numbers = [.. UsageNumbers.Select(name => Number(line, name))];
        Money images = new(line.TryGetProperty(ImagesNumber, out JsonElement number) ? number.GetInt64() : 0);
        return new UsageDay
        {
            OrganizationId = organization,
            ProjectId = Text(line, "project"),
            KeyId = Text(line, "key"),
            Model = Text(line, "model"),
            PriceVersion = Text(line, "price_version"),
            Day = checked((int)numbers[0]),
            Requests = numbers[1],
            UncachedTokens = numbers[2],
            CachedTokens = numbers[3],
            CompletionTokens = numbers[4],
            ReasoningTokens = numbers[5],
            Images = numbers[6],
            Calls = numbers[7],
            Input = new Money(numbers[8]),
            CachedInput = new Money(numbers[9]),
            Output = new Money(numbers[10]),
            ImageCost = images,
            CallCost = new Money(numbers[11]) - images,
            Discount = new Money(numbers[12]),
            Absorbed = new Money(numbers[13]),
        };
    }

    private static string Line(string type, string? organization, Action<Utf8JsonWriter> write)
    {
        using MemoryStream line = new();
        using (Utf8JsonWriter json = new(line))
        {
            json.WriteStartObject();
            json.WriteString("type", type);
            if (organization is not null)
            {
                json.WriteString("organization", organization);
            }

            write(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(line.ToArray());
    }

    private static void Write(Utf8JsonWriter json, string name, ReadOnlyMemory<byte> hash) =>
        json.WriteString(name, Convert.ToHexStringLower(hash.Span));

    private static string Text(JsonElement line, string name) => line.GetProperty(name).GetString() ?? throw new FormatException($"{name} is null");

    private static long Number(JsonElement line, string name) => line.GetProperty(name).GetInt64();

    private static byte[] Hash(JsonElement line, string name) => Convert.FromHexString(Text(line, name));

    private static AccountKind Account(JsonElement line, string name) =>
        (AccountKind)Number(line, name) is var kind && Enum.IsDefined(kind) ? kind : throw new FormatException($"{name}: no such account");
}
