using Baltoro.Platform.Ports;

namespace Baltoro.Storage.Sql;

/// <summary>Events of payment providers in either database.</summary>
internal sealed class SqlPaymentEventStore(ISqlRunner sql) : IPaymentEventStore
{
    private const string Claim =
        "INSERT INTO payment_event (key, organization_id, at_ms) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";

    private const string Read = "SELECT organization_id FROM payment_event WHERE key = $1";

    /// <inheritdoc/>
    public async ValueTask<string> ClaimAsync(string key, string organizationId, long nowMs, CancellationToken cancellationToken)
    {
        await sql.WriteAsync([new SqlWrite(Claim, [key, organizationId, nowMs])], cancellationToken).ConfigureAwait(false);
        return (await sql.ListAsync(Read, row => row.GetString(0), cancellationToken, key).ConfigureAwait(false))[0];
    }
}
