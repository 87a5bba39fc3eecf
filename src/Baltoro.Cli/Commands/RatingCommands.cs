using System.CommandLine;
using Baltoro.Cli.Composition;
using Baltoro.Cli.Output;
using Baltoro.Kimi.Text;
using Baltoro.Platform.Ledger;
using Baltoro.Platform.Ports;
using Baltoro.Platform.Prices;
using Baltoro.Server.Hosting;

namespace Baltoro.Cli.Commands;

/// <summary><c>baltoro terms · rerate · close-month</c>: what is agreed with an organization, and months charged anew or closed.</summary>
internal sealed class RatingCommands(CommandContext context)
{
    private const string Actor = "command line";
    private readonly Option<string> _organization = AccountOptions.Organization();
    private readonly Option<string?> _data = AccountOptions.Data();
    private readonly Option<bool> _json = AccountOptions.Json();
    private readonly Option<string> _month = new("--month") { Description = "Month as YYYY-MM", Required = true };
    private readonly Option<string> _book = new("--book") { Description = "Price book", Required = true };
    private readonly Option<string?> _ownBook = new("--price-book") { Description = "Price book of its own; 'tier' for its tier's" };
    private readonly Option<string?> _discount = new("--discount") { Description = "Discount schedule" };
    private readonly Option<string?> _credit = new("--credit-limit") { Description = "Dollars that cash may go below zero" };
    private readonly Option<bool> _apply = new("--apply") { Description = "Post the difference; without it, it is only shown" };

    public IEnumerable<Command> Build()
    {
        Command terms = new("terms", "Show or change what is agreed with an organization") { _organization, _ownBook, _discount, _credit, _data };
        terms.SetAction(TermsAsync);
        Command rerate = new("rerate", "Charge a month anew under another book; doing it twice changes nothing")
        {
            _organization, _month, _book, _discount, _apply, _data, _json,
        };
        rerate.SetAction(RerateAsync);
        Command close = new("close-month", "Charge what a month falls short of its commitment, once") { _organization, _month, _data };
        close.SetAction(CloseAsync);
        return [terms, rerate, close];
    }

    private async Task<int> TermsAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        string organization = parsed.GetRequiredValue(_organization);
        Money? creditLimit = parsed.GetValue(_credit) is { } text ? AccountOptions.ReadUpTo("--credit-limit", text, Money.Most) : null;
        await using AccountBooks books = AccountOptions.Open(context, parsed, _data, create: true);
        await books.RequireAsync(organization, cancellationToken).ConfigureAwait(false);
        IAccounts accounts = (await books.PricedAsync(cancellationToken).ConfigureAwait(false)).Accounts;
        AccountTerms terms = await accounts.TermsAsync(organization, cancellationToken).ConfigureAwait(false);
        AccountTerms changed = terms with
        {
            PriceBook = parsed.GetValue(_ownBook) is { } book ? (book == "tier" ? null : book) : terms.PriceBook,
            Discount = parsed.GetValue(_discount) ?? terms.Discount,
            CreditLimit = creditLimit ?? terms.CreditLimit,
        };
        if (changed != terms)
        {
            try
            {
                await accounts.SetTermsAsync(organization, changed, Actor, cancellationToken).ConfigureAwait(false);
            }
            catch (ArgumentException fault)
            {
                throw new StartFailure(ExitCode.Usage, ArgumentText.Of(fault), fault);
            }
        }

        await context.Output.WriteLineAsync(
            $"{organization}: price book {changed.PriceBook ?? "of its tier"}, discount {changed.Discount}, credit limit ${changed.CreditLimit}, "
                + $"tier {changed.Tier ?? "of its keys"}{(changed.IsSuspended ? ", suspended" : "")}").ConfigureAwait(false);
        return (int)ExitCode.Success;
    }

    private async Task<int> RerateAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        int period = AccountOptions.ReadMonth(parsed.GetRequiredValue(_month));
        await using AccountBooks books = AccountOptions.Open(context, parsed, _data);
        string organization = await books.RequireAsync(parsed.GetRequiredValue(_organization), cancellationToken).ConfigureAwait(false);
        Rerating rerating = await books.RatingAsync(cancellationToken).ConfigureAwait(false);
        RerateResult result;
        try
        {
            result = await rerating.RerateAsync(
                organization, period, parsed.GetRequiredValue(_book), parsed.GetValue(_discount), Actor,
                parsed.GetValue(_apply), cancellationToken).ConfigureAwait(false);
        }
        catch (ArgumentException fault)
        {
            throw new StartFailure(ExitCode.Usage, ArgumentText.Of(fault), fault);
        }

        if (result.Posted is { Code: not MovementCode.Done } refused)
        {
            return await context.FailAsync(
                ExitCode.Failure,
                $"re-rating not posted ({Words.Of(refused.Code)}); {(refused.Code == MovementCode.NotEnough ? "the balance does not cover it" : "try again")}")
                .ConfigureAwait(false);
        }

        await context.Output.WriteLineAsync(parsed.GetValue(_json)
            ? JsonLine.Of(json =>
            {
                json.WriteStartObject();
                json.WriteNumber("now_nano_usd", result.Now.NanoUsd);
                json.WriteNumber("target_nano_usd", result.Target.NanoUsd);
                json.WriteNumber("difference_nano_usd", (result.Target - result.Now).NanoUsd);
                json.WriteBoolean("posted", result.Posted is not null);
                json.WriteEndObject();
            })
            : $"now ${result.Now}, under the book ${result.Target}: "
                + (result.Posted is { } posted ? $"posted ${result.Target - result.Now}, entry {posted.Sequence}"
                    : result.Target == result.Now ? "nothing to post" : $"difference ${result.Target - result.Now}, not posted (--apply posts it)"))
            .ConfigureAwait(false);
        return (int)ExitCode.Success;
    }

    private async Task<int> CloseAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        int period = AccountOptions.ReadMonth(parsed.GetRequiredValue(_month));
        if (period >= AccountOptions.PeriodOf(context.Services.Clock.GetUtcNow().UtcDateTime))
        {
            throw new StartFailure(ExitCode.Usage, "--month must be over before it is closed");
        }

        await using AccountBooks books = AccountOptions.Open(context, parsed, _data);
        string organization = await books.RequireAsync(parsed.GetRequiredValue(_organization), cancellationToken).ConfigureAwait(false);
        Rerating rerating = await books.RatingAsync(cancellationToken).ConfigureAwait(false);
        (Money shortfall, MovementResult? posted) =
            await rerating.CloseMonthAsync(organization, period, Actor, cancellationToken).ConfigureAwait(false);
        if (posted is { Code: not (MovementCode.Done or MovementCode.Replayed) })
        {
            return await context.FailAsync(
                ExitCode.Failure, $"the shortfall of ${shortfall} cannot be charged: it is more than cash and credit limit ({Words.Of(posted.Code)})").ConfigureAwait(false);
        }

        await context.Output.WriteLineAsync(posted is null ? "nothing to charge" : $"charged a shortfall of ${shortfall}, entry {posted.Sequence}")
            .ConfigureAwait(false);
        return (int)ExitCode.Success;
    }
}
