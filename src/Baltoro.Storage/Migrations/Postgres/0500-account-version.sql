-- Counts the changes of an account, so that a node can tell whether what it remembers is still so.
ALTER TABLE account ADD COLUMN version BIGINT NOT NULL DEFAULT 0;

-- Moves an account on if nobody else did meanwhile, and answers the time in Unix milliseconds.
CREATE FUNCTION account_advance(organization TEXT, expected BIGINT, new_sequence BIGINT, new_head BYTEA) RETURNS BIGINT LANGUAGE plpgsql AS
$$
BEGIN
    UPDATE account SET version = version + 1, sequence = new_sequence, head = new_head
        WHERE organization_id = organization AND version = expected;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the account has changed' USING ERRCODE = '40001';
    END IF;
    RETURN (extract(epoch FROM clock_timestamp()) * 1000)::bigint;
END
$$;
