-- Answers kept for repeats of their request. Ids are hashes, contents are encrypted; times are Unix milliseconds.
CREATE TABLE kept_response (
    id          BYTEA PRIMARY KEY,
    scope       TEXT    NOT NULL,
    fingerprint BYTEA    NOT NULL,
    owner       TEXT    NOT NULL,
    run_id      TEXT    NOT NULL,
    created_at  BIGINT NOT NULL,
    lease_until BIGINT NOT NULL,
    content     BYTEA
);

CREATE INDEX kept_response_time ON kept_response (created_at);
CREATE INDEX kept_response_scope ON kept_response (scope, created_at);
