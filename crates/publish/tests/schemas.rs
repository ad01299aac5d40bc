//! The editors' JSON schemas and the reader describe the same files; these tests keep them
//! consistent.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use domain::alert::Alert;
use domain::catalogue::{
    Category, Channels, Elsewhere, Facility, Hub, MovedDay, Point, RecurringClosure, Service,
    SpecialDay, Task,
};
use domain::hours::{Holiday, Season, Week};
use domain::municipality::{
    AccessibilityContact, CollectionNotice, Colours, Contact, Credit, Emergency,
};
use domain::office::{DepartmentHours, OfficeRules, Promise};
use domain::place::Place;
use domain::provenance::Provenance;
use domain::survey::{ChoiceOption, Condition, Question};
use domain::terminal::Terminal;
use domain::text::Text;
use finder::thesaurus::Concept;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data")
}

fn schema(name: &str) -> Value {
    serde_json::from_slice(
        &std::fs::read(data().join(format!("schema/{name}.schema.json"))).unwrap(),
    )
    .unwrap()
}

/// The fields that the reader accepts, parsed from its error message about an unknown field.
fn fields_of<T: DeserializeOwned>() -> BTreeSet<String> {
    let said = serde_json::from_str::<T>(r#"{"no-such-field": 1}"#).err().unwrap().to_string();
    let list = said.split("expected").nth(1).unwrap_or_else(|| panic!("{said}"));
    list.split('`').skip(1).step_by(2).map(String::from).collect()
}

fn check<T: DeserializeOwned>(file: &str, pointer: &str) {
    let schema = schema(file);
    let described = schema.pointer(pointer).unwrap_or_else(|| panic!("{file} {pointer}"));
    let properties: BTreeSet<String> =
        described["properties"].as_object().unwrap().keys().cloned().collect();
    assert_eq!(properties, fields_of::<T>(), "{file} {pointer}");
}

#[test]
fn every_field_that_is_read_is_described_and_no_other() {
    let record = |kind: &str| format!("/properties/{kind}/items");
    let under = |kind: &str, field: &str| format!("{}/properties/{field}", record(kind));
    check::<OfficeRules>("office", "");
    check::<Promise>("office", "/properties/first_reply");
    check::<DepartmentHours>("office", &record("department_hours"));
    check::<Category>("categories", &record("category"));
    check::<Text>("categories", &under("category", "name"));
    check::<Service>("services", &record("service"));
    check::<Channels>("services", &under("service", "channels"));
    check::<Provenance>("services", &under("service", "source"));
    check::<Task>("tasks", &record("task"));
    check::<Hub>("hubs", &record("hub"));
    check::<Point>("hubs", &under("hub", "point"));
    check::<Week>("hubs", &under("hub", "hours"));
    check::<Season>("hubs", &format!("{}/items", under("hub", "seasons")));
    check::<Facility>("facilities", &record("facility"));
    check::<SpecialDay>("facilities", &format!("{}/items", under("facility", "special_days")));
    check::<Holiday>("holidays", &record("holiday"));
    check::<RecurringClosure>("holidays", &record("recurring_closure"));
    check::<MovedDay>("holidays", &format!("{}/items", under("recurring_closure", "moved")));
    check::<Question>("survey", &record("question"));
    check::<Condition>("survey", &under("question", "only_if"));
    check::<ChoiceOption>(
        "survey",
        &format!(
            "{}/oneOf/2/properties/choice/properties/options/items",
            under("question", "answer")
        ),
    );
    check::<Contact>("municipality", "/properties/contact");
    check::<Emergency>("municipality", "/properties/emergency");
    check::<Colours>("municipality", "/properties/colours");
    check::<CollectionNotice>("municipality", "/properties/notice");
    check::<AccessibilityContact>("municipality", "/properties/accessibility");
    check::<Credit>("municipality", "/properties/credits/items");
    check::<Terminal>("terminals", &record("terminal"));
    check::<Concept>("thesaurus", &record("concept"));
    check::<Place>("places", &record("place"));
    check::<Alert>("alerts", &record("alert"));
    check::<Elsewhere>("thesaurus", &record("elsewhere"));
}

#[test]
fn every_file_names_its_schema_and_every_key_in_it_is_described() {
    let folder = data().join("kawartha-lakes");
    let mut files = vec![
        "municipality.toml",
        "categories.toml",
        "tasks.toml",
        "facilities.toml",
        "holidays.toml",
        "thesaurus.toml",
        "places.toml",
        "alerts.toml",
        "terminals.toml",
    ]
    .into_iter()
    .map(|name| folder.join(name))
    .collect::<Vec<_>>();
    for sub in ["services", "hubs", "survey"] {
        files.extend(
            std::fs::read_dir(folder.join(sub)).unwrap().flatten().map(|entry| entry.path()),
        );
    }
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let named = text
            .lines()
            .next()
            .unwrap()
            .strip_prefix("#:schema ")
            .unwrap_or_else(|| panic!("{}", file.display()));
        let schema: Value =
            serde_json::from_slice(&std::fs::read(file.parent().unwrap().join(named)).unwrap())
                .unwrap();
        let table: toml::Table = text.parse().unwrap();
        walk(&toml::Value::Table(table), &schema, &file.display().to_string());
    }
}

fn walk(value: &toml::Value, schema: &Value, place: &str) {
    match value {
        toml::Value::Table(table) => {
            let Some(properties) = schema.get("properties").and_then(Value::as_object) else {
                return;
            };
            for (key, value) in table {
                let described = properties
                    .get(key)
                    .unwrap_or_else(|| panic!("{place}: {key} is not described"));
                walk(value, described, &format!("{place}, {key}"));
            }
            for required in schema["required"].as_array().into_iter().flatten() {
                assert!(
                    table.contains_key(required.as_str().unwrap()),
                    "{place}: {required} is required but not there"
                );
            }
        }
        toml::Value::Array(items) => {
            items.iter().for_each(|item| walk(item, &schema["items"], place))
        }
        _ => {}
    }
}
