//! Fills the page and the scripts, which are MiniJinja templates. A name without a value is an
//! error. In the page, values are escaped, and `words("English", "French")` returns the text in the
//! page's language. Scripts have neither blocks nor comments, so that minified code is never
//! mistaken for one.

use super::{AssemblyFault, AssemblyResult};
use document::escaped;
use domain::catalogue::CatalogueFile;
use domain::municipality::Municipality;
use domain::phone::ReadPhone;
use domain::text::Language;
use minijinja::value::Serde;
use minijinja::{
    AutoEscape, Environment, Error, Output, State, UndefinedBehavior, Value, escape_formatter,
    syntax::{SyntaxConfig, SyntaxConfigBuilder},
};
use serde::Serialize;

/// Name of the page's template.
const PAGE: &str = "index.html";

/// URLs and names that the page of one app refers to.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct PageParts<'a> {
    pub(super) catalogue: &'a str,
    /// The texts in the page's language; `None` if they are in the catalogue.
    pub(super) texts: Option<&'a str>,
    pub(super) css: &'a str,
    pub(super) wasm: &'a str,
    pub(super) start: &'a str,
    pub(super) manifest: &'a str,
    pub(super) version: &'a str,
    /// Whether title, description, head and body are filled in afterwards, page by page: as
    /// `{hub-title}` and so on. If not, it is the page of every other address.
    pub(super) is_filled_later: bool,
}

/// Values of the script that starts an app.
#[derive(Debug, Serialize)]
pub(super) struct AppScript<'a> {
    pub(super) wasm: &'a str,
    pub(super) wasm_integrity: &'a str,
    /// The second part of an app that is divided; empty if it is not.
    pub(super) second: &'a str,
    pub(super) second_integrity: &'a str,
}

/// Values of the service worker.
#[derive(Debug, Serialize)]
pub(super) struct Worker<'a> {
    /// Name of the version's cache.
    pub(super) cache: &'a str,
    /// JSON pairs of URL path and SHA-256: the files that every device stores.
    pub(super) files: &'a str,
    /// The same for the files that only staff tablets store.
    pub(super) tablet_files: &'a str,
}

/// Values of the page. What the municipality does not have is `None`.
#[derive(Debug, Serialize)]
struct TemplatePage<'a> {
    #[serde(flatten)]
    parts: PageParts<'a>,
    lang: &'a str,
    home: &'a str,
    /// Prefix of the page's addresses: empty in English.
    prefix: &'a str,
    /// Address of the home page in the other language.
    other_home: Option<&'a str>,
    name: &'a str,
    formal_name: &'a str,
    about: &'a str,
    accent: &'a str,
    emergency_line: &'a str,
    emergency_number: &'a str,
    phone: &'a str,
    phone_digits: String,
    toll_free: Option<&'a str>,
    toll_free_digits: Option<String>,
    after_hours: Option<&'a str>,
    after_hours_digits: Option<String>,
    after_hours_note: &'a str,
}

impl<'a> TemplatePage<'a> {
    fn of(municipality: &'a Municipality, language: Language, parts: PageParts<'a>) -> Self {
        let contact = &municipality.contact;
        let emergency = &municipality.emergency;
        let (home, prefix, other_home) = match language {
            Language::English => ("/", "", "/fr"),
            Language::French => ("/fr", "/fr", "/"),
        };
        let toll_free = contact.toll_free.as_deref();
        let after_hours = emergency.after_hours_phone.as_deref();
        let note = emergency.after_hours_note.as_ref();
        Self {
            parts,
            lang: language.tag(),
            home,
            prefix,
            other_home: (municipality.languages.len() > 1).then_some(other_home),
            name: municipality.name.get(language),
            formal_name: municipality.formal_name.get(language),
            about: municipality.about.get(language),
            accent: &municipality.colours.accent,
            emergency_line: emergency.line.get(language),
            emergency_number: &emergency.number,
            phone: &contact.phone,
            phone_digits: dialled(&contact.phone),
            toll_free,
            toll_free_digits: toll_free.map(dialled),
            after_hours,
            after_hours_digits: after_hours.map(dialled),
            after_hours_note: note.map(|note| note.get(language)).unwrap_or_default(),
        }
    }
}

/// Fills the page template for one language with the municipality's own values and `parts`.
pub(super) fn page(
    template: &str,
    file: &CatalogueFile,
    language: Language,
    parts: PageParts<'_>,
) -> AssemblyResult<String> {
    let without_build_lines: String = template
        .lines()
        .filter(|line| !line.contains("data-trunk"))
        .map(|line| format!("{line}\n"))
        .collect();
    let page = TemplatePage::of(&file.municipality, language, parts);
    fill(environment(language), SyntaxConfig::builder(), PAGE, &without_build_lines, &page)
}

/// Fills a script, in which values are inserted as they are.
pub(super) fn script(
    name: &str,
    template: &str,
    values: &impl Serialize,
) -> AssemblyResult<String> {
    let mut syntax = SyntaxConfig::builder();
    syntax.block_delimiters("<%", "%>").comment_delimiters("<#", "#>");
    fill(environment(Language::English), syntax, name, template, values)
}

fn environment(language: Language) -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|name| match name.ends_with(".html") {
        true => AutoEscape::Html,
        false => AutoEscape::None,
    });
    environment.set_formatter(write_value);
    // These texts are the template's own, so they are not escaped.
    environment.add_function("words", move |english: &str, french: &str| {
        Value::from_safe_string(match language {
            Language::English => english.into(),
            Language::French => french.into(),
        })
    });
    environment
}

fn fill<'a>(
    mut environment: Environment<'a>,
    mut syntax: SyntaxConfigBuilder,
    name: &'a str,
    template: &'a str,
    values: &impl Serialize,
) -> AssemblyResult<String> {
    let mut filled = || -> std::result::Result<String, Error> {
        environment.set_syntax(syntax.keep_trailing_newline(true).build()?);
        environment.template_from_named_str(name, template)?.render(Value::from(Serde(values)))
    };
    filled().map_err(|source| {
        let at = source.line().unwrap_or(1).saturating_sub(1);
        let line = template.lines().nth(at).unwrap_or_default().trim().into();
        AssemblyFault::Template { name: name.into(), line, source }
    })
}

/// Writes a value, escaped where the template is HTML. Every attribute of the page is in double
/// quotes, so `'` and `/` stay as they are, which MiniJinja's own escaping would replace.
fn write_value(
    out: &mut Output<'_>,
    state: &mut State<'_, '_>,
    value: &Value,
) -> std::result::Result<(), Error> {
    match value.as_str() {
        Some(text) if matches!(state.auto_escape(), AutoEscape::Html) && !value.is_safe() => {
            Ok(out.write_str(&escaped(text))?)
        }
        _ => escape_formatter(out, state, value),
    }
}

/// The digits of a phone number for a `tel:` link, with the extension.
fn dialled(phone: &str) -> String {
    let phone = ReadPhone::first(phone).map(|phone| phone.address());
    phone.and_then(|address| address.strip_prefix("tel:").map(String::from)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use minijinja::context;
    use std::error::Error as _;

    fn filled(template: &str, language: Language) -> AssemblyResult<String> {
        let values =
            context! { name => "Pine", none => None::<&str>, some => "1", sharp => "<a&\"'/>" };
        fill(environment(language), SyntaxConfig::builder(), "page.html", template, &values)
    }

    #[test]
    fn values_words_and_conditions_are_filled_in() {
        let check = |template, language, expected: &str| {
            assert_eq!(filled(template, language).unwrap(), expected)
        };
        check("{{ name }}: {{ words(\"Yes\", \"Oui\") }}\n", Language::French, "Pine: Oui\n");
        check("{{ words(\"It's\", \"L'un\") }}", Language::English, "It's");
        check("a{% if none %}b{% endif %}c{% if some %}d{% endif %}e", Language::English, "acde");
        check("{{ sharp }}", Language::English, "&lt;a&amp;&quot;'/&gt;");
    }

    #[test]
    fn a_name_without_a_value_is_refused_with_its_line() {
        let fault = filled("{{ name }}\n<p>{{ nothing }}</p>\n", Language::English).unwrap_err();
        assert!(fault.to_string().contains("page.html") && fault.to_string().contains("nothing"));
        assert!(fault.source().is_some_and(|cause| cause.to_string().contains("undefined")));
        assert!(filled("{{ name", Language::English).is_err());
    }

    #[test]
    fn code_that_looks_like_a_block_or_comment_stays_as_it_is() {
        let code = "class A{#b=1}let c={%d:\"{{ wasm }}\"}";
        let values =
            AppScript { wasm: "/app-1.wasm", wasm_integrity: "", second: "", second_integrity: "" };
        assert_eq!(
            script("app.js", code, &values).unwrap(),
            "class A{#b=1}let c={%d:\"/app-1.wasm\"}"
        );
    }

    #[test]
    fn a_number_is_dialled_with_its_extension() {
        assert_eq!(dialled("705-324-9411 ext. 2136"), "7053249411;ext=2136");
    }
}
