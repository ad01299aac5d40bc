//! A new inquiry that staff record for a person who called, came or wrote: the words once, then one
//! key. It is sealed and stored exactly as if a device had sent it, and its first event says who
//! recorded it and how the person came.
//!
//! The number of the inquiry is in the form, so that a form that is sent twice records once.

use super::Office;
use super::banner::FinishedAct;
use super::form::{Author, CheckedForm, FieldFault, FromFields, OfficeForm, TypedFields};
use super::guard::Visit;
use super::inquiry::earlier_of_contact;
use super::looks::RecordedView;
use super::pages::{PageFrame, PageResult, TroublePage, go, page as made};
use super::record_names::service_name;
use super::reply::composed;
use super::staff::{Role, Scope};
use askama::Template;
use axum::Extension;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use casework::case::CaseEvent;
use casework::channel::InquiryChannel;
use domain::catalogue::Service;
use domain::contact::{EmailAddress, PhoneNumber};
use domain::inquiry::{InquiryProblem, MESSAGE_CHARS_MAX, NAME_CHARS_MAX, ReplyTo, ValidInquiry};
use domain::phone::{PhonePart, phone_parts};
use domain::reference::Reference;
use domain::submission::{Batch, Content, Refusal, Verdict};
use domain::text::tidied;
use domain::{Catalogue, HubId, Language, ServiceId, SubmissionId};
use finder::name_of;
use offline::sealing::{Address, sealed_envelope};
use std::collections::HashMap;
use std::sync::Arc;
use store::{Custody, StoreFault, SubmissionStore};
use vault::{now_ms, random};
use wording::too_long_by;

/// Services that are suggested.
const SUGGESTIONS_MAX: usize = 3;
/// Characters of the words that are searched for services: what it is about comes first.
const SEARCHED_CHARS: usize = 300;

/// What staff record.
pub(super) struct NewInquiry {
    id: SubmissionId,
    channel: InquiryChannel,
    said: ValidInquiry,
    is_answered: bool,
}

/// What the form asks for.
pub(super) enum RecordForm {
    /// Suggest services and show whom the contact belongs to; nothing is recorded.
    Look,
    Record(Box<NewInquiry>),
}

impl FromFields for RecordForm {
    fn from_fields(fields: &TypedFields, catalogue: &Catalogue) -> Result<Self, FieldFault> {
        let is_answered = match fields.text("do") {
            "record" => false,
            "answered" => true,
            _ => return Ok(Self::Look),
        };
        let channel = InquiryChannel::parse(fields.text("channel"))
            .filter(|channel| *channel != InquiryChannel::App)
            .ok_or(FieldFault::new(
                "Choose how it came.",
                "Choisissez comment elle est arrivée.",
            ))?;
        let language = language_in(fields);
        let said = ValidInquiry {
            message: message_in(fields, language, is_answered)?,
            reply_to: reply_to(fields.text("contact"))?,
            name: name_in(fields)?,
            service: service_in(fields, catalogue)?,
            hub: HubId::parse(fields.text("hub")).ok().filter(|id| catalogue.hub(id).is_some()),
            language,
            // No screen showed the person the notice.
            notice_version: 0,
        };
        Ok(Self::Record(Box::new(NewInquiry { id: id_in(fields), channel, said, is_answered })))
    }
}

/// The number that the form was shown with; a fresh one if it has none.
fn id_in(fields: &TypedFields) -> SubmissionId {
    SubmissionId::parse(fields.text("id")).unwrap_or_else(|_| fresh_id())
}

fn fresh_id() -> SubmissionId {
    SubmissionId::from_parts(now_ms(), random())
}

fn language_in(fields: &TypedFields) -> Language {
    Language::parse(fields.text("language")).unwrap_or(Language::English)
}

/// What the person said. A question that was answered at once needs no words.
fn message_in(
    fields: &TypedFields,
    language: Language,
    is_answered: bool,
) -> Result<String, FieldFault> {
    let message = tidied(fields.text("message"));
    let by = message.chars().count().saturating_sub(MESSAGE_CHARS_MAX);
    match (message.is_empty(), is_answered, language) {
        (true, true, Language::English) => {
            Ok("A question that was answered at once. No words were recorded.".into())
        }
        (true, true, Language::French) => {
            Ok("Une question à laquelle on a répondu tout de suite. Aucun mot n’a été consigné."
                .into())
        }
        (true, false, _) => {
            Err(FieldFault::new("Write what the person said.", "Écrivez ce que la personne a dit."))
        }
        _ if by > 0 => Err(FieldFault::of(
            format!("The person’s words: {}", too_long_by(Language::English, by)),
            format!("Les mots de la personne : {}", too_long_by(Language::French, by)),
        )),
        _ => Ok(message),
    }
}

fn name_in(fields: &TypedFields) -> Result<Option<String>, FieldFault> {
    let name = tidied(fields.text("name"));
    if name.chars().count() > NAME_CHARS_MAX {
        return Err(FieldFault::new(
            "Shorten the name to 120 characters.",
            "Raccourcissez le nom à 120 caractères.",
        ));
    }
    Ok((!name.is_empty()).then_some(name))
}

/// The contact as one field has it: an e-mail address, a phone number, or none. A text that is one
/// number of this numbering plan is written in the form in which numbers are shown; any other stays
/// as it was typed.
pub(super) fn reply_to(text: &str) -> Result<ReplyTo, FieldFault> {
    let problem = |_: InquiryProblem| {
        FieldFault::new(
            "Enter a phone number with its area code, or an email address, or leave it empty.",
            "Entrez un numéro de téléphone avec l’indicatif régional ou une adresse courriel, ou laissez le champ vide.",
        )
    };
    if text.is_empty() {
        return Ok(ReplyTo::Nobody);
    }
    if text.contains('@') {
        return EmailAddress::typed(text).map(ReplyTo::Email).map_err(problem);
    }
    let phone = PhoneNumber::typed(text).map_err(problem)?;
    let shown = match phone_parts(phone.as_str()).as_slice() {
        [PhonePart::Number(read)] => PhoneNumber::typed(&read.shown(Language::English)).ok(),
        _ => None,
    };
    Ok(ReplyTo::Phone(shown.unwrap_or(phone)))
}

/// The service that was picked, or whose name was typed; `None` for an empty field.
fn service_in(
    fields: &TypedFields,
    catalogue: &Catalogue,
) -> Result<Option<ServiceId>, FieldFault> {
    let typed = fields.text("service");
    if typed.is_empty() {
        return Ok(None);
    }
    let services = catalogue.services();
    let names: Vec<&str> = services.iter().map(|service| service.name.as_str()).collect();
    match name_of(&names, typed) {
        Some(at) => Ok(Some(services[at].id.clone())),
        None => Err(FieldFault::new(
            "Choose a service from the list, or leave it empty.",
            "Choisissez un service dans la liste, ou laissez le champ vide.",
        )),
    }
}

#[derive(Template)]
#[template(path = "office/new.html")]
struct RecordPage {
    f: PageFrame,
    fault: String,
    id: String,
    channels: Vec<(&'static str, &'static str)>,
    channel: String,
    message: String,
    contact: String,
    name: String,
    service: String,
    hub: String,
    language: Language,
    /// The names of all services, as the directory and as the page writes them.
    services: Vec<(String, String)>,
    hubs: Vec<(String, String)>,
    /// Ids of services that the words may be about, with their names as the directory and as the
    /// page writes them.
    suggested: Vec<(String, String, String)>,
    beside: Option<RecordBeside>,
    /// "2 earlier inquiries from this contact"; empty if there are none.
    known: String,
    /// Addresses and titles of those earlier inquiries.
    earlier: Vec<(String, String)>,
}

/// The record that stands beside the form.
struct RecordBeside {
    name: String,
    facts: Vec<String>,
    /// What a clerk does, task by task.
    tasks: Vec<(String, Vec<String>)>,
}

impl RecordBeside {
    fn of(
        f: &PageFrame,
        (office, catalogue): (&Office, &Catalogue),
        service: &Service,
        language: Language,
    ) -> Self {
        let text = composed(service, catalogue, office.zone.moment(now_ms()).date, language);
        Self {
            name: f.name_of(&service.name),
            facts: text.lines().skip(1).map(String::from).collect(),
            tasks: catalogue
                .tasks_of(service)
                .map(|task| (f.name_of(&task.name), task.steps.clone()))
                .collect(),
        }
    }
}

/// The fields that the page is filled with.
struct RecordFields<'a> {
    typed: &'a TypedFields,
    channel: String,
    hub: String,
    id: SubmissionId,
    /// The name of the service that was picked, if any.
    service: String,
}

pub(super) async fn page(
    State(office): State<Arc<Office>>,
    Extension(visit): Extension<Visit>,
    Query(query): Query<HashMap<String, String>>,
) -> PageResult {
    let staff = visit.session.as_ref().map(|session| &session.staff);
    let usual = match staff.map(|staff| staff.role) {
        Some(Role::Counter) => InquiryChannel::Counter,
        _ => InquiryChannel::Phone,
    };
    let own_hub = staff.and_then(|staff| match &staff.scope {
        Scope::Hub(hub) => Some(hub.to_string()),
        Scope::All | Scope::Department(_) => None,
    });
    let asked = |name: &str| query.get(name).cloned().filter(|text| !text.is_empty());
    let typed = TypedFields::default();
    let fields = RecordFields {
        typed: &typed,
        channel: asked("channel").unwrap_or_else(|| usual.name().into()),
        hub: asked("hub").or(own_hub).unwrap_or_default(),
        id: fresh_id(),
        service: String::new(),
    };
    shown(&office, &visit, fields, None).await
}

/// Records the inquiry, or shows the form again with what the directory and the inbox know about
/// what was typed.
pub(super) async fn record(
    State(office): State<Arc<Office>>,
    OfficeForm { visit, proof, asked }: OfficeForm<RecordForm>,
) -> PageResult {
    let fault = match asked {
        Ok(RecordForm::Look) => None,
        Ok(RecordForm::Record(new)) => match keep(&office, &proof, &new).await? {
            RecordOutcome::Stored => return recorded(&office, &visit, &new).await,
            RecordOutcome::UsedBefore => Some(USED_BEFORE),
            RecordOutcome::NotNow => Some(NOT_KEPT),
        },
        Err(fault) => Some(fault),
    };
    let typed = proof.typed();
    let picked = ServiceId::parse(typed.text("pick")).ok();
    let fields = RecordFields {
        typed,
        channel: typed.text("channel").into(),
        hub: typed.text("hub").into(),
        // Another number if this one cannot be used.
        id: if fault == Some(NOT_KEPT) || fault == Some(USED_BEFORE) {
            fresh_id()
        } else {
            id_in(typed)
        },
        service: picked.map_or_else(
            || typed.text("service").into(),
            |id| office.catalogue().service(&id).map_or_else(String::new, |one| one.name.clone()),
        ),
    };
    shown(&office, &visit, fields, fault).await
}

const USED_BEFORE: FieldFault = FieldFault::new(
    "Not recorded: this form was already used once. Your text is below. Check it and record it again.",
    "Non consignée : ce formulaire a déjà servi. Votre texte est ci-dessous. Vérifiez-le et consignez-le de nouveau.",
);
const NOT_KEPT: FieldFault = FieldFault::new(
    "Not recorded: the database did not answer. Your text is below. Try again in a minute.",
    "Non consignée : la base de données n’a pas répondu. Votre texte est ci-dessous. Réessayez dans une minute.",
);

async fn shown(
    office: &Office,
    visit: &Visit,
    fields: RecordFields<'_>,
    fault: Option<FieldFault>,
) -> PageResult {
    let f = PageFrame::of(office, visit);
    let (catalogue, typed) = (office.catalogue(), fields.typed);
    let text = |name: &str| typed.text(name).to_string();
    let language = language_in(typed);
    let searched: String = typed.text("message").chars().take(SEARCHED_CHARS).collect();
    let suggested: Vec<&Service> = office
        .directory
        .services_about(&searched, SUGGESTIONS_MAX)
        .iter()
        .filter_map(|id| catalogue.service(id))
        .collect();
    let chosen = service_named(&catalogue, &fields.service).or(suggested.first().copied());
    let (known, earlier) = known_person(office, visit, &f, typed.text("contact")).await?;
    let status = if fault.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let page = RecordPage {
        fault: fault.map(|fault| fault.words(f.language).into_owned()).unwrap_or_default(),
        id: fields.id.to_string(),
        channels: InquiryChannel::recorded()
            .map(|channel| (channel.name(), channel_words(&f, channel)))
            .collect(),
        channel: fields.channel,
        message: text("message"),
        contact: text("contact"),
        name: text("name"),
        service: fields.service,
        hub: fields.hub,
        language,
        services: catalogue
            .services_by_name()
            .iter()
            .map(|one| (one.name.clone(), f.name_of(&one.name)))
            .collect(),
        hubs: catalogue
            .hubs()
            .iter()
            .map(|hub| (hub.id.to_string(), f.name_of(&hub.name)))
            .collect(),
        beside: chosen.map(|service| RecordBeside::of(&f, (office, &catalogue), service, language)),
        suggested: suggested
            .iter()
            .map(|one| (one.id.to_string(), one.name.clone(), f.name_of(&one.name)))
            .collect(),
        known,
        earlier,
        f,
    };
    Ok(made(status, &page))
}

fn service_named<'c>(catalogue: &'c Catalogue, name: &str) -> Option<&'c Service> {
    catalogue.services().iter().find(|service| !name.is_empty() && service.name == name)
}

/// The earlier inquiries of a contact, among those that the requester may read.
async fn known_person(
    office: &Office,
    visit: &Visit,
    f: &PageFrame,
    contact: &str,
) -> Result<(String, Vec<(String, String)>), StoreFault> {
    let Ok(reply_to @ (ReplyTo::Phone(_) | ReplyTo::Email(_))) = reply_to(contact) else {
        return Ok(Default::default());
    };
    office.write_look(visit.login(), RecordedView::Search).await?;
    let earlier = earlier_of_contact(office, visit, &reply_to, None).await?;
    if earlier.is_empty() {
        return Ok(Default::default());
    }
    let words = f.n(
        earlier.len(),
        &["{n} earlier inquiry from this contact", "{n} demande antérieure de ce contact"],
        &["{n} earlier inquiries from this contact", "{n} demandes antérieures de ce contact"],
    );
    let catalogue = office.catalogue();
    let title = |inquiry: &casework::inquiry::Inquiry| {
        let service = inquiry.case.service.as_ref().map(|id| service_name(f, &catalogue, id));
        let state = super::inbox::state_words(f, inquiry.case.state);
        format!("{}, {state}", service.unwrap_or_else(|| inquiry.reference.to_string()))
    };
    Ok((words, earlier.iter().map(|one| (one.id.to_string(), title(one))).collect()))
}

/// What became of a recorded inquiry.
enum RecordOutcome {
    Stored,
    /// The form was used before, with other words.
    UsedBefore,
    /// The database did not answer.
    NotNow,
}

/// Seals and stores the inquiry, then writes its first event. Doing this twice changes nothing.
///
/// No budget applies: those bound what strangers send, and here a person is signed in, whose name
/// is in the audit log beside every inquiry.
async fn keep(
    office: &Arc<Office>,
    proof: &CheckedForm,
    new: &NewInquiry,
) -> Result<RecordOutcome, StoreFault> {
    if office.store().entry(new.id).await?.is_none() && !is_received(office, new).await {
        return Ok(RecordOutcome::NotNow);
    }
    // The id comes from the form, so it may be that of another inquiry.
    let stored = office.inquiries.inquiry(office, new.id).await?;
    if stored.is_none_or(|stored| stored.said != new.said) {
        return Ok(RecordOutcome::UsedBefore);
    }
    let event = CaseEvent::Recorded { channel: new.channel, is_answered: new.is_answered };
    office.write(new.id, 0, Author::Person(proof), event).await?;
    // Otherwise lists have it a second later.
    if office.inquiries.state().0
        && let Err(fault) = office.inquiries.look(office).await
    {
        tracing::warn!(%fault, "a recorded inquiry is not in the lists yet");
    }
    Ok(RecordOutcome::Stored)
}

async fn is_received(office: &Office, new: &NewInquiry) -> bool {
    let (receiver, now_ms) = (office.receiver(), now_ms());
    let municipality = receiver.municipality.clone();
    let keys = receiver.keys.public(&municipality, receiver.store.epoch(), now_ms);
    let catalogue_version = office.catalogue().version();
    let address = Address { municipality, catalogue_version, now_ms, order: 0 };
    let mut fill = |bytes: &mut [u8]| {
        for part in bytes.chunks_mut(32) {
            part.copy_from_slice(&random::<32>()[..part.len()]);
        }
    };
    let content = Content::Inquiry(new.said.clone());
    let Ok((envelope, _)) = sealed_envelope(new.id, content, &address, &keys, &mut fill) else {
        tracing::error!("an inquiry could not be sealed: no key, or its words are too long");
        return false;
    };
    let verdicts = receiver.receive(Batch { envelopes: vec![envelope] }, now_ms).await;
    matches!(
        verdicts.verdicts.first(),
        Some((_, Verdict::Received(_) | Verdict::Refused(Refusal::OtherContentUnderThisId)))
    )
}

/// The page after an inquiry was recorded: its own, or the empty form for the next person.
async fn recorded(
    office: &Arc<Office>,
    visit: &Visit,
    new: &NewInquiry,
) -> Result<axum::response::Response, TroublePage> {
    let inquiry = office.inquiries.inquiry(office, new.id).await?;
    let may_read = inquiry.is_some_and(|inquiry| visit.covers(&inquiry));
    if may_read && !new.is_answered {
        return Ok(go(&FinishedAct::Recorded.at(&format!("/office/inquiry/{}", new.id))));
    }
    let hub = new.said.hub.as_ref().map(ToString::to_string).unwrap_or_default();
    let form = format!("/office/new?channel={}&hub={hub}", new.channel.name());
    let act = if new.is_answered { FinishedAct::AnsweredAtOnce } else { FinishedAct::Recorded };
    Ok(go(&act.at_of(&form, Reference::of(new.id))))
}

/// How an inquiry came, in words.
pub(super) fn channel_words(f: &PageFrame, channel: InquiryChannel) -> &'static str {
    match channel {
        InquiryChannel::App => f.t("App", "Application"),
        InquiryChannel::Phone => f.t("Phone", "Téléphone"),
        InquiryChannel::Counter => f.t("Counter", "Comptoir"),
        InquiryChannel::Email => f.t("Email", "Courriel"),
        InquiryChannel::Letter => f.t("Letter", "Lettre"),
        InquiryChannel::Social => f.t("Social media", "Réseaux sociaux"),
        InquiryChannel::CouncilOffice => f.t("Council office", "Bureau du conseil"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::tests::{pine_harbour, typed};

    fn read(fields: &[(&str, &str)]) -> Result<NewInquiry, String> {
        match RecordForm::from_fields(&typed(fields), &pine_harbour()) {
            Ok(RecordForm::Record(new)) => Ok(*new),
            Ok(RecordForm::Look) => Err("look".into()),
            Err(fault) => Err(fault.words(Language::English).into_owned()),
        }
    }

    #[test]
    fn a_call_needs_words_and_how_it_came_and_one_that_was_only_a_question_no_words() {
        let call = [("channel", "phone"), ("message", " When is the ferry? ")];
        let new = read(&[&call[..], &[("do", "record")]].concat()).unwrap();
        assert_eq!((new.said.message.as_str(), new.is_answered), ("When is the ferry?", false));
        assert_eq!((new.said.reply_to, new.channel), (ReplyTo::Nobody, InquiryChannel::Phone));
        let only = read(&[("do", "answered"), ("channel", "phone")]).unwrap();
        assert!(only.is_answered && only.said.message.contains("answered at once"));
        let check = |fields: &[(&str, &str)], fault: &str| {
            let found = read(fields).err().unwrap_or_default();
            assert!(found.starts_with(fault) && !found.is_empty(), "{found}");
        };
        check(&[("do", "record"), ("channel", "phone")], "Write what the person said.");
        check(&[("do", "record"), ("message", "x")], "Choose how it came.");
        check(&[("do", "record"), ("message", "x"), ("channel", "app")], "Choose how it came.");
        let long = "x".repeat(MESSAGE_CHARS_MAX + 1);
        let long = [("do", "record"), ("channel", "phone"), ("message", long.as_str())];
        check(&long, "The person’s words: Shorten this by 1 character.");
        check(&[("do", "look")], "look");
    }

    #[test]
    fn a_contact_is_read_from_one_field_and_written_in_one_form() {
        let contact = |text: &str| reply_to(text).map(|to| casework::inquiry::contact(&to).into());
        let same: Result<String, FieldFault> = Ok("705-324-9411".into());
        for number in ["705 324 9411", "(705) 324-9411", "7053249411", "705.324.9411"] {
            assert_eq!(contact(number), same, "{number}");
        }
        assert_eq!(contact("705 324 9411 x12"), Ok("705-324-9411 ext. 12".into()));
        assert_eq!(contact("<jane@example.org>"), Ok("jane@example.org".into()));
        assert_eq!(reply_to(""), Ok(ReplyTo::Nobody));
        for wrong in ["324-9411", "jane@", "call back", "jane doe@example.org"] {
            assert!(reply_to(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_service_is_known_by_its_name_and_never_guessed() {
        let name = &pine_harbour().services()[0].name.clone();
        let with = |service: &str| {
            let fields = [("do", "answered"), ("channel", "letter"), ("service", service)];
            read(&fields).map(|new| new.said.service)
        };
        assert_eq!(with(name), Ok(Some(pine_harbour().services()[0].id.clone())));
        assert_eq!(with(&name.to_uppercase()), with(name));
        assert_eq!(with(""), Ok(None));
        assert!(with("no such service at all").is_err());
    }

    #[test]
    fn the_same_form_has_the_same_number() {
        let id = fresh_id().to_string();
        let fields = [("do", "answered"), ("channel", "phone"), ("id", id.as_str())];
        assert_eq!(read(&fields).unwrap().id.to_string(), id);
        let damaged = [("do", "answered"), ("channel", "phone"), ("id", "' or 1=1")];
        assert!(read(&damaged).is_ok(), "a fresh one");
    }
}
