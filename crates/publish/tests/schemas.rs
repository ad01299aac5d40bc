//! The JSON Schemas that editors use are generated from the types that read the files. These tests
//! check that the committed schemas are current, that they accept the data, and what they refuse.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use domain::alert::Alert;
use domain::catalogue::{
    Access, AskedAs, Category, Channels, Facility, Fee, Hub, LifeEvent, LifeStep, MovedDay, Point,
    RecurringClosure, ServedElsewhere, Service, SpecialDay, Task,
};
use domain::hours::{Holiday, Season, Week};
use domain::municipality::{
    AccessibilityContact, CollectionNotice, Colours, Credit, Emergency, MunicipalityContact,
};
use domain::office::{DepartmentHours, OfficeRules, ResponsePromise};
use domain::place::Place;
use domain::provenance::Provenance;
use domain::survey::{ChoiceOption, Condition, SurveyQuestion};
use domain::terminal::Terminal;
use domain::text::Text;
use finder::thesaurus::Concept;
use publish::schemas::schemas;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
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
    check::<ResponsePromise>("office", "/properties/first_reply");
    check::<DepartmentHours>("office", &record("department_hours"));
    check::<Category>("categories", &record("category"));
    check::<Text>("categories", &under("category", "name"));
    check::<Service>("services", &record("service"));
    check::<Channels>("services", &under("service", "channels"));
    check::<Provenance>("services", &under("service", "source"));
    check::<Fee>("services", &format!("{}/items", under("service", "fees")));
    check::<AskedAs>("services", &under("service", "asked"));
    check::<Access>("hubs", &under("hub", "access"));
    check::<LifeEvent>("life-events", &record("life_event"));
    check::<LifeStep>("life-events", &format!("{}/items", under("life_event", "step")));
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
    check::<SurveyQuestion>("survey", &record("question"));
    check::<Condition>("survey", &under("question", "only_if"));
    check::<ChoiceOption>(
        "survey",
        &format!(
            "{}/oneOf/1/properties/choice/properties/options/items",
            under("question", "answer")
        ),
    );
    check::<MunicipalityContact>("municipality", "/properties/contact");
    check::<Emergency>("municipality", "/properties/emergency");
    check::<Colours>("municipality", "/properties/colours");
    check::<CollectionNotice>("municipality", "/properties/notice");
    check::<AccessibilityContact>("municipality", "/properties/accessibility");
    check::<Credit>("municipality", "/properties/credits/items");
    check::<Terminal>("terminals", &record("terminal"));
    check::<Concept>("thesaurus", &record("concept"));
    check::<Place>("places", &record("place"));
    check::<Alert>("alerts", &record("alert"));
    check::<ServedElsewhere>("thesaurus", &record("elsewhere"));
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
        "life-events.toml",
    ]
    .into_iter()
    .map(|name| folder.join(name))
    .collect::<Vec<_>>();
    for sub in ["services", "hubs", "survey"] {
        files.extend(
            std::fs::read_dir(folder.join(sub)).unwrap().flatten().map(|entry| entry.path()),
        );
    }
    files.extend(translations(&folder.join("fr")));
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

#[test]
fn the_committed_schemas_are_those_of_the_types() {
    let folder = data().join("schema");
    let committed: BTreeSet<String> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let generated = schemas();
    assert_eq!(committed, generated.iter().map(|(name, _)| name.clone()).collect());
    for (name, text) in generated {
        let is_current = std::fs::read_to_string(folder.join(&name)).unwrap() == text;
        assert!(is_current, "{name} is out of date: run `cargo xtask catalogue schemas`");
    }
}

#[test]
fn every_field_and_every_file_has_a_description() {
    for (name, text) in schemas() {
        let schema: Value = serde_json::from_str(&text).unwrap();
        assert!(schema["title"].is_string() && schema["description"].is_string(), "{name}");
        check_descriptions(&schema, &name);
    }
}

fn check_descriptions(schema: &Value, place: &str) {
    match schema {
        Value::Object(object) => {
            for (name, field) in
                object.get("properties").and_then(Value::as_object).into_iter().flatten()
            {
                let description = field["description"].as_str().unwrap_or_default();
                // The single property of a tagged form is described by the form.
                let is_form =
                    schema["required"] == json!([name]) && schema["description"].is_string();
                assert!(is_form || description.ends_with('.'), "{place}, {name}: “{description}”");
                assert!(
                    !description.contains("`None`") && !description.contains("[`"),
                    "{place}, {name}"
                );
            }
            object
                .iter()
                .for_each(|(key, part)| check_descriptions(part, &format!("{place}/{key}")));
        }
        Value::Array(parts) => parts.iter().for_each(|part| check_descriptions(part, place)),
        _ => {}
    }
}

/// Judges documents by the generated schemas, as an editor does.
struct Judge {
    schemas: boon::Schemas,
    kinds: BTreeMap<String, boon::SchemaIndex>,
}

impl Judge {
    fn new() -> Self {
        let (mut schemas, mut compiler) = (boon::Schemas::new(), boon::Compiler::new());
        let mut kinds = BTreeMap::new();
        for (name, text) in publish::schemas::schemas() {
            let address = format!("schema:///{name}");
            compiler.add_resource(&address, serde_json::from_str(&text).unwrap()).unwrap();
            let kind = name.trim_end_matches(".schema.json").to_string();
            kinds.insert(kind, compiler.compile(&address, &mut schemas).unwrap());
        }
        Self { schemas, kinds }
    }

    fn fault(&self, kind: &str, document: &Value) -> Option<String> {
        let fault = self.schemas.validate(document, self.kinds[kind]).err();
        fault.map(|fault| fault.to_string())
    }

    fn check_refused(&self, kind: &str, document: &Value, what: &str) {
        assert!(self.fault(kind, document).is_some(), "{kind}: {what} is accepted");
    }
}

/// Kind and content of every file in a municipality's folder.
fn documents(folder: &Path) -> Vec<(String, Value)> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        let stem = path.file_stem().unwrap().to_str().unwrap().to_string();
        if path.is_dir() {
            if stem == "fr" {
                files.extend(
                    translations(&path).into_iter().map(|file| ("translations".into(), file)),
                );
                continue;
            }
            let inner = std::fs::read_dir(&path).unwrap().flatten().map(|entry| entry.path());
            files.extend(inner.map(|file| match file.ends_with("published.toml") {
                true => ("published".to_string(), file),
                false => (stem.clone(), file),
            }));
        } else {
            files.push((stem, path));
        }
    }
    // Notes of the research have no schema.
    files.retain(|(kind, path)| {
        kind != "research" && path.extension().is_some_and(|ending| ending == "toml")
    });
    files.sort();
    let read = |path: &Path| -> Value {
        let table: toml::Table = std::fs::read_to_string(path).unwrap().parse().unwrap();
        serde_json::to_value(table).unwrap()
    };
    files.into_iter().map(|(kind, path)| (kind, read(&path))).collect()
}

/// All files of a language.
fn translations(folder: &Path) -> Vec<PathBuf> {
    let paths = std::fs::read_dir(folder).unwrap().flatten().map(|entry| entry.path());
    paths.flat_map(|path| if path.is_dir() { translations(&path) } else { vec![path] }).collect()
}

/// The first file of a kind in the real data. Alerts are invented here, because the real data
/// usually has none.
fn document(kind: &str) -> Value {
    if kind == "alerts" {
        let (text, moment) = (json!({ "en": "Boil water." }), "2026-11-23 08:30");
        return json!({ "alert": [{ "text": text, "from": moment, "until": moment }] });
    }
    let documents = documents(&data().join("kawartha-lakes"));
    documents.into_iter().find(|(of, _)| of == kind).unwrap_or_else(|| panic!("{kind}")).1
}

#[test]
fn the_data_of_both_municipalities_are_accepted() {
    let judge = Judge::new();
    for folder in ["kawartha-lakes", "../tests/municipalities/pine-harbour"] {
        let documents = documents(&data().join(folder));
        assert!(documents.len() >= 9, "{folder}");
        for (kind, document) in documents {
            assert_eq!(judge.fault(&kind, &document), None, "{folder}, {kind}");
        }
    }
}

#[test]
fn a_strange_key_or_a_wrong_kind_of_value_is_refused_anywhere() {
    let judge = Judge::new();
    for (kind, document) in documents(&data().join("../tests/municipalities/pine-harbour")) {
        for pointer in pointers(&document, "") {
            let mut spoiled = document.clone();
            let node = spoiled.pointer_mut(&pointer).unwrap();
            if let Value::Object(object) = node {
                object.insert("strange".into(), true.into());
            } else {
                *node = json!({ "strange": true });
            }
            judge.check_refused(&kind, &spoiled, &pointer);
        }
    }
}

/// Every place in a document.
fn pointers(value: &Value, here: &str) -> Vec<String> {
    let inner: Vec<(String, &Value)> = match value {
        Value::Object(object) => object.iter().map(|(key, value)| (key.clone(), value)).collect(),
        Value::Array(items) => {
            items.iter().enumerate().map(|(at, value)| (at.to_string(), value)).collect()
        }
        _ => Vec::new(),
    };
    let below =
        inner.into_iter().flat_map(|(key, value)| pointers(value, &format!("{here}/{key}")));
    std::iter::once(here.to_string()).chain(below).collect()
}

/// Kind, place of an object, and what must be there.
const REQUIRED: [(&str, &str, &[&str]); 24] = [
    ("alerts", "/alert/0", &["text", "from", "until"]),
    ("categories", "/category/0", &["id", "name", "description"]),
    ("categories", "/category/0/name", &["en"]),
    ("facilities", "/facility/0", &["id", "name", "closed_on", "moves_to_working_day", "source"]),
    ("holidays", "/holiday/0", &["id", "name", "rule", "is_statutory", "source"]),
    ("holidays", "/recurring_closure/0", &["hubs", "nth", "weekday", "closed", "note", "source"]),
    ("hubs", "/hub/0", &["id", "name", "facility", "town", "point", "hours_verified", "source"]),
    ("hubs", "/hub/0/point", &["lat", "lon", "is_building"]),
    (
        "municipality",
        "",
        &[
            "version",
            "published_on",
            "id",
            "name",
            "formal_name",
            "website",
            "time_zone",
            "languages",
            "contact",
            "emergency",
            "colours",
            "notice",
            "about",
            "accessibility",
            "common_needs",
        ],
    ),
    ("municipality", "/contact", &["phone", "email", "source"]),
    ("municipality", "/emergency", &["line", "number", "source"]),
    ("municipality", "/colours", &["accent", "accent_dark"]),
    (
        "municipality",
        "/notice",
        &[
            "version",
            "authority",
            "purpose",
            "officer_title",
            "officer_address",
            "officer_phone",
            "confirmed",
        ],
    ),
    ("municipality", "/accessibility", &["email", "phone", "source"]),
    ("office", "", &["hub", "department", "first_reply"]),
    ("office", "/first_reply", &["working_hours", "note", "source"]),
    ("places", "/place/0", &["name", "lat", "lon", "source"]),
    (
        "services",
        "/service/0",
        &[
            "id",
            "name",
            "summary",
            "category",
            "goal",
            "department",
            "audience",
            "keywords",
            "channels",
            "basis",
            "details_verified",
            "source",
        ],
    ),
    ("services", "/service/0/source", &["verified"]),
    ("survey", "", &["id", "version", "title", "introduction", "thanks"]),
    ("survey", "/question/0", &["id", "text", "stage", "construct", "answer"]),
    ("tasks", "/task/0", &["id", "name", "steps", "services", "counter_task_confirmed", "source"]),
    ("thesaurus", "/concept/0", &["id"]),
    ("thesaurus", "/elsewhere/0", &["id", "en", "who"]),
];

#[test]
fn what_must_be_there_is_missed() {
    let judge = Judge::new();
    for (kind, pointer, names) in REQUIRED {
        let document = document(kind);
        for name in names {
            let mut spoiled = document.clone();
            let object = spoiled.pointer_mut(pointer).and_then(Value::as_object_mut);
            let taken = object.and_then(|object| object.remove(*name));
            assert!(taken.is_some(), "{kind}{pointer} has no {name}");
            judge.check_refused(kind, &spoiled, &format!("{pointer} without {name}"));
        }
    }
}

/// Checks that a document is accepted with one value at a place, and refused with another.
fn check_value(judge: &Judge, kind: &str, pointer: &str, good: Value, bad: &Value) {
    let mut document = document(kind);
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let parent = document.pointer_mut(parent).unwrap().as_object_mut().unwrap();
    parent.insert(name.into(), good);
    assert_eq!(judge.fault(kind, &document), None, "{kind}{pointer}");
    *document.pointer_mut(pointer).unwrap() = bad.clone();
    judge.check_refused(kind, &document, &format!("{pointer} = {bad}"));
}

#[test]
fn words_numbers_and_dates_in_another_form_are_refused() {
    let judge = Judge::new();
    let check =
        |kind: &str, pointer: &str, good, bad| check_value(&judge, kind, pointer, good, &bad);
    for id in ["Dog Licence", "", "-a", "a--b", &"x".repeat(81)] {
        check("services", "/service/0/id", json!("a"), json!(id));
    }
    check("services", "/service/0/audience", json!(["visitor"]), json!(["everybody"]));
    check("services", "/service/0/basis", json!("details"), json!("hearsay"));
    check("services", "/service/0/inferred", json!(["goal"]), json!(["fee"]));
    check("services", "/service/0/tasks", json!(["a"]), json!(["A"]));
    for date in ["June 2025", "25-06", "2025-6"] {
        check("services", "/service/0/source/date", json!("2025-06"), json!(date));
    }
    check("municipality", "/version", json!(1), json!(0));
    check("municipality", "/notice/version", json!(1), json!(0));
    check("municipality", "/published_on", json!("2026-11-23"), json!("23 November 2026"));
    check("municipality", "/languages", json!(["fr"]), json!(["de"]));
    check("municipality", "/colours/accent", json!("#0a5675"), json!("purple"));
    check("municipality", "/colours/accent_dark", json!("#0a5675"), json!("#0A5675"));
    check("facilities", "/facility/0/special_days", special(12, 24), special(13, 24));
    check("facilities", "/facility/0/special_days", special(12, 31), special(12, 32));
    check("office", "/first_reply/working_hours", json!(2_000), json!(0));
    check("office", "/first_reply/working_hours", json!(1), json!(2_001));
    check("places", "/place/0/name", json!("Bolsover"), json!(""));
    check("places", "/place/0/also", json!(["Bolsover"]), json!([""]));
    check("places", "/place/0/lat", json!(-90), json!(-91));
    check("places", "/place/0/lon", json!(180), json!(181));
    check("thesaurus", "/concept/0/id", json!("dog"), json!("The Dog"));
    for words in ["en", "fr", "also_en", "also_fr"] {
        check("thesaurus", &format!("/concept/0/{words}"), json!(["dog"]), json!([""]));
    }
    check("thesaurus", "/elsewhere/0/en", json!(["passport"]), json!([""]));
    check("thesaurus", "/elsewhere/0/who", json!("federal"), json!("county"));
    check("alerts", "/alert/0/from", json!("2026-11-23 08:30"), json!("2026-11-23"));
    check("alerts", "/alert/0/until", json!("2026-11-23 08:30"), json!("2026-11-23T08:30"));
    check("survey", "/version", json!(1), json!(0));
    check("survey", "/question/0/stage", json!("wait"), json!("hope"));
    check("survey", "/question/0/construct", json!("access"), json!("luck"));
    check("published", "/published", published(1, 'a'), published(0, 'a'));
    check("published", "/published", published(1, '0'), published(1, 'g'));
    for (idle_s, bad) in [(30, 29), (600, 601)] {
        check("terminals", "/terminal", terminal("en", idle_s), terminal("en", bad));
    }
    check("terminals", "/terminal", terminal("fr", 90), terminal("english", 90));
}

fn special(month: u8, day: u8) -> Value {
    json!([{ "month": month, "day": day, "hours": ["09:00-12:00"] }])
}

fn published(version: u32, digit: char) -> Value {
    json!([{ "version": version, "sha256": digit.to_string().repeat(64) }])
}

fn terminal(language: &str, idle_s: u32) -> Value {
    json!([{ "id": "a", "hub": "b", "languages": [language], "idle_s": idle_s }])
}

#[test]
fn hours_events_and_offerings_of_hubs_are_checked() {
    let judge = Judge::new();
    let check = |kind, pointer, good, bad| check_value(&judge, kind, pointer, good, &bad);
    check("hubs", "/hub/0/hours", json!({ "mon": ["08:30-16:30"] }), json!({ "mon": ["9-12"] }));
    check("hubs", "/hub/0/hours", json!({ "sun": [] }), json!({ "sunday": [] }));
    let season =
        |from: &str, to: &str| json!([{ "name": "summer", "from": from, "to": to, "hours": {} }]);
    check("hubs", "/hub/0/seasons", season("05-01", "10-15"), season("May 1", "10-15"));
    let event = |date: &str, hours: &str| json!({ "days": [{ "date": date, "hours": [hours] }] });
    check(
        "hubs",
        "/hub/0/event",
        event("2026-11-28", "09:00-12:00"),
        event("Saturday", "09:00-12:00"),
    );
    check(
        "hubs",
        "/hub/0/event",
        event("2026-11-28", "09:00-12:00"),
        event("2026-11-28", "morning"),
    );
    let offering =
        |day: &str, payment: &str| json!([{ "task": "a", "days": [day], "payments": [payment] }]);
    check("hubs", "/hub/0/offerings", offering("monday", "cash"), offering("mon", "cash"));
    check(
        "hubs",
        "/hub/0/offerings",
        offering("monday", "credit-card"),
        offering("monday", "gold"),
    );
}

#[test]
fn rules_of_holidays_are_checked() {
    let judge = Judge::new();
    let check = |kind, pointer, good, bad| check_value(&judge, kind, pointer, good, &bad);
    let rules = [
        (
            json!({ "fixed": { "month": 12, "day": 25 } }),
            json!({ "fixed": { "month": 0, "day": 25 } }),
        ),
        (json!({ "fixed": { "month": 12, "day": 25 } }), json!({ "fixed": { "month": 12 } })),
        (
            json!({ "nth-weekday": { "nth": 5, "weekday": "monday", "month": 8 } }),
            json!({ "nth-weekday": { "nth": 6, "weekday": "monday", "month": 8 } }),
        ),
        (
            json!({ "weekday-on-or-before": { "weekday": "monday", "month": 5, "day": 24 } }),
            json!({ "weekday-on-or-before": { "weekday": "monday", "month": 5, "day": 32 } }),
        ),
        (json!({ "easter": { "offset_days": -2 } }), json!({ "easter": { "offset_days": -101 } })),
        (
            json!({ "easter": { "offset_days": 1 } }),
            json!({ "easter": { "offset_days": 1, "x": 1 } }),
        ),
        (
            json!({ "easter": { "offset_days": 1 } }),
            json!({ "easter": { "offset_days": 1 }, "fixed": { "month": 1, "day": 1 } }),
        ),
        (json!({ "easter": { "offset_days": 1 } }), json!({})),
    ];
    for (good, bad) in rules {
        check("holidays", "/holiday/0/rule", good, bad);
    }
    check("holidays", "/recurring_closure/0/nth", json!(1), json!(0));
    check("holidays", "/recurring_closure/0/weekday", json!("sunday"), json!("Sunday"));
    check("holidays", "/recurring_closure/0/closed", json!("08:30-12:00"), json!("morning"));
    let moved = |to: &str| json!([{ "from": "2026-11-04", "to": to }]);
    check("holidays", "/recurring_closure/0/moved", moved("2026-11-12"), moved("12"));
}

#[test]
fn forms_of_answers_are_checked() {
    let judge = Judge::new();
    let check = |kind, pointer, good, bad| check_value(&judge, kind, pointer, good, &bad);
    let label = json!({ "en": "Good" });
    let answers = [
        (json!("comment"), json!("essay")),
        (
            json!({ "scale": { "labels": [label], "may_not_apply": true } }),
            json!({ "scale": { "labels": [label] } }),
        ),
        (
            json!({ "scale": { "labels": [label], "may_not_apply": true } }),
            json!({ "scale": { "labels": [label], "may_not_apply": true, "points": 5 } }),
        ),
        (
            json!({ "choice": { "options": [{ "id": "a", "text": label }] } }),
            json!({ "choice": { "options": [{ "id": "A", "text": label }] } }),
        ),
        (json!({ "choice": { "options": [] } }), json!({ "choice": {} })),
    ];
    for (good, bad) in answers {
        check("survey", "/question/0/answer", good, bad);
    }
    let condition = |name: &str| json!({ "question": "a", name: ["b"] });
    check("survey", "/question/0/only_if", condition("any_of"), condition("all_of"));
}
