//! The settings file: values for the options of every command, so that a command in a timer needs
//! no more words than one by hand. Options and environment variables go over it.
//!
//! It becomes the default values of the options themselves, so that one definition says what is
//! allowed, wherever a value comes from.

use clap::builder::Resettable;
use clap::{Arg, Command};
use domain::text::utf8_of;
use std::collections::{BTreeMap, BTreeSet};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use toml::Value;

/// Read if it exists and no other file is named.
pub const USUAL_PATH: &str = "/etc/community-hub/hub.toml";
/// Settings that no option has, because a command line can be read by everybody on the machine.
const SECRETS: [&str; 8] = [
    "database_url",
    "smtp_url",
    "imap_url",
    "imap_token_command",
    "oidc_issuer",
    "oidc_client_id",
    "oidc_client_secret",
    "oidc_login_claim",
];
/// Options that are given for one start, and never belong in a file.
const NOT_IN_A_FILE: [&str; 1] = ["settings"];
/// The command whose options have the names of settings without this beginning.
const RETENTION: (&str, &str) = ("retention", "retention_");

/// The values of a settings file.
#[derive(Debug, Clone, Default)]
pub struct SettingsFile {
    /// Where it is; `None` if there is none.
    path: Option<PathBuf>,
    values: BTreeMap<String, String>,
}

impl SettingsFile {
    /// Reads the named file, or the usual one if it exists. `command` is the program's, whose
    /// options are the settings.
    pub fn find(named: Option<&Path>, command: &Command) -> Result<Self, String> {
        match named {
            Some(path) => Self::read(path, command),
            None if Path::new(USUAL_PATH).exists() => Self::read(Path::new(USUAL_PATH), command),
            None => Ok(Self::default()),
        }
    }

    fn read(path: &Path, command: &Command) -> Result<Self, String> {
        let at = path.display();
        let bytes = std::fs::read(path).map_err(|error| match error.kind() {
            ErrorKind::PermissionDenied => format!(
                "{at} may not be read. Run this as the server’s user, or as an administrator."
            ),
            _ => format!("{at} cannot be read: {error}. Name another file with --settings."),
        })?;
        let text = utf8_of(&bytes).map_err(|foreign| format!("{at}, {foreign}."))?;
        let values =
            parsed(text, command).map_err(|what| format!("{at}, {what} Nothing was done."))?;
        Ok(Self { path: Some(path.into()), values })
    }

    /// Where the file is; `None` if there is none.
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// How many values it has.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether it has no values.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Whether it has values that nobody else may read.
    pub fn has_secrets(&self) -> bool {
        self.values.keys().any(|name| SECRETS.contains(&name.as_str()))
    }

    /// The value of an environment variable, or of the file under its name in small letters; `None`
    /// if neither has one. An empty variable switches the file's value off.
    pub fn value(&self, variable: &str) -> Option<String> {
        let value = std::env::var(variable)
            .ok()
            .or_else(|| self.values.get(&variable.to_lowercase()).cloned())?;
        Some(value.trim().to_string()).filter(|value| !value.is_empty())
    }

    /// The program's command line with the values of the file as defaults.
    pub fn fill(&self, command: Command) -> Command {
        let ids: Vec<String> =
            command.get_arguments().map(|argument| argument.get_id().to_string()).collect();
        let names: Vec<String> =
            command.get_subcommands().map(|command| command.get_name().to_string()).collect();
        let of = command.get_name().to_string();
        let command = ids.into_iter().fold(command, |command, id| {
            match setting_of(&of, &id).and_then(|name| self.values.get(&name)) {
                Some(value) => {
                    let value = value.clone();
                    command.mut_arg(id, |argument: Arg| {
                        if is_switched_off(&argument) {
                            argument
                        } else {
                            argument.default_value(value)
                        }
                    })
                }
                None => command,
            }
        });
        names.into_iter().fold(command, |command, name| {
            command.mut_subcommand(name, |command| self.fill(command))
        })
    }
}

/// The program's command line without the environment variables that are set but empty: they count
/// as not set.
pub fn without_empty_variables(command: Command) -> Command {
    let with_value = |argument: Arg| {
        if is_switched_off(&argument) { argument.env(Resettable::Reset) } else { argument }
    };
    command.mut_args(with_value).mut_subcommands(without_empty_variables)
}

/// Whether the environment variable of an option is set but empty, which switches the file's value
/// off.
fn is_switched_off(argument: &Arg) -> bool {
    let value = argument.get_env().and_then(std::env::var_os);
    value.is_some_and(|value| value.to_string_lossy().trim().is_empty())
}

/// The name of the setting for an option of a command; `None` if it has none.
fn setting_of(command: &str, option: &str) -> Option<String> {
    let (of, beginning) = RETENTION;
    match option {
        // Generated data never goes into the folder of the real ones because nobody named another.
        "data_dir" if command == "demo" => None,
        "data_dir" | "site" => Some(option.into()),
        _ if command == of => Some(format!("{beginning}{option}")),
        _ => Some(option.into()),
    }
}

/// The settings that options of `serve` have.
fn options(command: &Command) -> BTreeSet<&str> {
    let serve = command.find_subcommand("serve").into_iter();
    let arguments = serve.flat_map(|serve| serve.get_arguments());
    let is_setting =
        |argument: &&Arg| argument.get_action().takes_values() && !argument.is_hide_set();
    let names = arguments.filter(is_setting).map(|argument| argument.get_id().as_str());
    names.filter(|name| !NOT_IN_A_FILE.contains(name)).collect()
}

fn parsed(text: &str, command: &Command) -> Result<BTreeMap<String, String>, String> {
    let options = options(command);
    // The error's own text would show the line, and with it perhaps a password.
    let table: toml::Table = toml::from_str(text).map_err(|error| {
        let before = error.span().map_or(0, |span| span.start.min(text.len()));
        let line = text.as_bytes()[..before].iter().filter(|byte| **byte == b'\n').count() + 1;
        format!("line {line}: {}.", error.message().trim_end_matches('.'))
    })?;
    let mut values = BTreeMap::new();
    for (name, value) in table {
        let is_option = options.contains(name.as_str());
        if !is_option && !SECRETS.contains(&name.as_str()) {
            let known: Vec<&str> = options.iter().copied().chain(SECRETS).collect();
            return Err(format!(
                "{name}: there is no such setting. Known are {}.",
                known.join(", ")
            ));
        }
        let value = text_of(&value)
            .ok_or_else(|| format!("{name}: it takes a text, a number or a list of texts."))?;
        if is_option {
            try_option(command, &name, &value).map_err(|what| format!("{name}: {what}"))?;
        }
        values.insert(name, value);
    }
    Ok(values)
}

/// A value as an option has it.
fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Integer(number) => Some(number.to_string()),
        Value::Array(parts) => {
            parts.iter().map(text_of).collect::<Option<Vec<_>>>().map(|parts| parts.join(","))
        }
        _ => None,
    }
}

/// Parses a value as the option would. The error says what is allowed.
fn try_option(command: &Command, name: &str, value: &str) -> Result<(), String> {
    let option = format!("--{}", name.replace('_', "-"));
    let line = ["community-hub", "serve", &format!("{option}={value}")];
    let Err(error) = command.clone().try_get_matches_from(line) else { return Ok(()) };
    let said = error.to_string();
    let said = said.lines().next().unwrap_or_default().trim_start_matches("error: ");
    // Something else on the way, such as a variable in the environment, has its own message.
    if said.contains(&option) { Err(format!("{said}.")) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::ServerCommandLine;
    use clap::CommandFactory;

    fn program() -> Command {
        <ServerCommandLine as CommandFactory>::command()
    }

    fn file(text: &str) -> SettingsFile {
        SettingsFile { path: None, values: parsed(text, &program()).unwrap() }
    }

    #[test]
    fn every_option_of_the_server_is_a_setting_but_those_for_one_start() {
        let program = program();
        let options = options(&program);
        for name in ["site", "data_dir", "port", "trusted_proxies", "budget", "retention_by_law"] {
            assert!(options.contains(name), "{name}");
        }
        for name in ["new_database", "settings", "retention_after", "help"] {
            assert!(!options.contains(name), "{name}");
        }
        assert!(SECRETS.iter().all(|name| !options.contains(name)));
    }

    #[test]
    fn a_value_holds_for_every_command_and_an_option_goes_over_it() {
        let file = file("data_dir = \"/srv/hub\"\nretention_inquiries = 900\nport = 81\n");
        let value = |line: &str, id: &str| {
            let words = line.split_whitespace();
            let matches = file.fill(program()).try_get_matches_from(words).unwrap();
            let mut deepest = &matches;
            while let Some((_, matches)) = deepest.subcommand() {
                deepest = matches;
            }
            let raw = deepest.get_raw(id).and_then(|mut values| values.next()).unwrap();
            raw.to_string_lossy().into_owned()
        };
        for line in ["export gaps", "keys list", "audit head", "backup --to b", "receipt f"] {
            assert_eq!(value(&format!("community-hub {line}"), "data_dir"), "/srv/hub", "{line}");
        }
        assert_eq!(value("community-hub demo", "data_dir"), "var", "never the real one");
        assert_eq!(value("community-hub serve", "port"), "81");
        assert_eq!(value("community-hub serve --port 82", "port"), "82");
        assert_eq!(value("community-hub retention", "inquiries"), "900");
        assert_eq!(value("community-hub retention --inquiries 1000", "inquiries"), "1000");
    }

    #[test]
    fn the_example_is_understood() {
        let values = file(include_str!("../../../packaging/hub.toml")).values;
        assert_eq!(values["metrics"], "127.0.0.1:9464");
    }

    #[test]
    fn a_list_is_an_option_with_commas() {
        let file = file("trusted_proxies = [\"127.0.0.1\", \"::1\"]\nsmtp_url = \"smtp://h:25\"\n");
        assert_eq!(file.values["trusted_proxies"], "127.0.0.1,::1");
        assert!(file.has_secrets());
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place_and_without_secrets() {
        let check = |text: &str, expected: &str| {
            let said = parsed(text, &program()).unwrap_err();
            assert!(said.contains(expected) && !said.contains("hunter2"), "{said}");
        };
        check("prot = 8080", "prot: there is no such setting. Known are access_log,");
        check("new_database = true", "there is no such setting");
        check("port = 99999", "port: invalid value '99999'");
        check("port = 8080.5", "a text, a number or a list of texts");
        check("second_factor = \"some\"", "off, managers or everybody");
        check("port = 1\nport = 2", "line 2: duplicate key");
        check("port = 1\nsmtp_url = \"smtps://u:hunter2@h\nbind = 2", "line 2: ");
        check("[server]\nport = 1", "server: there is no such setting");
    }
}
