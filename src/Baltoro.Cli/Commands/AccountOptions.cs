using System.CommandLine;
using System.Globalization;
using Baltoro.Cli.Composition;
using Baltoro.Cli.Output;
using Baltoro.Platform.Ledger;
using Baltoro.Platform.Ports;
using Baltoro.Server.Hosting;

namespace Baltoro.Cli.Commands;

/// <summary>Options that several verbs on accounts share, and how their values are read.</summary>
internal static class AccountOptions
{
    private const string MonthFormat = "yyyy-MM";

    public static Option<string?> Data() => new("--data") { Description = "Data directory" };

    public static Option<bool> Json() => new("--json") { Description = "Print JSON" };

    public static Option<string> Organization() => new("--org") { Description = "Organization", Required = true };

    /// <summary>Opens the store that option, environment, file or default name.</summary>
    public static AccountBooks Open(CommandContext context, ParseResult parsed, Option<string?> data, bool create = false)
    {
        AccountBooks books = AccountBooks.Open(context.LoadOptions(parsed.GetValue(data)), context.Services.Clock, create);
        if (books.IsNew)
        {
            context.Error.WriteLine(
                $"baltoro: made a new data directory, {books.DataPath}; a server that uses another one does not know what is in it "
                    + "(name that one with --data or BALTORO_DATA)");
        }

        return books;
    }

    /// <summary>Dollars above zero, at most <see cref="Money.Most"/>.</summary>
    /// <exception cref="StartFailure">Anything else.</exception>
    public static Money ReadAmount(string option, string text) =>
        Money.TryParseUsd(text, out Money money) && money > Money.Zero && money <= Money.Most
            ? money
            : throw new StartFailure(
                ExitCode.Usage,
                $"{option} must be dollars above 0, at most {Money.Most.NanoUsd / Money.NanoPerUsd}, with at most 9 digits after the point, found '{text}'");

    /// <summary>Dollars from zero to <paramref name="most"/>.</summary>
    /// <exception cref="StartFailure">Anything else.</exception>
    public static Money ReadUpTo(string option, string text, Money most) =>
        Money.TryParseUsd(text, out Money money) && money >= Money.Zero && money <= most
            ? money
            : throw new StartFailure(
                ExitCode.Usage,
                $"{option} must be dollars from 0 to {most.NanoUsd / Money.NanoPerUsd} with at most 9 digits after the point, found '{text}'");

    /// <summary>Why a movement was refused for a reason every kind of movement can have.</summary>
    public static string WhyRefused(MovementCode code, string key) => code == MovementCode.AccountFull
        ? $"what the account ever took in may not pass ${Money.MostInAccount}"
        : $"the idempotency key '{key}' was used for another operation ({Words.Of(code)})";

    /// <summary>A name of books, versions and schedules.</summary>
    /// <exception cref="StartFailure">Not one.</exception>
    public static string ReadName(string option, string text) =>
        text.Length is > 0 and <= 64 && text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.')
            ? text
            : throw new StartFailure(ExitCode.Usage, $"{option} must have 1 to 64 letters, digits, '-', '_' or '.', found '{text}'");

    /// <summary>A month as <c>yyyymm</c>.</summary>
    /// <exception cref="StartFailure">Not a month.</exception>
    public static int ReadMonth(string text) =>
        DateTime.TryParseExact(text, MonthFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTime month)
            ? PeriodOf(month)
            : throw new StartFailure(ExitCode.Usage, $"--month must be a month such as 2026-11, found '{text}'");

    /// <summary>The month of a moment as <c>yyyymm</c>.</summary>
    public static int PeriodOf(DateTime moment) => (moment.Year * 100) + moment.Month;
}
