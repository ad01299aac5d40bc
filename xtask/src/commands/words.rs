//! The command-line arguments that have not been parsed yet.

use std::path::{Path, PathBuf};

pub(super) struct Words<'a> {
    left: Vec<String>,
    /// The folder that relative paths are resolved from.
    here: &'a Path,
}

impl<'a> Words<'a> {
    /// Treats `--name=value` as `--name value`.
    pub(super) fn new(arguments: &[String], here: &'a Path) -> Self {
        let halves = |word: &String| match word.split_once('=') {
            Some((name, value)) if name.starts_with("--") => vec![name.into(), value.into()],
            _ => vec![word.clone()],
        };
        Self { left: arguments.iter().flat_map(halves).collect(), here }
    }

    pub(super) fn first(&self) -> Option<&str> {
        self.left.first().map(String::as_str)
    }

    /// Removes and returns the next argument if it is not an option.
    pub(super) fn word(&mut self) -> Option<String> {
        let is_word = self.first().is_some_and(|word| !word.starts_with('-'));
        is_word.then(|| self.left.remove(0))
    }

    pub(super) fn flag(&mut self, name: &str) -> bool {
        let before = self.left.len();
        self.left.retain(|word| word != name);
        self.left.len() < before
    }

    pub(super) fn value(&mut self, name: &str) -> Result<Option<String>, String> {
        let Some(at) = self.left.iter().position(|word| word == name) else { return Ok(None) };
        match self.left.get(at + 1) {
            Some(value) if !value.is_empty() && !value.starts_with("--") => {
                self.left.remove(at);
                Ok(Some(self.left.remove(at)))
            }
            _ => Err(format!("{name} needs a value.")),
        }
    }

    pub(super) fn count<T: std::str::FromStr>(&mut self, name: &str) -> Result<Option<T>, String> {
        self.value(name)?
            .map(|text| text.parse().map_err(|_| format!("“{text}” is not a number for {name}.")))
            .transpose()
    }

    pub(super) fn values(&mut self, name: &str) -> Result<Vec<String>, String> {
        std::iter::from_fn(|| self.value(name).transpose()).collect()
    }

    /// A folder option, resolved from the folder in which the command was typed; the default is
    /// relative to the project's root.
    pub(super) fn folder(&mut self, name: &str, default: &str) -> Result<PathBuf, String> {
        Ok(self.value(name)?.map_or_else(|| default.into(), |typed| self.here.join(typed)))
    }

    pub(super) fn folder_word(&mut self, default: &str) -> PathBuf {
        self.word().map_or_else(|| default.into(), |typed| self.here.join(typed))
    }
}
