//! The JSON Schemas of the files in a municipality's folder, for editors: generated from the types
//! that read the files, so the two cannot differ. Descriptions are the doc comments of those types.

use crate::source::{EditionFile, PublishedVersion, SurveyHead};
use domain::alert::Alert;
use domain::catalogue::{
    Category, Facility, Hub, LifeEvent, RecurringClosure, ServedElsewhere, Service, Task,
};
use domain::hours::Holiday;
use domain::municipality::Municipality;
use domain::office::OfficeRules;
use domain::place::Place;
use domain::survey::SurveyQuestion;
use domain::terminal::Terminal;
use finder::thesaurus::Concept;
use schemars::generate::SchemaSettings;
use schemars::transform::{Transform, transform_subschemas};
use schemars::{JsonSchema, Schema, json_schema};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::path::Path;

/// Ends the name of every schema's file.
const FILE_ENDING: &str = ".schema.json";

/// Declares a type for each kind of file; the types exist for their schemas alone.
macro_rules! files {
    ($($(#[$attributes:meta])* $type:ident {
        $($(#[$field_attributes:meta])* $field:ident: $of:ty,)*
    })*) => {$(
        #[derive(JsonSchema)]
        $(#[$attributes])*
        #[schemars(deny_unknown_fields)]
        #[expect(dead_code, reason = "only its schema is used")]
        struct $type {
            $($(#[$field_attributes])* $field: $of,)*
        }
    )*};
}

files! {
    /// Urgent notices to everybody.
    #[schemars(title = "Urgent notices")]
    AlertsFile {
        /// One block for each notice. It is shown on every page from its beginning to its end,
        /// without a network too.
        alert: Option<Vec<Alert>>,
    }
    /// Topics under which residents browse.
    #[schemars(title = "Topics")]
    CategoriesFile {
        /// One block for each topic, in the order of the home page.
        category: Option<Vec<Category>>,
    }
    /// Kinds of locations, which observe different holidays.
    #[schemars(title = "Kinds of locations")]
    FacilitiesFile {
        /// One block for each kind.
        facility: Option<Vec<Facility>>,
    }
    /// Holidays, and closures that recur by the calendar.
    #[schemars(title = "Holidays and closures")]
    HolidaysFile {
        /// One block for each holiday.
        holiday: Option<Vec<Holiday>>,
        /// One block for each closure that recurs by the calendar.
        recurring_closure: Option<Vec<RecurringClosure>>,
    }
    /// Locations with a counter.
    #[schemars(title = "Hubs: locations with a counter")]
    HubsFile {
        /// One block for each location.
        hub: Option<Vec<Hub>>,
    }
    /// What happens in a life, and what to do then.
    #[schemars(title = "Life events")]
    LifeEventsFile {
        /// One block for each event, in the order of the home page.
        life_event: Option<Vec<LifeEvent>>,
    }
    /// The municipality's own record.
    #[schemars(title = "The municipality")]
    MunicipalityFile {
        #[schemars(flatten)]
        edition: EditionFile,
        #[schemars(flatten)]
        municipality: Municipality,
    }
    /// What the office promises, and whose opening hours count as working time.
    #[schemars(title = "The office’s promises and working hours")]
    OfficeFile {
        #[schemars(flatten)]
        rules: OfficeRules,
    }
    /// Communities and local names by which people say where they are.
    #[schemars(title = "Communities and local names")]
    PlacesFile {
        /// One block for each place. Towns with a hub need none.
        place: Option<Vec<Place>>,
    }
    /// Versions of the survey that have been published; they must not change.
    #[schemars(title = "Published versions of the survey")]
    PublishedFile {
        /// One block for each version. Publishing writes it.
        published: Option<Vec<PublishedVersion>>,
    }
    /// Services that residents can look up.
    #[schemars(title = "Services")]
    ServicesFile {
        /// One block for each service.
        service: Option<Vec<Service>>,
    }
    /// A version of the survey.
    #[schemars(title = "The survey")]
    SurveyFile {
        #[schemars(flatten)]
        head: SurveyHead,
        /// One block for each question, in the order in which they are asked.
        question: Option<Vec<SurveyQuestion>>,
    }
    /// What counters do, in the same way at every location.
    #[schemars(title = "Tasks")]
    TasksFile {
        /// One block for each task.
        task: Option<Vec<Task>>,
    }
    /// Public terminals.
    #[schemars(title = "Public terminals")]
    TerminalsFile {
        /// One block for each terminal. `cargo xtask terminal add` writes it.
        terminal: Option<Vec<Terminal>>,
    }
    /// The words that people really use, and what is done elsewhere.
    #[schemars(title = "Thesaurus")]
    ThesaurusFile {
        /// One block for each thing that people have several words for.
        concept: Option<Vec<Concept>>,
        /// One block for each thing that another government or a company does.
        elsewhere: Option<Vec<ServedElsewhere>>,
    }
    /// Texts in the language of the folder, by their English text.
    #[schemars(title = "Translations")]
    TranslationsFile {
        /// One block for each text: `en`, and the tag of the folder's language.
        text: Option<Vec<BTreeMap<String, String>>>,
    }
}

/// The schema of each kind of file: name of the schema's file, and its text.
pub fn schemas() -> Vec<(String, String)> {
    let schemas = [
        ("alerts", schema_of::<AlertsFile>()),
        ("categories", schema_of::<CategoriesFile>()),
        ("facilities", schema_of::<FacilitiesFile>()),
        ("holidays", schema_of::<HolidaysFile>()),
        ("hubs", schema_of::<HubsFile>()),
        ("life-events", schema_of::<LifeEventsFile>()),
        ("municipality", schema_of::<MunicipalityFile>()),
        ("office", schema_of::<OfficeFile>()),
        ("places", schema_of::<PlacesFile>()),
        ("published", schema_of::<PublishedFile>()),
        ("services", schema_of::<ServicesFile>()),
        ("survey", schema_of::<SurveyFile>()),
        ("tasks", schema_of::<TasksFile>()),
        ("terminals", schema_of::<TerminalsFile>()),
        ("thesaurus", schema_of::<ThesaurusFile>()),
        ("translations", schema_of::<TranslationsFile>()),
    ];
    schemas.map(|(name, schema)| (format!("{name}{FILE_ENDING}"), format!("{schema:#}\n"))).into()
}

/// Writes all schemas into a folder. Errors with the path that cannot be written.
pub fn write_schemas(dir: &Path) -> crate::assemble::AssemblyResult<usize> {
    let schemas = schemas();
    for (name, text) in &schemas {
        crate::assemble::site::write(&dir.join(name), text.as_bytes())?;
    }
    Ok(schemas.len())
}

/// The schema with every part in its place instead of a reference: each field then has a
/// description of its own, and every editor shows it.
fn schema_of<T: JsonSchema>() -> Value {
    let settings = SchemaSettings::draft2020_12()
        .with(|settings| settings.inline_subschemas = true)
        .with_transform(ForEditors);
    settings.into_generator().into_root_schema_for::<T>().to_value()
}

/// Fits a schema to TOML and to people: there is no `null` in TOML, number formats of Rust and
/// empty defaults tell an editor nothing, and a description is one paragraph.
#[derive(Debug, Clone)]
struct ForEditors;

impl Transform for ForEditors {
    fn transform(&mut self, schema: &mut Schema) {
        if let Some(object) = schema.as_object_mut() {
            without_null(object);
            object.retain(|key, value| match key.as_str() {
                "default" => value.is_boolean() || value.is_number(),
                "format" => value == "uri",
                _ => true,
            });
            if let Some(Value::String(description)) = object.get_mut("description") {
                *description = description.replace('\n', " ");
            }
        }
        transform_subschemas(self, schema);
    }
}

/// Removes `null` from the types that a value may have.
fn without_null(object: &mut Map<String, Value>) {
    let null = json_schema!({ "type": "null" }).to_value();
    if let Some(Value::Array(types)) = object.get_mut("type") {
        types.retain(|name| name != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            object.insert("type".into(), only);
        }
    }
    if let Some(Value::Array(choices)) = object.get_mut("anyOf") {
        choices.retain(|choice| *choice != null);
        if let [Value::Object(only)] = choices.as_mut_slice() {
            let only = std::mem::take(only);
            object.remove("anyOf");
            for (key, value) in only {
                object.entry(key).or_insert(value);
            }
        }
    }
}
