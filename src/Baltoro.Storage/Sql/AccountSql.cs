namespace Baltoro.Storage.Sql;

/// <summary>
/// Statements on accounts, the same text for SQLite and PostgreSQL: both take <c>$1</c>, <c>$2</c> … and the standard
/// upsert. Parameters come in the order of the columns; see <see cref="AccountRows"/>.
/// </summary>
internal static class AccountSql
{
    public const string ReadAccount =
        "SELECT sequence, head, limits_epoch, credit_limit_nano, tier, price_book, discount, suspended, version FROM account WHERE organization_id = $1";

    public const string ReadBalances =
        "SELECT kind, debits_posted, credits_posted, debits_pending, credits_pending FROM ledger_account WHERE organization_id = $1";

    public const string ReadTierScopes =
        $"SELECT {ScopeColumns} FROM limit_scope WHERE organization_id = $1 AND (scope = 'organization' OR (scope >= 'tier/' AND scope < 'tier0'))";

    public const string ReadAllScopes = $"SELECT {ScopeColumns} FROM limit_scope WHERE organization_id = $1";

    public const string ReadScope = $"SELECT {ScopeColumns} FROM limit_scope WHERE organization_id = $1 AND scope = $2";

    public const string ReadReservation = $"SELECT {ReservationColumns} FROM reservation WHERE request_id = $1";

    /// <summary>PostgreSQL only: of a list of ids.</summary>
    public const string ReadReservations = $"SELECT {ReservationColumns} FROM reservation WHERE request_id = ANY($1)";

    public const string ReadMonthGross = "SELECT period, gross_nano FROM month_gross WHERE organization_id = $1 AND period = $2";

    public const string ReadIdempotency = "SELECT key, fingerprint, sequence, at_ms FROM idempotency WHERE organization_id = $1 AND key = $2";

    public const string ReadLapsed =
        $"SELECT {ReservationColumns} FROM reservation WHERE state = 0 AND lease_until <= $1 ORDER BY lease_until LIMIT $2";

    public const string ReadPendingOfNode =
        $"SELECT {ReservationColumns} FROM reservation WHERE state = 0 AND node_id = $1 ORDER BY lease_until LIMIT $2";

    public const string ReadCounted =
        $"SELECT {ReservationColumns} FROM reservation WHERE organization_id = $1 AND (admitted_at > $2 OR state = 0)";

    public const string Renew = "UPDATE reservation SET lease_until = $2 WHERE request_id = $1 AND state = 0";

    public const string ReadOrganizations = "SELECT organization_id FROM account ORDER BY organization_id";

    public const string ReadEntries =
        $"SELECT {EntryColumns} FROM ledger_entry WHERE organization_id = $1 AND sequence > $2 ORDER BY sequence LIMIT $3";

    public const string ReadUsage =
        $"SELECT {UsageColumns} FROM usage_day WHERE day >= $1 AND day <= $2 ORDER BY organization_id, day, project_id, key_id, model, price_version";

    public const string ReadUsageOfOrganization =
        $"SELECT {UsageColumns} FROM usage_day WHERE day >= $1 AND day <= $2 AND organization_id = $3 ORDER BY day, project_id, key_id, model, price_version";

    public const string WriteBook = """
        INSERT INTO account (organization_id, sequence, head, limits_epoch) VALUES ($1, $2, $3, '')
        ON CONFLICT (organization_id) DO UPDATE SET sequence = excluded.sequence, head = excluded.head
        """;

    public const string WriteTerms = """
        INSERT INTO account (organization_id, sequence, head, limits_epoch, credit_limit_nano, tier, price_book, discount, suspended)
        VALUES ($1, 0, $2, '', $3, $4, $5, $6, $7)
        ON CONFLICT (organization_id) DO UPDATE SET credit_limit_nano = excluded.credit_limit_nano, tier = excluded.tier,
            price_book = excluded.price_book, discount = excluded.discount, suspended = excluded.suspended
        """;

    public const string WriteEpoch = """
        INSERT INTO account (organization_id, sequence, head, limits_epoch) VALUES ($1, 0, $2, $3)
        ON CONFLICT (organization_id) DO UPDATE SET limits_epoch = excluded.limits_epoch
        """;

    public const string WriteBalance = """
        INSERT INTO ledger_account (organization_id, kind, debits_posted, credits_posted, debits_pending, credits_pending)
        VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (organization_id, kind) DO UPDATE SET debits_posted = excluded.debits_posted,
            credits_posted = excluded.credits_posted, debits_pending = excluded.debits_pending, credits_pending = excluded.credits_pending
        """;

    public const string WriteEntry =
        $"INSERT INTO ledger_entry ({EntryColumns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";

    public const string InsertReservation =
        $"INSERT INTO reservation ({ReservationColumns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, "
        + "$17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33)";

    public const string CloseReservation = """
        UPDATE reservation SET state = $2, settled_at = $3, used_prompt = $4, used_cached = $5, used_completion = $6,
            used_reasoning = $7, used_images = $8, used_calls = $9, charged_nano = $10 WHERE request_id = $1
        """;

    public const string WriteScope = $"""
        INSERT INTO limit_scope (organization_id, {ScopeColumns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
        ON CONFLICT (organization_id, scope) DO UPDATE SET concurrency = excluded.concurrency, rpm = excluded.rpm, tpm = excluded.tpm,
            tpd = excluded.tpd, budget_nano = excluded.budget_nano, budget_kind = excluded.budget_kind, running = excluded.running,
            slots = excluded.slots, day = excluded.day, day_tokens = excluded.day_tokens, budget_period = excluded.budget_period,
            budget_used = excluded.budget_used
        """;

    public const string WriteMonthGross = """
        INSERT INTO month_gross (organization_id, period, gross_nano) VALUES ($1, $2, $3)
        ON CONFLICT (organization_id, period) DO UPDATE SET gross_nano = excluded.gross_nano
        """;

    public const string AddUsage = $"""
        INSERT INTO usage_day ({UsageColumns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
        ON CONFLICT (organization_id, day, project_id, key_id, model, price_version) DO UPDATE SET
            requests = usage_day.requests + excluded.requests, uncached = usage_day.uncached + excluded.uncached,
            cached = usage_day.cached + excluded.cached, completion = usage_day.completion + excluded.completion,
            reasoning = usage_day.reasoning + excluded.reasoning, images = usage_day.images + excluded.images,
            calls = usage_day.calls + excluded.calls, input_nano = usage_day.input_nano + excluded.input_nano,
            cached_nano = usage_day.cached_nano + excluded.cached_nano, output_nano = usage_day.output_nano + excluded.output_nano,
            other_nano = usage_day.other_nano + excluded.other_nano, discount_nano = usage_day.discount_nano + excluded.discount_nano,
            absorbed_nano = usage_day.absorbed_nano + excluded.absorbed_nano, image_nano = usage_day.image_nano + excluded.image_nano
        """;

    public const string WriteIdempotency =
        "INSERT INTO idempotency (organization_id, key, fingerprint, sequence, at_ms) VALUES ($1, $2, $3, $4, $5)";

    public const string WriteAudit =
        $"INSERT INTO audit_event ({AuditColumns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) "
        + "ON CONFLICT (id) DO NOTHING";

    public const string ReadAudit =
        $"SELECT {AuditColumns} FROM audit_event ORDER BY at_ms DESC, id DESC LIMIT $1";

    public const string ReadAuditAfter =
        $"SELECT {AuditColumns} FROM audit_event WHERE (at_ms, id) < (SELECT at_ms, id FROM audit_event WHERE id = $2) "
        + "ORDER BY at_ms DESC, id DESC LIMIT $1";

    public const string ReadAuditOfOrganization =
        $"SELECT {AuditColumns} FROM audit_event WHERE organization_id = $2 ORDER BY at_ms DESC, id DESC LIMIT $1";

    public const string ReadAuditOfOrganizationAfter =
        $"SELECT {AuditColumns} FROM audit_event WHERE organization_id = $2 "
        + "AND (at_ms, id) < (SELECT at_ms, id FROM audit_event WHERE id = $3) ORDER BY at_ms DESC, id DESC LIMIT $1";

    public const string AddLimitRequest =
        $"INSERT INTO limit_request ({LimitRequestColumns}) SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14 "
        + "WHERE (SELECT COUNT(*) FROM limit_request WHERE organization_id = $2 AND state = 0) < $15";

    /// <summary>PostgreSQL only: until the transaction ends, nobody else adds a request for the organization. SQLite has one writer.</summary>
    public const string LockLimitRequests = "SELECT pg_advisory_xact_lock(hashtextextended('limit_request/' || $1, 0))";

    public const string ReadLimitRequest = $"SELECT {LimitRequestColumns} FROM limit_request WHERE id = $1";

    public const string ReadLimitRequests = $"SELECT {LimitRequestColumns} FROM limit_request ORDER BY requested_at, id";

    public const string DecideLimitRequest =
        "UPDATE limit_request SET state = $2, decided_by = $3, decided_at = $4 WHERE id = $1 AND state = 0";

    private const string AuditColumns = "id, at_ms, actor, action, organization_id, subject, detail, request_id";

    private const string ScopeColumns =
        "scope, concurrency, rpm, tpm, tpd, budget_nano, budget_kind, running, slots, day, day_tokens, budget_period, budget_used";

    private const string EntryColumns =
        "organization_id, sequence, kind, debit, credit, amount_nano, released_nano, period, at_ms, request_id, detail, previous_hash, hash";

    private const string ReservationColumns =
        "request_id, organization_id, project_id, key_id, model, tier, node_id, fingerprint, state, price_version, input_nano, "
        + "cached_input_nano, output_nano, image_nano, call_nano, discount, prompt_tokens, completion_tokens, voucher_reserved, "
        + "cash_reserved, period, day, admitted_at, lease_until, takes, settled_at, used_prompt, used_cached, used_completion, "
        + "used_reasoning, used_images, used_calls, charged_nano";

    private const string UsageColumns =
        "organization_id, day, project_id, key_id, model, price_version, requests, uncached, cached, completion, reasoning, images, "
        + "calls, input_nano, cached_nano, output_nano, other_nano, discount_nano, absorbed_nano, image_nano";

    private const string LimitRequestColumns =
        "id, organization_id, requested_by, reason, concurrency, rpm, tpm, tpd, budget_nano, budget_kind, state, requested_at, decided_by, decided_at";
}
