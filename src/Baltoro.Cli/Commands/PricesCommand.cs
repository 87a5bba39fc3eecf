using System.CommandLine;
using System.Globalization;
using Baltoro.Cli.Composition;
using Baltoro.Kimi.Text;
using Baltoro.Platform.Ledger;
using Baltoro.Platform.Ports;
using Baltoro.Platform.Prices;
using Baltoro.Server.Hosting;

namespace Baltoro.Cli.Commands;

/// <summary><c>baltoro prices list · add · discount</c>: price books valid in time and discount schedules. They are added, never changed.</summary>
internal sealed class PricesCommand(CommandContext context)
{
    private readonly Option<string?> _data = AccountOptions.Data();
    private readonly Option<string> _book = new("--book") { Description = "Price book; a new name makes a new book", Required = true };
    private readonly Option<string> _id = new("--id") { Description = "Name of this version within its book", Required = true };
    private readonly Option<string[]> _model = new("--model") { Description = "Model id; repeat for several at the same prices", Required = true };
    private readonly Option<string> _input = new("--input") { Description = "Dollars per million input tokens", Required = true };
    private readonly Option<string?> _cached = new("--cached") { Description = "Dollars per million cached input tokens; the input price without it" };
    private readonly Option<string> _output = new("--output") { Description = "Dollars per million output tokens", Required = true };
    private readonly Option<string?> _image = new("--image") { Description = "Dollars per image" };
    private readonly Option<string?> _call = new("--call") { Description = "Dollars per call" };
    private readonly Option<string?> _from = new("--from") { Description = "First moment (UTC), as 2026-12-01 or 2026-12-01T08:00Z; now without it" };
    private readonly Option<string?> _until = new("--until") { Description = "First moment the prices no longer apply" };
    private readonly Option<string> _name = new("--name") { Description = "Name of the schedule", Required = true };

    private readonly Option<string[]> _step =
        new("--step") { Description = "DOLLARS:PERCENT, such as 1000:5 for 5 % of the part above $1,000; repeat in rising order" };

    private readonly Option<string?> _commitment = new("--commitment") { Description = "Dollars promised per month" };

    public Command Build()
    {
        Command list = new("list", "Show every book, version and schedule") { _data };
        list.SetAction(ListAsync);
        Command add = new("add", "Add prices to a book, from a moment on")
        {
            _book, _id, _model, _input, _cached, _output, _image, _call, _from, _until, _data,
        };
        add.SetAction(AddAsync);
        Command discount = new("discount", "Add a discount schedule") { _name, _step, _commitment, _data };
        discount.SetAction(DiscountAsync);
        return new Command("prices", "Price books and discounts") { list, add, discount };
    }

    private async Task<int> ListAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        await using AccountBooks books = AccountOptions.Open(context, parsed, _data);
        PriceCatalog catalog = await books.PricesAsync(cancellationToken).ConfigureAwait(false);
        foreach (PriceBook book in catalog.Books.OrderBy(book => book.Name, StringComparer.Ordinal))
        {
            foreach (PriceVersion version in book.Versions)
            {
                string until = version.ValidUntil is { } end ? $" until {end:u}" : "";
                await context.Output.WriteLineAsync($"{book.Name}/{version.Id} from {version.ValidFrom:u}{until}").ConfigureAwait(false);
                foreach ((string model, ModelPrice price) in version.Models.OrderBy(known => known.Key, StringComparer.Ordinal))
                {
                    await context.Output.WriteLineAsync(string.Create(
                        CultureInfo.InvariantCulture,
                        $"  {model}: {price.InputNano} input, {price.CachedInputNano} cached, {price.OutputNano} output nano-dollars per token, "
                            + $"{price.ImageNano} per image, {price.CallNano} per call")).ConfigureAwait(false);
                }
            }
        }

        foreach (DiscountSchedule discount in catalog.Discounts.OrderBy(known => known.Name, StringComparer.Ordinal))
        {
            string steps = string.Join(", ", discount.Steps.Select(
                step => string.Create(CultureInfo.InvariantCulture, $"{step.BasisPoints / 100m} % above ${step.Above}")));
            string promised = discount.Commitment > Money.Zero ? $", commitment ${discount.Commitment}" : "";
            await context.Output.WriteLineAsync($"discount {discount.Name}: {steps}{promised}").ConfigureAwait(false);
        }

        return (int)ExitCode.Success;
    }

    private async Task<int> AddAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        string book = AccountOptions.ReadName("--book", parsed.GetRequiredValue(_book));
        string id = AccountOptions.ReadName("--id", parsed.GetRequiredValue(_id));
        DateTimeOffset now = context.Services.Clock.GetUtcNow();
        string input = parsed.GetRequiredValue(_input);
        ModelPrice price = ReadPrice(input, parsed.GetValue(_cached) ?? input, parsed.GetRequiredValue(_output)) with
        {
            ImageNano = ReadUnit("--image", parsed.GetValue(_image)),
            CallNano = ReadUnit("--call", parsed.GetValue(_call)),
        };
        DateTimeOffset from = parsed.GetValue(_from) is { } start ? ReadMoment("--from", start) : now;
        DateTimeOffset? until = parsed.GetValue(_until) is { } end ? ReadMoment("--until", end) : null;
        if (until <= from)
        {
            throw new StartFailure(ExitCode.Usage, $"--until must be later than --from, found {until:u}");
        }

        PriceVersion version = new(
            id, from, until, now, parsed.GetRequiredValue(_model).Distinct(StringComparer.Ordinal).ToDictionary(model => model, _ => price, StringComparer.Ordinal));
        await using AccountBooks books = AccountOptions.Open(context, parsed, _data, create: true);
        PriceCatalog catalog = await books.PricesAsync(cancellationToken).ConfigureAwait(false);
        bool isNew = catalog.FindBook(book)?.Versions.All(known => known.Id != id) ?? true;
        return isNew && await books.PriceStore.TryAddAsync(book, version, cancellationToken).ConfigureAwait(false)
            ? await SayAsync($"added {book}/{id}, valid from {from:u}").ConfigureAwait(false)
            : await context.FailAsync(ExitCode.Failure, $"price book {book} has a version '{id}' already; prices are added, never changed").ConfigureAwait(false);
    }

    private async Task<int> DiscountAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        string name = AccountOptions.ReadName("--name", parsed.GetRequiredValue(_name));
        Money commitment = parsed.GetValue(_commitment) is { } promised ? AccountOptions.ReadAmount("--commitment", promised) : Money.Zero;
        DiscountSchedule discount;
        try
        {
            discount = new DiscountSchedule(name, (parsed.GetValue(_step) ?? []).Select(ReadStep), commitment);
        }
        catch (ArgumentException fault)
        {
            throw new StartFailure(ExitCode.Usage, ArgumentText.Of(fault), fault);
        }

        await using AccountBooks books = AccountOptions.Open(context, parsed, _data, create: true);
        PriceCatalog catalog = await books.PricesAsync(cancellationToken).ConfigureAwait(false);
        return catalog.FindDiscount(name) is null
            && await books.PriceStore.TryAddAsync(discount, context.Services.Clock.GetUtcNow(), cancellationToken).ConfigureAwait(false)
            ? await SayAsync($"added discount {name}").ConfigureAwait(false)
            : await context.FailAsync(ExitCode.Failure, $"there is a discount '{name}' already; schedules are added, never changed").ConfigureAwait(false);
    }

    private async Task<int> SayAsync(string text)
    {
        await context.Output.WriteLineAsync(text).ConfigureAwait(false);
        return (int)ExitCode.Success;
    }

    private static ModelPrice ReadPrice(string input, string cached, string output)
    {
        try
        {
            return ModelPrice.PerMillion(input, cached, output);
        }
        catch (ArgumentException fault)
        {
            throw new StartFailure(ExitCode.Usage, ArgumentText.Of(fault), fault);
        }
    }

    private static long ReadUnit(string option, string? text) =>
        text is null ? 0 : AccountOptions.ReadUpTo(option, text, new Money(ModelPrice.MostPerUnitNano)).NanoUsd;

    private static DateTimeOffset ReadMoment(string option, string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset moment)
            ? moment.ToUniversalTime()
            : throw new StartFailure(ExitCode.Usage, $"{option} must be a moment such as 2026-12-01 or 2026-12-01T08:00Z, found '{text}'");

    private static DiscountStep ReadStep(string text)
    {
        string[] parts = text.Split(':');
        return parts.Length == 2 && Money.TryParseUsd(parts[0], out Money above) && above <= Money.Most
            && decimal.TryParse(parts[1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal percent)
            && percent is >= 0 and <= 100 && percent * 100 == decimal.Truncate(percent * 100)
            ? new DiscountStep(above, (int)(percent * 100))
            : throw new StartFailure(ExitCode.Usage, $"--step must be DOLLARS:PERCENT such as 1000:5 (at most two digits after the point), found '{text}'");
    }
}
