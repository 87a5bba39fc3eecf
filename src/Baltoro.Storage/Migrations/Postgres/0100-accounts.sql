-- Accounts, ledger, reservations, limit counters, use. Times are Unix milliseconds, amounts nano-dollars,
-- days yyyymmdd, months yyyymm. Ledger entries are append only.
CREATE TABLE account (
    organization_id   TEXT COLLATE "C" PRIMARY KEY,
    sequence          BIGINT NOT NULL,
    head              BYTEA    NOT NULL,
    limits_epoch      TEXT COLLATE "C"    NOT NULL,
    credit_limit_nano BIGINT,
    tier              TEXT COLLATE "C",
    price_book        TEXT COLLATE "C",
    discount          TEXT COLLATE "C",
    suspended         BIGINT
);

CREATE TABLE ledger_account (
    organization_id TEXT COLLATE "C"    NOT NULL,
    kind            BIGINT NOT NULL,
    debits_posted   BIGINT NOT NULL CHECK (debits_posted >= 0),
    credits_posted  BIGINT NOT NULL CHECK (credits_posted >= 0),
    debits_pending  BIGINT NOT NULL CHECK (debits_pending >= 0),
    credits_pending BIGINT NOT NULL CHECK (credits_pending >= 0),
    PRIMARY KEY (organization_id, kind)
);

CREATE TABLE ledger_entry (
    organization_id TEXT COLLATE "C"    NOT NULL,
    sequence        BIGINT NOT NULL,
    kind            BIGINT NOT NULL,
    debit           BIGINT NOT NULL,
    credit          BIGINT NOT NULL,
    amount_nano     BIGINT NOT NULL CHECK (amount_nano >= 0),
    released_nano   BIGINT NOT NULL CHECK (released_nano >= 0),
    period          BIGINT NOT NULL,
    at_ms           BIGINT NOT NULL,
    request_id      TEXT COLLATE "C"    NOT NULL,
    detail          TEXT COLLATE "C"    NOT NULL,
    previous_hash   BYTEA    NOT NULL,
    hash            BYTEA    NOT NULL,
    PRIMARY KEY (organization_id, sequence)
);

CREATE TABLE reservation (
    request_id         TEXT COLLATE "C" PRIMARY KEY,
    organization_id    TEXT COLLATE "C"    NOT NULL,
    project_id         TEXT COLLATE "C"    NOT NULL,
    key_id             TEXT COLLATE "C"    NOT NULL,
    model              TEXT COLLATE "C"    NOT NULL,
    tier               TEXT COLLATE "C"    NOT NULL,
    node_id            TEXT COLLATE "C"    NOT NULL,
    fingerprint        TEXT COLLATE "C"    NOT NULL,
    state              BIGINT NOT NULL,
    price_version      TEXT COLLATE "C"    NOT NULL,
    input_nano         BIGINT NOT NULL,
    cached_input_nano  BIGINT NOT NULL,
    output_nano        BIGINT NOT NULL,
    image_nano         BIGINT NOT NULL,
    call_nano          BIGINT NOT NULL,
    discount           TEXT COLLATE "C"    NOT NULL,
    prompt_tokens      BIGINT NOT NULL,
    completion_tokens  BIGINT NOT NULL,
    voucher_reserved   BIGINT NOT NULL,
    cash_reserved      BIGINT NOT NULL,
    period             BIGINT NOT NULL,
    day                BIGINT NOT NULL,
    admitted_at        BIGINT NOT NULL,
    lease_until        BIGINT NOT NULL,
    takes              TEXT COLLATE "C"    NOT NULL,
    settled_at         BIGINT NOT NULL,
    used_prompt        BIGINT NOT NULL,
    used_cached        BIGINT NOT NULL,
    used_completion    BIGINT NOT NULL,
    used_reasoning     BIGINT NOT NULL,
    used_images        BIGINT NOT NULL,
    used_calls         BIGINT NOT NULL,
    charged_nano       BIGINT NOT NULL
);

CREATE INDEX reservation_pending ON reservation (lease_until) WHERE state = 0;
CREATE INDEX reservation_counted ON reservation (organization_id, admitted_at);

CREATE TABLE limit_scope (
    organization_id TEXT COLLATE "C"    NOT NULL,
    scope           TEXT COLLATE "C"    NOT NULL,
    concurrency     BIGINT,
    rpm             BIGINT,
    tpm             BIGINT,
    tpd             BIGINT,
    budget_nano     BIGINT,
    budget_kind     BIGINT NOT NULL,
    running         BIGINT NOT NULL,
    slots           BYTEA    NOT NULL,
    day             BIGINT NOT NULL,
    day_tokens      BIGINT NOT NULL,
    budget_period   BIGINT NOT NULL,
    budget_used     BIGINT NOT NULL,
    PRIMARY KEY (organization_id, scope)
);

CREATE TABLE month_gross (
    organization_id TEXT COLLATE "C"    NOT NULL,
    period          BIGINT NOT NULL,
    gross_nano      BIGINT NOT NULL,
    PRIMARY KEY (organization_id, period)
);

CREATE TABLE usage_day (
    organization_id TEXT COLLATE "C"    NOT NULL,
    day             BIGINT NOT NULL,
    project_id      TEXT COLLATE "C"    NOT NULL,
    key_id          TEXT COLLATE "C"    NOT NULL,
    model           TEXT COLLATE "C"    NOT NULL,
    price_version   TEXT COLLATE "C"    NOT NULL,
    requests        BIGINT NOT NULL,
    uncached        BIGINT NOT NULL,
    cached          BIGINT NOT NULL,
    completion      BIGINT NOT NULL,
    reasoning       BIGINT NOT NULL,
    images          BIGINT NOT NULL,
    calls           BIGINT NOT NULL,
    input_nano      BIGINT NOT NULL,
    cached_nano     BIGINT NOT NULL,
    output_nano     BIGINT NOT NULL,
    other_nano      BIGINT NOT NULL,
    discount_nano   BIGINT NOT NULL,
    absorbed_nano   BIGINT NOT NULL,
    PRIMARY KEY (organization_id, day, project_id, key_id, model, price_version)
);

CREATE TABLE idempotency (
    organization_id TEXT COLLATE "C"    NOT NULL,
    key             TEXT COLLATE "C"    NOT NULL,
    fingerprint     TEXT COLLATE "C"    NOT NULL,
    sequence        BIGINT NOT NULL,
    at_ms           BIGINT NOT NULL,
    PRIMARY KEY (organization_id, key)
);

CREATE TABLE audit_event (
    id              TEXT COLLATE "C" PRIMARY KEY,
    at_ms           BIGINT NOT NULL,
    actor           TEXT COLLATE "C"    NOT NULL,
    action          TEXT COLLATE "C"    NOT NULL,
    organization_id TEXT COLLATE "C"    NOT NULL,
    subject         TEXT COLLATE "C"    NOT NULL,
    detail          TEXT COLLATE "C"    NOT NULL
);

CREATE INDEX audit_event_time ON audit_event (at_ms);

CREATE TABLE limit_request (
    id              TEXT COLLATE "C" PRIMARY KEY,
    organization_id TEXT COLLATE "C"    NOT NULL,
    requested_by    TEXT COLLATE "C"    NOT NULL,
    reason          TEXT COLLATE "C"    NOT NULL,
    concurrency     BIGINT,
    rpm             BIGINT,
    tpm             BIGINT,
    tpd             BIGINT,
    budget_nano     BIGINT,
    budget_kind     BIGINT NOT NULL,
    state           BIGINT NOT NULL,
    requested_at    BIGINT NOT NULL,
    decided_by      TEXT COLLATE "C"    NOT NULL,
    decided_at      BIGINT NOT NULL
);

CREATE FUNCTION ledger_entry_is_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'ledger entries are append only'; END $$;
CREATE TRIGGER ledger_entry_no_change BEFORE UPDATE OR DELETE ON ledger_entry
    FOR EACH ROW EXECUTE FUNCTION ledger_entry_is_append_only();
