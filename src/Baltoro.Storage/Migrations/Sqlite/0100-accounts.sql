-- Accounts, ledger, reservations, limit counters, use. Times are Unix milliseconds, amounts nano-dollars,
-- days yyyymmdd, months yyyymm. Ledger entries are append only.
CREATE TABLE account (
    organization_id   TEXT PRIMARY KEY,
    sequence          INTEGER NOT NULL,
    head              BLOB    NOT NULL,
    limits_epoch      TEXT    NOT NULL,
    credit_limit_nano INTEGER,
    tier              TEXT,
    price_book        TEXT,
    discount          TEXT,
    suspended         INTEGER
) STRICT;

CREATE TABLE ledger_account (
    organization_id TEXT    NOT NULL,
    kind            INTEGER NOT NULL,
    debits_posted   INTEGER NOT NULL CHECK (debits_posted >= 0),
    credits_posted  INTEGER NOT NULL CHECK (credits_posted >= 0),
    debits_pending  INTEGER NOT NULL CHECK (debits_pending >= 0),
    credits_pending INTEGER NOT NULL CHECK (credits_pending >= 0),
    PRIMARY KEY (organization_id, kind)
) STRICT, WITHOUT ROWID;

CREATE TABLE ledger_entry (
    organization_id TEXT    NOT NULL,
    sequence        INTEGER NOT NULL,
    kind            INTEGER NOT NULL,
    debit           INTEGER NOT NULL,
    credit          INTEGER NOT NULL,
    amount_nano     INTEGER NOT NULL CHECK (amount_nano >= 0),
    released_nano   INTEGER NOT NULL CHECK (released_nano >= 0),
    period          INTEGER NOT NULL,
    at_ms           INTEGER NOT NULL,
    request_id      TEXT    NOT NULL,
    detail          TEXT    NOT NULL,
    previous_hash   BLOB    NOT NULL,
    hash            BLOB    NOT NULL,
    PRIMARY KEY (organization_id, sequence)
) STRICT, WITHOUT ROWID;

CREATE TABLE reservation (
    request_id         TEXT PRIMARY KEY,
    organization_id    TEXT    NOT NULL,
    project_id         TEXT    NOT NULL,
    key_id             TEXT    NOT NULL,
    model              TEXT    NOT NULL,
    tier               TEXT    NOT NULL,
    node_id            TEXT    NOT NULL,
    fingerprint        TEXT    NOT NULL,
    state              INTEGER NOT NULL,
    price_version      TEXT    NOT NULL,
    input_nano         INTEGER NOT NULL,
    cached_input_nano  INTEGER NOT NULL,
    output_nano        INTEGER NOT NULL,
    image_nano         INTEGER NOT NULL,
    call_nano          INTEGER NOT NULL,
    discount           TEXT    NOT NULL,
    prompt_tokens      INTEGER NOT NULL,
    completion_tokens  INTEGER NOT NULL,
    voucher_reserved   INTEGER NOT NULL,
    cash_reserved      INTEGER NOT NULL,
    period             INTEGER NOT NULL,
    day                INTEGER NOT NULL,
    admitted_at        INTEGER NOT NULL,
    lease_until        INTEGER NOT NULL,
    takes              TEXT    NOT NULL,
    settled_at         INTEGER NOT NULL,
    used_prompt        INTEGER NOT NULL,
    used_cached        INTEGER NOT NULL,
    used_completion    INTEGER NOT NULL,
    used_reasoning     INTEGER NOT NULL,
    used_images        INTEGER NOT NULL,
    used_calls         INTEGER NOT NULL,
    charged_nano       INTEGER NOT NULL
) STRICT;

CREATE INDEX reservation_pending ON reservation (lease_until) WHERE state = 0;
CREATE INDEX reservation_counted ON reservation (organization_id, admitted_at);

CREATE TABLE limit_scope (
    organization_id TEXT    NOT NULL,
    scope           TEXT    NOT NULL,
    concurrency     INTEGER,
    rpm             INTEGER,
    tpm             INTEGER,
    tpd             INTEGER,
    budget_nano     INTEGER,
    budget_kind     INTEGER NOT NULL,
    running         INTEGER NOT NULL,
    slots           BLOB    NOT NULL,
    day             INTEGER NOT NULL,
    day_tokens      INTEGER NOT NULL,
    budget_period   INTEGER NOT NULL,
    budget_used     INTEGER NOT NULL,
    PRIMARY KEY (organization_id, scope)
) STRICT, WITHOUT ROWID;

CREATE TABLE month_gross (
    organization_id TEXT    NOT NULL,
    period          INTEGER NOT NULL,
    gross_nano      INTEGER NOT NULL,
    PRIMARY KEY (organization_id, period)
) STRICT, WITHOUT ROWID;

CREATE TABLE usage_day (
    organization_id TEXT    NOT NULL,
    day             INTEGER NOT NULL,
    project_id      TEXT    NOT NULL,
    key_id          TEXT    NOT NULL,
    model           TEXT    NOT NULL,
    price_version   TEXT    NOT NULL,
    requests        INTEGER NOT NULL,
    uncached        INTEGER NOT NULL,
    cached          INTEGER NOT NULL,
    completion      INTEGER NOT NULL,
    reasoning       INTEGER NOT NULL,
    images          INTEGER NOT NULL,
    calls           INTEGER NOT NULL,
    input_nano      INTEGER NOT NULL,
    cached_nano     INTEGER NOT NULL,
    output_nano     INTEGER NOT NULL,
    other_nano      INTEGER NOT NULL,
    discount_nano   INTEGER NOT NULL,
    absorbed_nano   INTEGER NOT NULL,
    PRIMARY KEY (organization_id, day, project_id, key_id, model, price_version)
) STRICT, WITHOUT ROWID;

CREATE TABLE idempotency (
    organization_id TEXT    NOT NULL,
    key             TEXT    NOT NULL,
    fingerprint     TEXT    NOT NULL,
    sequence        INTEGER NOT NULL,
    at_ms           INTEGER NOT NULL,
    PRIMARY KEY (organization_id, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE audit_event (
    id              TEXT PRIMARY KEY,
    at_ms           INTEGER NOT NULL,
    actor           TEXT    NOT NULL,
    action          TEXT    NOT NULL,
    organization_id TEXT    NOT NULL,
    subject         TEXT    NOT NULL,
    detail          TEXT    NOT NULL
) STRICT;

CREATE INDEX audit_event_time ON audit_event (at_ms);

CREATE TABLE limit_request (
    id              TEXT PRIMARY KEY,
    organization_id TEXT    NOT NULL,
    requested_by    TEXT    NOT NULL,
    reason          TEXT    NOT NULL,
    concurrency     INTEGER,
    rpm             INTEGER,
    tpm             INTEGER,
    tpd             INTEGER,
    budget_nano     INTEGER,
    budget_kind     INTEGER NOT NULL,
    state           INTEGER NOT NULL,
    requested_at    INTEGER NOT NULL,
    decided_by      TEXT    NOT NULL,
    decided_at      INTEGER NOT NULL
) STRICT;

CREATE TRIGGER ledger_entry_no_update BEFORE UPDATE ON ledger_entry BEGIN SELECT RAISE(ABORT, 'ledger entries are append only'); END;
CREATE TRIGGER ledger_entry_no_delete BEFORE DELETE ON ledger_entry BEGIN SELECT RAISE(ABORT, 'ledger entries are append only'); END;
