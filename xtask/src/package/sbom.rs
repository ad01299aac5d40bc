//! The parts of the server as CycloneDX 1.5: every crate that is compiled into it, or that is used
//! to build it.

use crate::process::{captured, cargo_command};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;

/// The list of the server's crates.
pub(super) fn of_server(version: &str) -> Result<String, String> {
    let mut command = cargo_command(&["metadata", "--format-version", "1", "--locked", "--quiet"]);
    let metadata: Value =
        serde_json::from_str(&captured(&mut command)?).map_err(|error| error.to_string())?;
    let lock = fs::read_to_string("Cargo.lock").map_err(|error| error.to_string())?;
    let list = list(&metadata, "server", &checksums(&lock), version)?;
    serde_json::to_string_pretty(&list).map_err(|error| error.to_string())
}

/// The SHA-256 of each crate by name and version, from Cargo.lock.
fn checksums(lock: &str) -> BTreeMap<(String, String), String> {
    let value = |line: &str, name: &str| {
        let rest = line.strip_prefix(name)?.strip_prefix(" = \"")?;
        rest.strip_suffix('"').map(String::from)
    };
    let mut sums = BTreeMap::new();
    let (mut name, mut version) = (String::new(), String::new());
    for line in lock.lines() {
        if let Some(found) = value(line, "name") {
            name = found;
        } else if let Some(found) = value(line, "version") {
            version = found;
        } else if let Some(sum) = value(line, "checksum") {
            sums.insert((name.clone(), version.clone()), sum);
        }
    }
    sums
}

fn list(
    metadata: &Value,
    root: &str,
    sums: &BTreeMap<(String, String), String>,
    version: &str,
) -> Result<Value, String> {
    let packages = metadata["packages"].as_array().ok_or("cargo metadata has no packages")?;
    let root = packages.iter().find(|package| package["name"] == root).ok_or("no such crate")?;
    let used = used_by(metadata, &root["id"]);
    let components: Vec<Value> = packages
        .iter()
        .filter(|package| used.contains(text(&package["id"])) && package["id"] != root["id"])
        .map(|package| component(package, sums))
        .collect();
    Ok(json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {
            "component": { "type": "application", "name": "community-hub", "version": version },
        },
        "components": components,
    }))
}

/// The ids of the crates that a crate needs, except those that only its tests need.
fn used_by<'a>(metadata: &'a Value, root: &'a Value) -> BTreeSet<&'a str> {
    let nodes = metadata["resolve"]["nodes"].as_array().map(Vec::as_slice).unwrap_or_default();
    let by_id: BTreeMap<&str, &Value> =
        nodes.iter().map(|node| (text(&node["id"]), node)).collect();
    let (mut used, mut next) = (BTreeSet::new(), vec![text(root)]);
    while let Some(id) = next.pop() {
        if !used.insert(id) {
            continue;
        }
        let needed = by_id.get(id).and_then(|node| node["deps"].as_array()).into_iter().flatten();
        next.extend(
            needed.filter(|dependency| !is_for_tests(dependency)).map(|of| text(&of["pkg"])),
        );
    }
    used
}

fn is_for_tests(dependency: &Value) -> bool {
    let kinds = dependency["dep_kinds"].as_array().map(Vec::as_slice).unwrap_or_default();
    !kinds.is_empty() && kinds.iter().all(|kind| kind["kind"] == "dev")
}

fn component(package: &Value, sums: &BTreeMap<(String, String), String>) -> Value {
    let (name, version) = (text(&package["name"]), text(&package["version"]));
    let mut component = json!({
        "type": "library",
        "name": name,
        "version": version,
        "purl": format!("pkg:cargo/{name}@{version}"),
    });
    if let Some(license) = package["license"].as_str() {
        // Older crates write "MIT/Apache-2.0".
        let expression = license.replace('/', " OR ");
        component["licenses"] = json!([{ "expression": expression }]);
    }
    if let Some(sum) = sums.get(&(name.into(), version.into())) {
        component["hashes"] = json!([{ "alg": "SHA-256", "content": sum }]);
    }
    component
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_program_needs_is_listed_with_its_sum_and_what_tests_need_is_not() {
        let package = |name: &str| json!({ "name": name, "version": "1.0.0", "id": name, "license": "MIT/Apache-2.0" });
        let needs =
            |name: &str, kind: Value| json!({ "pkg": name, "dep_kinds": [{ "kind": kind }] });
        let metadata = json!({
            "packages": [package("server"), package("a"), package("b"), package("c")],
            "resolve": { "nodes": [
                { "id": "server", "deps": [needs("a", Value::Null), needs("c", "dev".into())] },
                { "id": "a", "deps": [needs("b", "build".into())] },
                { "id": "b", "deps": [] },
                { "id": "c", "deps": [] },
            ] },
        });
        let lock = "[[package]]\nname = \"a\"\nversion = \"1.0.0\"\nchecksum = \"abc\"\n";
        let list = list(&metadata, "server", &checksums(lock), "0.1.0").unwrap();
        let names: Vec<&str> =
            list["components"].as_array().unwrap().iter().map(|of| text(&of["name"])).collect();
        assert_eq!(names, ["a", "b"]);
        let first = &list["components"][0];
        assert_eq!(first["hashes"][0]["content"], "abc");
        assert_eq!(first["licenses"][0]["expression"], "MIT OR Apache-2.0");
        assert_eq!(list["components"][1]["hashes"], Value::Null);
    }
}
