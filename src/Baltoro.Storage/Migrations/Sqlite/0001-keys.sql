-- Organizations and keys. Times are Unix milliseconds.
CREATE TABLE setting (
    name  TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT;

CREATE TABLE organization (
    id         TEXT PRIMARY KEY,
    name       TEXT    NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE api_key (
    id              TEXT PRIMARY KEY,
    name            TEXT    NOT NULL,
    organization_id TEXT    NOT NULL REFERENCES organization (id),
    tier            TEXT    NOT NULL,
    hash            BLOB    NOT NULL UNIQUE CHECK (length(hash) = 32),
    hint            TEXT    NOT NULL,
    created_at      INTEGER NOT NULL,
    rotated_at      INTEGER,
    revoked_at      INTEGER
) STRICT;
