-- Receipts: one per settled request, chained per organization and node; roots close the chains. Contents are the signed
-- texts themselves. All of them are append only.
CREATE TABLE receipt (
    organization_id TEXT    NOT NULL,
    node_id         TEXT    NOT NULL,
    sequence        INTEGER NOT NULL,
    request_id      TEXT    NOT NULL,
    content         TEXT    NOT NULL,
    hash            BLOB    NOT NULL,
    PRIMARY KEY (organization_id, node_id, sequence)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX receipt_request ON receipt (request_id);

CREATE TABLE receipt_chain (
    organization_id TEXT    NOT NULL,
    node_id         TEXT    NOT NULL,
    sequence        INTEGER NOT NULL,
    head            BLOB    NOT NULL,
    PRIMARY KEY (organization_id, node_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE receipt_root (
    organization_id TEXT    NOT NULL,
    number          INTEGER NOT NULL,
    ledger_sequence INTEGER NOT NULL,
    content         TEXT    NOT NULL,
    key_id          TEXT    NOT NULL,
    signature       BLOB    NOT NULL,
    PRIMARY KEY (organization_id, number)
) STRICT, WITHOUT ROWID;

-- Settlements from before there were receipts have none.
CREATE TABLE receipt_origin (
    organization_id TEXT PRIMARY KEY,
    sequence        INTEGER NOT NULL
) STRICT;

INSERT INTO receipt_origin (organization_id, sequence) SELECT organization_id, sequence FROM account WHERE sequence > 0;

CREATE TRIGGER receipt_no_update BEFORE UPDATE ON receipt BEGIN SELECT RAISE(ABORT, 'receipts are append only'); END;
CREATE TRIGGER receipt_no_delete BEFORE DELETE ON receipt BEGIN SELECT RAISE(ABORT, 'receipts are append only'); END;
CREATE TRIGGER receipt_root_no_update BEFORE UPDATE ON receipt_root BEGIN SELECT RAISE(ABORT, 'roots are append only'); END;
CREATE TRIGGER receipt_root_no_delete BEFORE DELETE ON receipt_root BEGIN SELECT RAISE(ABORT, 'roots are append only'); END;
