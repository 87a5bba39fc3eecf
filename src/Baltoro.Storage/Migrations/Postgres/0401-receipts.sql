-- Receipts: one per settled request, chained per organization and node; roots close the chains. Contents are the signed
-- texts themselves. All of them are append only.
CREATE TABLE receipt (
    organization_id TEXT COLLATE "C"    NOT NULL,
    node_id         TEXT COLLATE "C"    NOT NULL,
    sequence        BIGINT NOT NULL,
    request_id      TEXT COLLATE "C"    NOT NULL,
    content         TEXT    NOT NULL,
    hash            BYTEA    NOT NULL,
    PRIMARY KEY (organization_id, node_id, sequence)
);

CREATE UNIQUE INDEX receipt_request ON receipt (request_id);

CREATE TABLE receipt_chain (
    organization_id TEXT COLLATE "C"    NOT NULL,
    node_id         TEXT COLLATE "C"    NOT NULL,
    sequence        BIGINT NOT NULL,
    head            BYTEA    NOT NULL,
    PRIMARY KEY (organization_id, node_id)
);

CREATE TABLE receipt_root (
    organization_id TEXT COLLATE "C"    NOT NULL,
    number          BIGINT NOT NULL,
    ledger_sequence BIGINT NOT NULL,
    content         TEXT    NOT NULL,
    key_id          TEXT COLLATE "C"    NOT NULL,
    signature       BYTEA    NOT NULL,
    PRIMARY KEY (organization_id, number)
);

-- Settlements from before there were receipts have none.
CREATE TABLE receipt_origin (
    organization_id TEXT COLLATE "C" PRIMARY KEY,
    sequence        BIGINT NOT NULL
);

INSERT INTO receipt_origin (organization_id, sequence) SELECT organization_id, sequence FROM account WHERE sequence > 0;

CREATE FUNCTION receipts_are_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'receipts are append only'; END $$;
CREATE TRIGGER receipt_no_change BEFORE UPDATE OR DELETE ON receipt FOR EACH ROW EXECUTE FUNCTION receipts_are_append_only();
CREATE TRIGGER receipt_root_no_change BEFORE UPDATE OR DELETE ON receipt_root FOR EACH ROW EXECUTE FUNCTION receipts_are_append_only();
