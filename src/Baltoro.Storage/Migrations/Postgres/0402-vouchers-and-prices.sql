-- Vouchers: codes as hashes. Prices and discounts of the operator: added, never changed. Times are Unix milliseconds.
CREATE TABLE voucher (
    id              TEXT COLLATE "C" PRIMARY KEY,
    code_hash       BYTEA    NOT NULL UNIQUE,
    amount_nano     BIGINT NOT NULL CHECK (amount_nano > 0),
    organization_id TEXT COLLATE "C",
    created_at      BIGINT NOT NULL,
    created_by      TEXT COLLATE "C"    NOT NULL,
    expires_at      BIGINT,
    redeemed_by     TEXT COLLATE "C",
    redeemed_at     BIGINT
);

CREATE TABLE price_version (
    book        TEXT COLLATE "C"    NOT NULL,
    id          TEXT COLLATE "C"    NOT NULL,
    valid_from  BIGINT NOT NULL,
    valid_until BIGINT,
    recorded_at BIGINT NOT NULL,
    models      TEXT COLLATE "C"    NOT NULL,
    PRIMARY KEY (book, id)
);

CREATE TABLE discount_schedule (
    name            TEXT COLLATE "C" PRIMARY KEY,
    commitment_nano BIGINT NOT NULL CHECK (commitment_nano >= 0),
    steps           TEXT COLLATE "C"    NOT NULL,
    recorded_at     BIGINT NOT NULL
);
