//! What the forms of an inquiry's page ask for.

use super::{outcome_name, way_of};
use crate::form::{FieldFault, FromFields, TypedFields};
use crate::inbox::departments;
use crate::staff::login_of;
use casework::case::{CaseEvent, CaseOutcome, ReplyMethod};
use casework::templates::{Placeholder, placeholders};
use domain::{Catalogue, Language, ServiceId};

/// A note.
pub(crate) struct NoteForm {
    pub(super) text: String,
}

impl FromFields for NoteForm {
    fn from_fields(fields: &TypedFields, _: &Catalogue) -> Result<Self, FieldFault> {
        let text = fields.long_text("text", ("The note", "La note"))?;
        if text.is_empty() {
            return Err(FieldFault::new("Write the note first.", "Écrivez d’abord la note."));
        }
        Ok(Self { text })
    }
}

/// Whom to assign the inquiry to; `None` puts it back for anybody.
pub(crate) struct AssignForm {
    pub(super) to: Option<String>,
}

impl AssignForm {
    /// The fault for a login that nobody has.
    pub(super) const NOBODY: FieldFault =
        FieldFault::new("No staff member has this username.", "Personne n’a cet identifiant.");
}

impl FromFields for AssignForm {
    fn from_fields(fields: &TypedFields, _: &Catalogue) -> Result<Self, FieldFault> {
        match fields.text("to") {
            "" => Ok(Self { to: None }),
            login => login_of(login).map(|to| Self { to: Some(to) }).ok_or(Self::NOBODY),
        }
    }
}

/// The department of the field `department`, which must be one of the list.
pub(super) fn chosen_department(
    fields: &TypedFields,
    catalogue: &Catalogue,
) -> Result<String, FieldFault> {
    let mut all = departments(catalogue).into_iter();
    all.find(|department| department == fields.text("department")).ok_or(FieldFault::new(
        "Choose a department from the list.",
        "Choisissez un service municipal dans la liste.",
    ))
}

/// The department that gets the inquiry, and why.
pub(crate) struct TransferForm {
    pub(super) department: String,
    pub(super) why: String,
}

impl FromFields for TransferForm {
    fn from_fields(fields: &TypedFields, catalogue: &Catalogue) -> Result<Self, FieldFault> {
        let department = chosen_department(fields, catalogue)?;
        let why = fields.long_text("why", ("Your reason", "Votre raison"))?;
        if why.is_empty() {
            return Err(FieldFault::new(
                "Write why you transfer it: the other department reads it.",
                "Écrivez pourquoi vous la transférez : l’autre service le lit.",
            ));
        }
        Ok(Self { department, why })
    }
}

/// The service that the inquiry is about; `None` for no service.
pub(crate) struct AboutForm {
    pub(super) service: Option<ServiceId>,
}

impl FromFields for AboutForm {
    fn from_fields(fields: &TypedFields, catalogue: &Catalogue) -> Result<Self, FieldFault> {
        Ok(Self { service: known_service(fields, catalogue) })
    }
}

fn known_service(fields: &TypedFields, catalogue: &Catalogue) -> Option<ServiceId> {
    ServiceId::parse(fields.text("service")).ok().filter(|id| catalogue.service(id).is_some())
}

/// The change of an inquiry's state, as the event that is written.
pub(crate) struct StateForm {
    pub(super) event: CaseEvent,
}

impl FromFields for StateForm {
    fn from_fields(fields: &TypedFields, _: &Catalogue) -> Result<Self, FieldFault> {
        let text = || fields.long_text("text", ("The reason", "La raison"));
        let event = match fields.text("do") {
            "wait" => CaseEvent::Waiting { text: text()? },
            "resume" => CaseEvent::Resumed,
            "reopen" => CaseEvent::Reopened { why: text()? },
            _ => {
                let why = fields.long_text("why", ("The reason", "La raison"))?;
                CaseOutcome::chosen()
                    .find(|outcome| outcome_name(*outcome) == fields.text("outcome"))
                    .map(|outcome| CaseEvent::Closed { outcome, why })
                    .ok_or(FieldFault::new("Choose an outcome.", "Choisissez un résultat."))?
            }
        };
        Ok(Self { event })
    }
}

/// The other inquiry of a link: its reference or id, not looked up yet.
pub(crate) struct LinkForm {
    pub(super) to: String,
    pub(super) is_removal: bool,
}

impl FromFields for LinkForm {
    fn from_fields(fields: &TypedFields, _: &Catalogue) -> Result<Self, FieldFault> {
        let to = fields.long_text("to", ("The reference number", "Le numéro de référence"))?;
        Ok(Self { to, is_removal: fields.has("remove") })
    }
}

/// A reply, and what is to be done with it.
pub(crate) struct ReplyForm {
    /// Never empty when it is to be sent.
    pub(super) text: String,
    pub(super) service: Option<ServiceId>,
    pub(super) step: ReplyStep,
}

/// What is to be done with a reply.
pub(crate) enum ReplyStep {
    /// Saved as a draft, after the facts of this service were added.
    Compose(ServiceId),
    /// Saved as a draft, after the template of this number was inserted with its facts.
    Insert(u32),
    /// Saved as a draft.
    Save,
    /// Sent this way; `None` if none was chosen.
    Send {
        way: Option<ReplyMethod>,
        has_seen_change: bool,
        /// It asks the person something, and the response time is paused until they answer.
        is_asking: bool,
        /// The inquiry is closed as answered right after.
        is_closing: bool,
    },
}

/// The fault of a reply in which placeholders of a template are left.
fn missing_facts(text: &str) -> FieldFault {
    let named = |language| {
        let of = |one: &Placeholder| format!("{{{}}}", one.name(language));
        placeholders(text).iter().map(of).collect::<Vec<_>>().join(", ")
    };
    FieldFault::of(
        format!(
            "The directory does not have: {}. Replace it with your own words, then send.",
            named(Language::English)
        ),
        format!(
            "Le répertoire n’a pas\u{a0}: {}. Remplacez-le par vos mots, puis envoyez.",
            named(Language::French)
        ),
    )
}

impl FromFields for ReplyForm {
    fn from_fields(fields: &TypedFields, catalogue: &Catalogue) -> Result<Self, FieldFault> {
        let text = fields.long_text("text", ("The reply", "La réponse"))?;
        let service = known_service(fields, catalogue);
        let step = match (fields.text("do"), &service) {
            ("template", _) => fields
                .parsed("template")
                .map(ReplyStep::Insert)
                .ok_or(FieldFault::new("Choose a template.", "Choisissez un modèle."))?,
            ("compose", Some(service)) => ReplyStep::Compose(service.clone()),
            ("compose", None) => {
                return Err(FieldFault::new(
                    "Choose the service for this reply.",
                    "Choisissez le service visé par la réponse.",
                ));
            }
            ("send" | "finish", _) if text.is_empty() => {
                return Err(FieldFault::new(
                    "Write the reply first.",
                    "Écrivez d’abord la réponse.",
                ));
            }
            ("send" | "finish", _) if !placeholders(&text).is_empty() => {
                return Err(missing_facts(&text));
            }
            ("finish", _) if fields.has("asks") => {
                return Err(FieldFault::new(
                    "This reply asks the person something, so it can’t close the inquiry. Press “Send reply”.",
                    "Cette réponse pose une question à la personne et ne peut donc pas terminer la demande. Appuyez sur « Envoyer la réponse ».",
                ));
            }
            (step @ ("send" | "finish"), _) => ReplyStep::Send {
                is_asking: fields.has("asks"),
                is_closing: step == "finish",
                way: way_of(fields.text("way")),
                has_seen_change: fields.has("changed_seen"),
            },
            _ => ReplyStep::Save,
        };
        Ok(Self { text, service, step })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::TEXT_CHARS_MAX;
    use crate::form::tests::{pine_harbour, typed};

    /// The words of the fault of a form; empty if it has none.
    fn fault<T: FromFields>(fields: &[(&str, &str)]) -> String {
        T::from_fields(&typed(fields), &pine_harbour())
            .err()
            .map(|fault| fault.words(Language::English).into_owned())
            .unwrap_or_default()
    }

    #[test]
    fn a_text_is_needed_where_it_is_the_point_of_the_form() {
        assert_eq!(fault::<NoteForm>(&[("text", " \n ")]), "Write the note first.");
        assert_eq!(fault::<NoteForm>(&[("text", "Called back.")]), "");
        assert_eq!(fault::<ReplyForm>(&[("do", "send")]), "Write the reply first.");
        assert_eq!(fault::<ReplyForm>(&[("do", "save")]), "", "an empty draft drops the draft");
        let long = "x".repeat(TEXT_CHARS_MAX + 1);
        for text in [fault::<NoteForm>(&[("text", &long)]), fault::<ReplyForm>(&[("text", &long)])]
        {
            assert!(text.ends_with(": Shorten this by 1 character."), "{text}");
        }
    }

    #[test]
    fn a_reply_with_a_placeholder_is_never_sent_and_says_which() {
        let send = |text| fault::<ReplyForm>(&[("do", "send"), ("text", text)]);
        let said = send("It costs {tarif} at {hours}.");
        assert!(said.starts_with("The directory does not have: {hours}, {fee}."), "{said}");
        assert_eq!(send("A {brace} of my own."), "");
        assert_eq!(fault::<ReplyForm>(&[("do", "save"), ("text", "{fee}")]), "");
        assert_eq!(fault::<ReplyForm>(&[("do", "template")]), "Choose a template.");
    }

    #[test]
    fn a_choice_is_one_of_those_that_the_page_offers() {
        let elsewhere = [("department", "Ministry of Silly Walks")];
        assert_eq!(fault::<TransferForm>(&elsewhere), "Choose a department from the list.");
        let department = &departments(&pine_harbour())[0];
        let fields = [("department", department.as_str()), ("why", "It is theirs.")];
        assert_eq!(fault::<TransferForm>(&fields), "");
        assert!(fault::<TransferForm>(&fields[..1]).starts_with("Write why you transfer it"));
        assert_eq!(fault::<AssignForm>(&[("to", "ann lee")]), "No staff member has this username.");
        assert_eq!(fault::<AssignForm>(&[("to", "")]), "");
        assert_eq!(fault::<StateForm>(&[("do", "close")]), "Choose an outcome.");
        assert_eq!(fault::<StateForm>(&[("outcome", "answered")]), "");
        assert_eq!(fault::<StateForm>(&[("outcome", "withdrawn")]), "Choose an outcome.");
        let asking = [("do", "finish"), ("text", "Which lot?"), ("asks", "1")];
        assert!(fault::<ReplyForm>(&asking).starts_with("This reply asks the person something"));
        assert_eq!(fault::<ReplyForm>(&[("do", "send"), asking[1], asking[2]]), "");
        let compose = [("do", "compose"), ("service", "no-such-service")];
        assert!(fault::<ReplyForm>(&compose).starts_with("Choose the service"));
    }
}
