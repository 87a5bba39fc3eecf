-- Uploaded files; their bytes lie in the data directory. Times are Unix milliseconds.
CREATE TABLE file (
    id              TEXT PRIMARY KEY,
    organization_id TEXT    NOT NULL,
    purpose         TEXT    NOT NULL,
    name            TEXT    NOT NULL,
    size_bytes      INTEGER NOT NULL CHECK (size_bytes > 0),
    created_at      INTEGER NOT NULL
) STRICT;

CREATE INDEX file_by_organization ON file (organization_id, created_at, id);
