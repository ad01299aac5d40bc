-- The door of the office: changes that say which state they were decided on, what somebody may read,
-- second factors, and what administrators have set.

-- How often this row was changed. A change counts only if nobody came before it.
ALTER TABLE staff ADD COLUMN version INTEGER NOT NULL DEFAULT 0;
-- Whose inquiries somebody reads: 'all', 'department:NAME' or 'hub:ID'. Who was here before reads all
-- of them, as before; the page of people says so of counter accounts.
ALTER TABLE staff ADD COLUMN scope TEXT NOT NULL DEFAULT 'all';

-- Second factors (RFC 6238). The secret is sealed for the office (office/ink.rs); a code counts once.
CREATE TABLE second_factor (
    municipality TEXT NOT NULL,
    login TEXT NOT NULL,
    sealed BLOB NOT NULL,
    last_step INTEGER NOT NULL,
    PRIMARY KEY (municipality, login)
) STRICT, WITHOUT ROWID;

-- Printed codes for whoever has lost the device: hashes, each of which counts once.
CREATE TABLE spare_code (
    municipality TEXT NOT NULL,
    login TEXT NOT NULL,
    hash BLOB NOT NULL,
    PRIMARY KEY (municipality, login, hash)
) STRICT, WITHOUT ROWID;

-- Who gave the right password and has still to give a code. It opens nothing else. `sealed` is the
-- secret that is being set up; empty where a code of one that was set up is asked for.
CREATE TABLE half_session (
    municipality TEXT NOT NULL,
    hash BLOB NOT NULL,
    login TEXT NOT NULL,
    staff_version INTEGER NOT NULL,
    began_ms INTEGER NOT NULL,
    tries INTEGER NOT NULL,
    reason TEXT NOT NULL,
    back TEXT NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (municipality, hash)
) STRICT, WITHOUT ROWID;

-- What administrators have set.
CREATE TABLE setting (
    municipality TEXT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (municipality, name)
) STRICT, WITHOUT ROWID;
