-- Organizations, projects, members, keys, and who asked for a change. Times are Unix milliseconds.
CREATE TABLE setting (
    name  TEXT COLLATE "C" PRIMARY KEY,
    value BYTEA NOT NULL
);

CREATE TABLE organization (
    id         TEXT COLLATE "C" PRIMARY KEY,
    name       TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    version    BIGINT NOT NULL DEFAULT 1
);

CREATE TABLE project (
    id              TEXT COLLATE "C" PRIMARY KEY,
    organization_id TEXT COLLATE "C" NOT NULL REFERENCES organization (id),
    name            TEXT   NOT NULL,
    created_at      BIGINT NOT NULL,
    archived_at     BIGINT,
    version         BIGINT NOT NULL
);

CREATE INDEX project_organization ON project (organization_id, created_at, id);

CREATE TABLE member (
    id              TEXT COLLATE "C" PRIMARY KEY,
    organization_id TEXT COLLATE "C" NOT NULL REFERENCES organization (id),
    email           TEXT COLLATE "C" NOT NULL,
    name            TEXT   NOT NULL,
    role            BIGINT NOT NULL,
    created_at      BIGINT NOT NULL,
    version         BIGINT NOT NULL,
    UNIQUE (organization_id, email)
);

CREATE TABLE api_key (
    id              TEXT COLLATE "C" PRIMARY KEY,
    name            TEXT   NOT NULL,
    organization_id TEXT COLLATE "C" NOT NULL REFERENCES organization (id),
    project_id      TEXT COLLATE "C" NOT NULL DEFAULT '',
    member_id       TEXT COLLATE "C" NOT NULL DEFAULT '',
    kind            BIGINT NOT NULL DEFAULT 0,
    tier            TEXT COLLATE "C" NOT NULL,
    scopes          BIGINT NOT NULL DEFAULT 3,
    role            BIGINT NOT NULL DEFAULT 0,
    models          TEXT   NOT NULL DEFAULT '',
    networks        TEXT   NOT NULL DEFAULT '',
    hash            BYTEA  NOT NULL UNIQUE CHECK (length(hash) = 32),
    previous_hash   BYTEA,
    previous_until  BIGINT,
    hint            TEXT   NOT NULL,
    created_at      BIGINT NOT NULL,
    expires_at      BIGINT,
    rotated_at      BIGINT,
    revoked_at      BIGINT,
    last_used_at    BIGINT,
    version         BIGINT NOT NULL DEFAULT 1
);

CREATE UNIQUE INDEX api_key_previous_hash ON api_key (previous_hash) WHERE previous_hash IS NOT NULL;
CREATE INDEX api_key_organization ON api_key (organization_id, created_at, id);

ALTER TABLE audit_event ADD COLUMN request_id TEXT COLLATE "C" NOT NULL DEFAULT '';
CREATE INDEX audit_event_organization ON audit_event (organization_id, at_ms, id);
CREATE FUNCTION audit_event_is_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'audit events are append only'; END $$;
CREATE TRIGGER audit_event_no_change BEFORE UPDATE OR DELETE ON audit_event
    FOR EACH ROW EXECUTE FUNCTION audit_event_is_append_only();
