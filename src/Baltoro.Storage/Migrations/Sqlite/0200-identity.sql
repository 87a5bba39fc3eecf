-- Projects, members, what a key may do, and who asked for a change. Times are Unix milliseconds.
ALTER TABLE organization ADD COLUMN version INTEGER NOT NULL DEFAULT 1;

CREATE TABLE project (
    id              TEXT PRIMARY KEY,
    organization_id TEXT    NOT NULL REFERENCES organization (id),
    name            TEXT    NOT NULL,
    created_at      INTEGER NOT NULL,
    archived_at     INTEGER,
    version         INTEGER NOT NULL
) STRICT;

CREATE INDEX project_organization ON project (organization_id, created_at, id);

CREATE TABLE member (
    id              TEXT PRIMARY KEY,
    organization_id TEXT    NOT NULL REFERENCES organization (id),
    email           TEXT    NOT NULL,
    name            TEXT    NOT NULL,
    role            INTEGER NOT NULL,
    created_at      INTEGER NOT NULL,
    version         INTEGER NOT NULL,
    UNIQUE (organization_id, email)
) STRICT;

ALTER TABLE api_key ADD COLUMN project_id TEXT NOT NULL DEFAULT '';
ALTER TABLE api_key ADD COLUMN member_id TEXT NOT NULL DEFAULT '';
ALTER TABLE api_key ADD COLUMN kind INTEGER NOT NULL DEFAULT 0;
ALTER TABLE api_key ADD COLUMN scopes INTEGER NOT NULL DEFAULT 3;
ALTER TABLE api_key ADD COLUMN role INTEGER NOT NULL DEFAULT 0;
ALTER TABLE api_key ADD COLUMN models TEXT NOT NULL DEFAULT '';
ALTER TABLE api_key ADD COLUMN networks TEXT NOT NULL DEFAULT '';
ALTER TABLE api_key ADD COLUMN previous_hash BLOB;
ALTER TABLE api_key ADD COLUMN previous_until INTEGER;
ALTER TABLE api_key ADD COLUMN expires_at INTEGER;
ALTER TABLE api_key ADD COLUMN last_used_at INTEGER;
ALTER TABLE api_key ADD COLUMN version INTEGER NOT NULL DEFAULT 1;

CREATE UNIQUE INDEX api_key_previous_hash ON api_key (previous_hash) WHERE previous_hash IS NOT NULL;
CREATE INDEX api_key_organization ON api_key (organization_id, created_at, id);

ALTER TABLE audit_event ADD COLUMN request_id TEXT NOT NULL DEFAULT '';
CREATE INDEX audit_event_organization ON audit_event (organization_id, at_ms, id);
CREATE TRIGGER audit_event_no_update BEFORE UPDATE ON audit_event BEGIN SELECT RAISE(ABORT, 'audit events are append only'); END;
CREATE TRIGGER audit_event_no_delete BEFORE DELETE ON audit_event BEGIN SELECT RAISE(ABORT, 'audit events are append only'); END;
