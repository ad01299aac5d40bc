//! Fills the HTML and JavaScript templates. `{{name}}` is replaced by a value, `{{English|French}}`
//! by the text in the page's language, and the text between `{{?name}}` and `{{/}}` is kept only if
//! the value is not empty.

use super::{AssemblyFault, Result};
use domain::catalogue::CatalogueFile;
use domain::municipality::Municipality;
use domain::text::Language;

/// Fills the page template for one language with the municipality's own values and `parts`.
pub(super) fn page(
    template: &str,
    file: &CatalogueFile,
    language: Language,
    parts: &[(&str, &str)],
) -> Result<String> {
    let municipality = &file.municipality;
    let own = values_of(municipality, language, &file.published_on.to_string());
    let mut values: Vec<(&str, &str)> =
        own.iter().map(|(name, value)| (*name, value.as_str())).collect();
    values.extend_from_slice(parts);
    let without_build_lines: String = template
        .lines()
        .filter(|line| !line.contains("data-trunk"))
        .map(|line| format!("{line}\n"))
        .collect();
    fill(&without_build_lines, language, &values)
}

fn values_of(
    municipality: &Municipality,
    language: Language,
    published_on: &str,
) -> Vec<(&'static str, String)> {
    let contact = &municipality.contact;
    let emergency = &municipality.emergency;
    let has_both = municipality.languages.len() > 1;
    let french = language == Language::French;
    let values = [
        ("lang", language.tag().into()),
        ("home", if french { "/fr".into() } else { "/".into() }),
        ("prefix", if french { "/fr".into() } else { String::new() }),
        (
            "other_home",
            if !has_both {
                String::new()
            } else if french {
                "/".into()
            } else {
                "/fr".into()
            },
        ),
        ("name", municipality.name.get(language).into()),
        ("formal_name", municipality.formal_name.get(language).into()),
        ("about", municipality.about.get(language).into()),
        ("emergency_line", emergency.line.get(language).into()),
        ("emergency_number", emergency.number.clone()),
        ("phone", contact.phone.clone()),
        ("phone_digits", dialled(&contact.phone)),
        ("toll_free", contact.toll_free.clone().unwrap_or_default()),
        ("toll_free_digits", contact.toll_free.as_deref().map(dialled).unwrap_or_default()),
        ("email", contact.email.clone()),
        ("after_hours", emergency.after_hours_phone.clone().unwrap_or_default()),
        (
            "after_hours_digits",
            emergency.after_hours_phone.as_deref().map(dialled).unwrap_or_default(),
        ),
        (
            "after_hours_note",
            emergency
                .after_hours_note
                .as_ref()
                .map(|note| note.get(language).to_string())
                .unwrap_or_default(),
        ),
        ("accent", municipality.colours.accent.clone()),
        ("published_on", published_on.into()),
    ];
    values.into_iter().map(|(name, value)| (name, escaped(&value))).collect()
}

/// The digits of a phone number for a `tel:` link, without the extension.
fn dialled(phone: &str) -> String {
    let number = phone.split(" ext").next().unwrap_or(phone);
    number.chars().filter(char::is_ascii_digit).collect()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Fills a template. Errors if the template uses a name that has no value.
pub(super) fn fill(template: &str, language: Language, values: &[(&str, &str)]) -> Result<String> {
    let value = |name: &str| {
        let found = values.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
        found.ok_or_else(|| {
            AssemblyFault::Template(format!("a template asks for “{name}”, which has no value"))
        })
    };
    let (mut filled, mut rest) = (String::new(), template);
    let mut is_kept = true;
    while let Some((before, after)) = rest.split_once("{{") {
        let (name, after) = after
            .split_once("}}")
            .ok_or_else(|| AssemblyFault::Template("a template has {{ without }}".into()))?;
        if is_kept {
            filled.push_str(before);
        }
        match (name, name.split_once('|')) {
            ("/", _) => is_kept = true,
            (name, Some((english, french))) if is_kept => {
                filled.push_str(if language == Language::French { french } else { english });
                let _ = name;
            }
            (name, None) if name.starts_with('?') => is_kept = !value(&name[1..])?.is_empty(),
            (name, None) if is_kept => filled.push_str(value(name)?),
            _ => {}
        }
        rest = after;
    }
    filled.push_str(rest);
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_words_and_conditions_are_filled_in() {
        let values = [("name", "Pine"), ("none", ""), ("some", "1")];
        let fill = |template, language| {
            fill(template, language, &values).map_err(|fault| fault.to_string())
        };
        assert_eq!(fill("{{name}}: {{Yes|Oui}}", Language::French), Ok("Pine: Oui".into()));
        assert_eq!(fill("{{name}}: {{Yes|Oui}}", Language::English), Ok("Pine: Yes".into()));
        assert_eq!(fill("a{{?none}}b{{/}}c{{?some}}d{{/}}e", Language::English), Ok("acde".into()));
        assert!(
            fill("{{nothing}}", Language::English).is_err_and(|fault| fault.contains("nothing"))
        );
        assert!(fill("{{name", Language::English).is_err());
    }

    #[test]
    fn a_number_is_dialled_without_its_extension() {
        assert_eq!(dialled("705-324-9411 ext. 2136"), "7053249411");
    }
}
