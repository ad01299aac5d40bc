-- By what name the audit knows an entry: random, and deleted with the entry, after which the name leads to nobody. The audit before this
-- layout has the ids themselves; its chain cannot be written again.
CREATE TABLE entry_alias (
    municipality TEXT NOT NULL,
    id BYTEA NOT NULL,
    alias TEXT NOT NULL,
    PRIMARY KEY (municipality, id)
);
CREATE UNIQUE INDEX entry_by_alias ON entry_alias (municipality, alias);

-- Lists that somebody comes back to, sealed for the office: a name and filters may hold a person's words. Those of the table saved_view are
-- moved here when a server starts, which has the key.
CREATE TABLE sealed_view (
    municipality TEXT NOT NULL,
    login TEXT NOT NULL,
    number BIGINT NOT NULL,
    sealed BYTEA NOT NULL,
    PRIMARY KEY (municipality, login, number)
);
