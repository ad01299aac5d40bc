-- What was received, sealed as it came. Keyed by municipality, so that a store can serve many.
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
) STRICT, WITHOUT ROWID;
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

-- Ids that were erased at a person's request and must not come back.
CREATE TABLE IF NOT EXISTS erased (
    municipality TEXT NOT NULL,
    id BLOB NOT NULL,
    erased_at_ms INTEGER NOT NULL,
    PRIMARY KEY (municipality, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS fact (
    name TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;
