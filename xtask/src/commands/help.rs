//! The help texts of the commands.

/// Name and text of each command; the first line of a text is its usage.
const COMMANDS: [(&str, &str); 17] = [
    (
        "run",
        "\
cargo xtask run [--demo] [--port N] [--data-dir DIR] [--municipality DIR]
    Sets up what is missing, builds, and serves app and server on http://localhost:8080. Ctrl-C stops it.
    --demo              with a made-up month of inquiries, to see the office at work (/office)
    --port N            another port
    --data-dir DIR      database and keys (default: var; with --demo: var/demo)
    --municipality DIR  whose hub it is (default: data/kawartha-lakes)",
    ),
    (
        "test",
        "\
cargo xtask test [--only PART]...
    Sets up what is missing, Chromium, Firefox and PostgreSQL too, and passes everything; ends with a table and a count.
    --only PART         this part, and others named like it: format, lints, dependencies, native, attack, store, catalogue, build, size, browser",
    ),
    (
        "build",
        "\
cargo xtask build [--municipality DIR]
    Builds the site into dist/; what has not changed is not built again.
    --municipality DIR  whose hub it is (default: data/kawartha-lakes)",
    ),
    (
        "size",
        "\
cargo xtask size [--json] [--check]
    What a first visit transfers, part by part, and what each crate takes of the wasm.
    --json              for other programs
    --check             fails over the budget",
    ),
    (
        "catalogue",
        "\
cargo xtask catalogue check [DIR]
    Says everything that is wrong with a municipality's folder (default: data/kawartha-lakes).
cargo xtask catalogue publish [DIR] [--data-dir DIR]
    Publishes the next edition of the catalogue, urgent words too, to a server that is running; the app stays as it is.
    --data-dir DIR      the server's data folder (default: var)",
    ),
    (
        "terminal",
        "\
cargo xtask terminal add ID --hub HUB [--languages en,fr] [--idle-s N] [--ephemeral] [--municipality DIR]
    Enrols a public terminal: it opens at /k/ID once the catalogue is published, and leaves nothing for the next visitor.
    --hub HUB           where it stands
    --languages en,fr   what it offers; the first is shown first
    --idle-s N          seconds without a touch until it asks whether somebody is there (default: 90)
    --ephemeral         its browser forgets everything when closed: what is said there goes at once or not at all",
    ),
    (
        "bench",
        "\
cargo xtask bench finder [--queries FILE] [--json] [--municipality DIR]
    How often the finder's first answer, or one of its first five, is right, by class of query.
    --queries FILE      judged queries (default: crates/finder/tests/queries.json)
cargo xtask bench growth --size N... [--corpora DIR]
    Quality and time of a keystroke on generated catalogues of N services (default folder: target/corpora).
cargo xtask bench ingest [--seconds N]
    How many entries a second SQLite and PostgreSQL keep, each acknowledged after its commit, and how long an answer takes; and what
    opening one and signing for it takes by itself.
    --seconds N         for each way (default: 5)
cargo xtask bench office [--entries N] [--open N] [--dir DIR]
    How soon the office opens on a database of N entries, how much memory it takes, and how long its pages take; then a flood from one address.
    --entries N         default: 1000000, made once (some minutes, 3 GB)
    --open N            inquiries that are open (default: 10000)
    --dir DIR           where it is made (default: target/office-bench)",
    ),
    (
        "explain",
        "\
cargo xtask explain QUESTION
    What the finder answers, and why: which word met which, in which field, with how many slips.",
    ),
    (
        "fuzz",
        "\
cargo xtask fuzz [--seconds N] [--target NAME]...
    Gives every decoder of foreign bytes inputs that nobody meant, guided by what they reach; needs a C++ compiler.
    --seconds N         for each target (default: 360, an hour for all)
    --target NAME       this one, and others named like it: batch, body, answer, keys, stored, catalogue, index, question, typed, forwarded",
    ),
    (
        "mutants",
        "\
cargo xtask mutants [--sample N] [--seed N] [CRATE]...
    Changes the code of the pure crates in one place at a time, and counts how many of the changes each crate's own tests catch;
    fails below 90 %. Installs cargo-mutants the first time. A crate takes five to ten minutes.
    --sample N          mutants per crate, drawn from all (default: 100)
    --seed N            draws others (default: 1)
    CRATE               only these: domain, finder, offline, insight, casework",
    ),
    (
        "attack",
        "\
cargo xtask attack [--short] [--only NAME]...
    Plays the hostile list against the real program on this machine's loopback: the door, floods, slow and many connections, races, strange
    bytes and addresses. A line for each thing that is tried; ends by itself, after some minutes, and fails when anything is not as it must be.
    --short             smaller numbers, as in the tests (cargo xtask test --only attack)
    --only NAME         this attack, and others named like it; a name of nobody shows all",
    ),
    (
        "pictures",
        "\
cargo xtask pictures [--out DIR]
    Pictures of every page, at 360 and 1280 px (default: target/pictures).",
    ),
    (
        "survey",
        "\
cargo xtask survey simulate [--waves N]
    Tells N waves of the survey in an invented city whose truth is known, and how often the report's intervals hold it.
    --waves N           default: 2000",
    ),
    (
        "simulate",
        "\
cargo xtask simulate --seeds N [--from SEED]
    Tells N histories of devices, a bad network and a server that dies, and checks that nothing is lost or doubled.
cargo xtask simulate --seed SEED
    Tells one of them again, step by step.",
    ),
    (
        "crash",
        "\
cargo xtask crash [--power-cuts N] [--server-kills N] [--browser-kills N]
    Cuts the power under the database, kills the server under load and the browser in the midst of a save, and counts what was
    acknowledged or called kept and is gone (without options: 10,000 cuts, 200 and 100 kills).",
    ),
    (
        "faults",
        "\
cargo xtask faults [--only LEVEL]...
    Runs the tests of all numbered faults; a line for each number, and those that have no test.
    --only LEVEL        only where: native, store, browser",
    ),
    (
        "setup",
        "\
cargo xtask setup
    Only the set-up: compilers, trunk, wasm-bindgen, wasm-opt, cargo-deny, Chromium, Firefox, PostgreSQL, and the packages of the browser tests.",
    ),
];

/// The help text of one command, or of all if the name is unknown.
pub(crate) fn help(command: &str) -> String {
    match COMMANDS.iter().find(|(name, _)| *name == command) {
        Some((_, text)) => (*text).into(),
        None => COMMANDS.map(|(_, text)| text).join("\n\n"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_speaks_of_itself_alone_and_nobody_of_all() {
        assert!(
            help("size").starts_with("cargo xtask size") && !help("size").contains("xtask run")
        );
        assert!(COMMANDS.iter().all(|(name, text)| help("").contains(text) && text.contains(name)));
    }
}
