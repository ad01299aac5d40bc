//! Enrols a public terminal: adds a block to the municipality's data.

use crate::located::report;
use crate::source::{check_dir, read_text};
use domain::terminal::{IDLE_S, Terminal};
use std::path::Path;

/// Adds a terminal to `terminals.toml` of a folder and checks the folder. On error, returns the
/// report and restores the file.
pub fn add_terminal(data: &Path, terminal: &Terminal) -> Result<(), String> {
    let path = data.join("terminals.toml");
    let said = |error: std::io::Error| format!("{}: {error}", path.display());
    let before = if path.exists() { Some(read_text(&path).map_err(said)?) } else { None };
    let text =
        before.clone().unwrap_or_else(|| "#:schema ../schema/terminals.schema.json\n".into());
    std::fs::write(&path, format!("{}\n\n{}", text.trim_end(), block(terminal))).map_err(said)?;
    check_dir(data).map(drop).map_err(|faults| {
        let restored = match &before {
            Some(before) => std::fs::write(&path, before),
            None => std::fs::remove_file(&path),
        };
        let restored = restored
            .err()
            .map(|error| format!("\n{}: could not be put back: {error}", path.display()));
        [report(&faults), restored.unwrap_or_default()].concat()
    })
}

fn block(terminal: &Terminal) -> String {
    let languages: Vec<String> =
        terminal.languages.iter().map(|language| format!("\"{}\"", language.tag())).collect();
    let mut block = format!(
        "[[terminal]]\nid = \"{}\"\nhub = \"{}\"\nlanguages = [{}]\n",
        terminal.id,
        terminal.hub,
        languages.join(", ")
    );
    if terminal.idle_s != IDLE_S {
        block += &format!("idle_s = {}\n", terminal.idle_s);
    }
    if terminal.is_ephemeral {
        block += "is_ephemeral = true\n";
    }
    block
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{HubId, Language, TerminalId};

    #[test]
    fn a_terminal_is_added_to_the_data_and_one_with_faults_changes_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let from =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/municipalities/pine-harbour");
        std::process::Command::new("cp")
            .arg("-r")
            .arg(from)
            .arg(dir.path().join("town"))
            .status()
            .unwrap();
        let town = dir.path().join("town");
        let (catalogue, _) = check_dir(&town).unwrap();
        let hub = catalogue.hubs()[0].id.clone();
        let terminal = |id: &str, hub: HubId| Terminal {
            id: TerminalId::parse(id).unwrap(),
            hub,
            languages: vec![Language::English],
            idle_s: 45,
            is_ephemeral: true,
        };
        add_terminal(&town, &terminal("front-desk", hub.clone())).unwrap();
        let (catalogue, _) = check_dir(&town).unwrap();
        assert_eq!(
            catalogue.terminal(&TerminalId::parse("front-desk").unwrap()),
            Some(&terminal("front-desk", hub.clone()))
        );
        let before = std::fs::read(town.join("terminals.toml")).unwrap();
        for (faulty, named) in [
            (terminal("front-desk", hub), "front-desk"),
            (terminal("other", HubId::parse("no-such-hub").unwrap()), "no-such-hub"),
        ] {
            let said = add_terminal(&town, &faulty).unwrap_err();
            assert!(said.contains(named) && said.contains("terminals.toml"), "{said}");
            assert_eq!(std::fs::read(town.join("terminals.toml")).unwrap(), before);
        }
    }
}
