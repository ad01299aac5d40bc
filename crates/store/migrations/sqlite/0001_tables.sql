-- What was received, sealed as it came. Keyed by municipality, so that a store can serve many. With a rowid, as nothing else here: entries are large, and
-- a tree that is ordered by its whole rows compares whole rows.
CREATE TABLE IF NOT EXISTS submission (
    municipality TEXT NOT NULL,
    id BLOB NOT NULL,
    format INTEGER NOT NULL,
    suite INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    key BLOB NOT NULL,
    catalogue_version INTEGER NOT NULL,
    body_hash BLOB NOT NULL,
    sealed BLOB NOT NULL,
    received_at_ms INTEGER NOT NULL,
    PRIMARY KEY (municipality, id)
) STRICT;
CREATE INDEX IF NOT EXISTS submission_by_time ON submission (municipality, kind, received_at_ms, id);

-- A second body under an id that stands already: kept for a person to look at, never mixed with the first.
CREATE TABLE IF NOT EXISTS set_aside (
    municipality TEXT NOT NULL,
    id BLOB NOT NULL,
    body_hash BLOB NOT NULL,
    envelope BLOB NOT NULL,
    received_at_ms INTEGER NOT NULL,
    PRIMARY KEY (municipality, id, body_hash)
) STRICT, WITHOUT ROWID;

-- What was erased at a person's request and must not come back: a keyed hash of its id, nothing else.
CREATE TABLE IF NOT EXISTS tombstone (
    municipality TEXT NOT NULL,
    hash BLOB NOT NULL,
    erased_at_ms INTEGER NOT NULL,
    PRIMARY KEY (municipality, hash)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS fact (
    name TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- Entries are looked for by what stands on a receipt: the last five bytes of the id.
CREATE INDEX IF NOT EXISTS submission_by_reference ON submission (municipality, substr(id, 12, 5));

-- How far the office is with an entry, for whoever has its receipt. That it was received is in the entry itself.
CREATE TABLE IF NOT EXISTS stage (
    municipality TEXT NOT NULL,
    id BLOB NOT NULL,
    stage INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    PRIMARY KEY (municipality, id, stage)
) STRICT, WITHOUT ROWID;

-- Entries that must be kept whatever their age, and cannot be erased.
CREATE TABLE IF NOT EXISTS hold (
    municipality TEXT NOT NULL,
    id BLOB NOT NULL,
    reason TEXT NOT NULL,
    since_ms INTEGER NOT NULL,
    PRIMARY KEY (municipality, id)
) STRICT, WITHOUT ROWID;

-- Who works with the office.
CREATE TABLE IF NOT EXISTS staff (
    municipality TEXT NOT NULL,
    login TEXT NOT NULL,
    name TEXT NOT NULL,
    role INTEGER NOT NULL,
    password TEXT NOT NULL,
    invitation BLOB NOT NULL,
    invitation_until_ms INTEGER NOT NULL,
    is_active INTEGER NOT NULL,
    PRIMARY KEY (municipality, login)
) STRICT, WITHOUT ROWID;

-- Who is signed in: the browser has the secret, this its hash.
CREATE TABLE IF NOT EXISTS session (
    municipality TEXT NOT NULL,
    hash BLOB NOT NULL,
    login TEXT NOT NULL,
    began_ms INTEGER NOT NULL,
    seen_ms INTEGER NOT NULL,
    PRIMARY KEY (municipality, hash)
) STRICT, WITHOUT ROWID;

-- What was done with each inquiry, sealed for the office (office/ink.rs). It is only added to, and goes with its inquiry.
CREATE TABLE IF NOT EXISTS event (
    municipality TEXT NOT NULL,
    id BLOB NOT NULL,
    number INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    who TEXT NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (municipality, id, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS event_by_time ON event (municipality, at_ms, id, number);

-- What the office did with the survey, sealed for the office: collectors, cleared comments, frozen baselines. It is only added to.
CREATE TABLE IF NOT EXISTS survey_entry (
    municipality TEXT NOT NULL,
    number INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    who TEXT NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (municipality, number)
) STRICT, WITHOUT ROWID;

-- What the office did with tablets, with what counters do and with events, sealed for the office. It is only added to.
CREATE TABLE IF NOT EXISTS counter_entry (
    municipality TEXT NOT NULL,
    number INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    who TEXT NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (municipality, number)
) STRICT, WITHOUT ROWID;

-- What each tablet and public terminal said of itself last: numbers, and nothing of anybody.
CREATE TABLE IF NOT EXISTS device_seen (
    municipality TEXT NOT NULL,
    device TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    state TEXT NOT NULL,
    PRIMARY KEY (municipality, device)
) STRICT, WITHOUT ROWID;

-- Lists that somebody comes back to.
CREATE TABLE IF NOT EXISTS saved_view (
    municipality TEXT NOT NULL,
    login TEXT NOT NULL,
    name TEXT NOT NULL,
    query TEXT NOT NULL,
    PRIMARY KEY (municipality, login, name)
) STRICT, WITHOUT ROWID;

-- Who did what with all this (audit.rs). It is only ever added to.
CREATE TABLE IF NOT EXISTS audit (
    municipality TEXT NOT NULL,
    number INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    who TEXT NOT NULL,
    what TEXT NOT NULL,
    detail TEXT NOT NULL,
    previous BLOB NOT NULL,
    hash BLOB NOT NULL,
    PRIMARY KEY (municipality, number)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER IF NOT EXISTS audit_is_not_changed BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit is only ever added to'); END;
CREATE TRIGGER IF NOT EXISTS audit_is_not_deleted BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit is only ever added to'); END;
