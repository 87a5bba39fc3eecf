-- Vouchers: codes as hashes. Prices and discounts of the operator: added, never changed. Times are Unix milliseconds.
CREATE TABLE voucher (
    id              TEXT PRIMARY KEY,
    code_hash       BLOB    NOT NULL UNIQUE,
    amount_nano     INTEGER NOT NULL CHECK (amount_nano > 0),
    organization_id TEXT,
    created_at      INTEGER NOT NULL,
    created_by      TEXT    NOT NULL,
    expires_at      INTEGER,
    redeemed_by     TEXT,
    redeemed_at     INTEGER
) STRICT;

CREATE TABLE price_version (
    book        TEXT    NOT NULL,
    id          TEXT    NOT NULL,
    valid_from  INTEGER NOT NULL,
    valid_until INTEGER,
    recorded_at INTEGER NOT NULL,
    models      TEXT    NOT NULL,
    PRIMARY KEY (book, id)
) STRICT;

CREATE TABLE discount_schedule (
    name            TEXT PRIMARY KEY,
    commitment_nano INTEGER NOT NULL CHECK (commitment_nano >= 0),
    steps           TEXT    NOT NULL,
    recorded_at     INTEGER NOT NULL
) STRICT;
