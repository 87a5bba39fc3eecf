using Baltoro.Kimi.Text;
using Baltoro.Platform.Audit;
using Baltoro.Platform.Ledger;
using Baltoro.Platform.Ports;
using Baltoro.Protocol.Admin;
using Baltoro.Protocol.Errors;
using Baltoro.Protocol.Json;

namespace Baltoro.Server.Admin;

/// <summary>Terms of an organization as the admin API reads, sets and shows them.</summary>
internal static class AdminTerms
{
    /// <summary>The terms with the changes of a body; null takes a tier or book away.</summary>
    public static AccountTerms Change(AccountTerms before, JsonFields? fields) => before with
    {
        CreditLimit = fields?.Integer("credit_limit_nano_usd") is { } nano ? new Money(nano) : before.CreditLimit,
        Tier = fields?.IsNull("tier") == true ? null : fields?.String("tier") ?? before.Tier,
        PriceBook = fields?.IsNull("price_book") == true ? null : fields?.String("price_book") ?? before.PriceBook,
        Discount = fields?.String("discount") ?? before.Discount,
        IsSuspended = fields?.Boolean("suspended") ?? before.IsSuspended,
    };

    /// <summary>Sets terms and shows them.</summary>
    public static async ValueTask<AdminAnswer> SetAsync(
        IAccounts accounts, string organization, AccountTerms after, Actor actor, CancellationToken cancellationToken)
    {
        try
        {
            await accounts.SetTermsAsync(organization, after, actor, cancellationToken).ConfigureAwait(false);
            return Show(after);
        }
        catch (ArgumentException fault)
        {
            // The platform names the term, what was found and what is allowed.
            return AdminAnswer.Refused(WireError.Exact($"Invalid request: {ArgumentText.Of(fault)}"));
        }
    }

    /// <summary>Terms as they stand.</summary>
    public static AdminAnswer Show(AccountTerms terms) => AdminAnswer.Of(
        new TermsBody
        {
            CreditLimitNanoUsd = terms.CreditLimit.NanoUsd,
            Tier = terms.Tier,
            PriceBook = terms.PriceBook,
            Discount = terms.Discount,
            Suspended = terms.IsSuspended,
        },
        AdminJson.Wire.TermsBody);
}
