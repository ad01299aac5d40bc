-- As in SQLite's schema.sql; only the words for bytes and numbers are PostgreSQL's.
CREATE TABLE IF NOT EXISTS submission (
    municipality TEXT NOT NULL,
    id BYTEA NOT NULL,
    format BIGINT NOT NULL,
    suite BIGINT NOT NULL,
    kind BIGINT NOT NULL,
    key BYTEA NOT NULL,
    catalogue_version BIGINT NOT NULL,
    body_hash BYTEA NOT NULL,
    sealed BYTEA NOT NULL,
    received_at_ms BIGINT NOT NULL,
    PRIMARY KEY (municipality, id)
);
-- Sealed bytes do not get smaller.
ALTER TABLE submission ALTER COLUMN sealed SET STORAGE EXTERNAL;
CREATE INDEX IF NOT EXISTS submission_by_time ON submission (municipality, kind, received_at_ms, id);

CREATE TABLE IF NOT EXISTS set_aside (
    municipality TEXT NOT NULL,
    id BYTEA NOT NULL,
    body_hash BYTEA NOT NULL,
    envelope BYTEA NOT NULL,
    received_at_ms BIGINT NOT NULL,
    PRIMARY KEY (municipality, id, body_hash)
);

CREATE TABLE IF NOT EXISTS tombstone (
    municipality TEXT NOT NULL,
    hash BYTEA NOT NULL,
    erased_at_ms BIGINT NOT NULL,
    PRIMARY KEY (municipality, hash)
);

CREATE TABLE IF NOT EXISTS fact (
    municipality TEXT NOT NULL,
    name TEXT NOT NULL,
    value BYTEA NOT NULL,
    PRIMARY KEY (municipality, name)
);

CREATE INDEX IF NOT EXISTS submission_by_reference ON submission (municipality, substr(id, 12, 5));

CREATE TABLE IF NOT EXISTS stage (
    municipality TEXT NOT NULL,
    id BYTEA NOT NULL,
    stage BIGINT NOT NULL,
    at_ms BIGINT NOT NULL,
    PRIMARY KEY (municipality, id, stage)
);

CREATE TABLE IF NOT EXISTS hold (
    municipality TEXT NOT NULL,
    id BYTEA NOT NULL,
    reason TEXT NOT NULL,
    since_ms BIGINT NOT NULL,
    PRIMARY KEY (municipality, id)
);

CREATE TABLE IF NOT EXISTS staff (
    municipality TEXT NOT NULL,
    login TEXT NOT NULL,
    name TEXT NOT NULL,
    role BIGINT NOT NULL,
    password TEXT NOT NULL,
    invitation BYTEA NOT NULL,
    invitation_until_ms BIGINT NOT NULL,
    is_active BIGINT NOT NULL,
    PRIMARY KEY (municipality, login)
);

CREATE TABLE IF NOT EXISTS session (
    municipality TEXT NOT NULL,
    hash BYTEA NOT NULL,
    login TEXT NOT NULL,
    began_ms BIGINT NOT NULL,
    seen_ms BIGINT NOT NULL,
    PRIMARY KEY (municipality, hash)
);

CREATE TABLE IF NOT EXISTS event (
    municipality TEXT NOT NULL,
    id BYTEA NOT NULL,
    number BIGINT NOT NULL,
    at_ms BIGINT NOT NULL,
    who TEXT NOT NULL,
    sealed BYTEA NOT NULL,
    PRIMARY KEY (municipality, id, number)
);
CREATE INDEX IF NOT EXISTS event_by_time ON event (municipality, at_ms, id, number);

CREATE TABLE IF NOT EXISTS audit (
    municipality TEXT NOT NULL,
    number BIGINT NOT NULL,
    at_ms BIGINT NOT NULL,
    who TEXT NOT NULL,
    what TEXT NOT NULL,
    detail TEXT NOT NULL,
    previous BYTEA NOT NULL,
    hash BYTEA NOT NULL,
    PRIMARY KEY (municipality, number)
);
CREATE OR REPLACE FUNCTION audit_is_only_added_to() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the audit is only ever added to'; END $$;
CREATE OR REPLACE TRIGGER audit_is_not_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
FOR EACH STATEMENT EXECUTE FUNCTION audit_is_only_added_to();

CREATE TABLE IF NOT EXISTS saved_view (
    municipality TEXT NOT NULL,
    login TEXT NOT NULL,
    name TEXT NOT NULL,
    query TEXT NOT NULL,
    PRIMARY KEY (municipality, login, name)
);

CREATE TABLE IF NOT EXISTS survey_entry (
    municipality TEXT NOT NULL,
    number BIGINT NOT NULL,
    at_ms BIGINT NOT NULL,
    who TEXT NOT NULL,
    sealed BYTEA NOT NULL,
    PRIMARY KEY (municipality, number)
);

CREATE TABLE IF NOT EXISTS counter_entry (
    municipality TEXT NOT NULL,
    number BIGINT NOT NULL,
    at_ms BIGINT NOT NULL,
    who TEXT NOT NULL,
    sealed BYTEA NOT NULL,
    PRIMARY KEY (municipality, number)
);

-- The last table: where it is, all are.
CREATE TABLE IF NOT EXISTS device_seen (
    municipality TEXT NOT NULL,
    device TEXT NOT NULL,
    at_ms BIGINT NOT NULL,
    state TEXT NOT NULL,
    PRIMARY KEY (municipality, device)
);
