//! One inquiry: what the person wrote, all its events, and what staff can do next. Every form
//! carries the number of the last event that its author saw; if somebody else wrote in the
//! meantime, nothing is overwritten and the typed text is shown again.

mod forms;
pub(super) mod team;

use super::banner::FinishedAct;
use super::confirm::{self, Confirmation};
use super::form::{Author, CheckedForm, FieldFault, OfficeForm};
use super::guard::Visit;
use super::inbox::{InboxRow, by_name, departments, names};
use super::inquiry_cache::PRESENT_MS;
use super::looks::RecordedView;
use super::mail::plan;
use super::merge::{close_merged, is_replied_with, merged_into, names_someone, reply_to_merged};
use super::pages::{PageFrame, PageResult, TroublePage, go, page as made};
use super::record::channel_words;
use super::record_names::{hub_name, service_name};
use super::reply::template_facts::TemplateFacts;
use super::reply::{composed, digest, greeting};
use super::staff::Staff;
use super::{Office, Written};
use askama::Template;
use axum::Extension;
use axum::extract::{Path, State as Shared};
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use casework::case::{
    Case, CaseEntry, CaseEvent, CaseOutcome, CaseReply, CaseState, Delivery, ReplyDraft,
    ReplyMethod, TemplateUse,
};
use casework::inquiry::{Inquiry, contact};
use casework::settled::compared_contact;
use casework::templates::{Placeholder, filled, placeholders};
use casework::when;
use domain::catalogue::Service;
use domain::hours::{Date, Moment};
use domain::inquiry::ReplyTo;
use domain::reference::Reference;
use domain::{Catalogue, Language, ServiceId, SubmissionId};
use forms::{
    AboutForm, AssignForm, LinkForm, NoteForm, ReplyForm, ReplyStep, StateForm, TransferForm,
};
use std::sync::Arc;
use store::{Custody, DoorStore, StoreFault};
use team::TeamView;
use vault::now_ms;

/// Attempts to write the other side of a link when somebody else writes first.
const LINK_TRIES: u32 = 5;
/// Other inquiries by the same person that are listed, newest first.
const OTHERS_MAX: usize = 8;

#[derive(Template)]
#[template(path = "office/inquiry.html")]
struct InquiryPage {
    f: PageFrame,
    id: String,
    reference: String,
    row: InboxRow,
    message: String,
    name: String,
    contact: String,
    contact_way: &'static str,
    has_mail: bool,
    hub: String,
    service: String,
    language: Language,
    seen: u32,
    state: CaseState,
    steps: Vec<StepRow>,
    others_here: Vec<String>,
    draft: String,
    draft_service: String,
    begun: BegunReply,
    changed: bool,
    /// Ids and reference numbers.
    linked: Vec<(String, String)>,
    others: Vec<InboxRow>,
    /// How the person came, in words.
    channel: &'static str,
    has_tracking_code: bool,
    /// The person has an answer, so that closing needs no more questions.
    is_replied: bool,
    services: Vec<(String, String)>,
    departments: Vec<String>,
    people: Vec<(String, String)>,
    me: String,
    outcomes: Vec<(&'static str, &'static str)>,
    failed_mail: String,
    promises: PromiseView,
    again: RefusedForm,
    closed_entries: u32,
    team: TeamView,
    /// The inquiries that were merged into this one, each with its history.
    merged: Vec<MergedView>,
}

/// An inquiry that is answered with the one that the page shows.
struct MergedView {
    row: InboxRow,
    message: String,
    name: String,
    contact: String,
    steps: Vec<StepRow>,
    /// Whether a reply goes to this person too.
    is_replied: bool,
}

impl MergedView {
    fn of(row: InboxRow, (into, other): (&Inquiry, &Inquiry), steps: Vec<StepRow>) -> Self {
        let said = &other.said;
        Self {
            row,
            message: said.message.clone(),
            name: said.name.clone().unwrap_or_default(),
            contact: contact(&said.reply_to).into(),
            steps,
            is_replied: is_replied_with(into, other),
        }
    }
}

impl InquiryPage {
    /// To how many people a reply goes.
    fn people_replied(&self) -> usize {
        1 + self.merged.iter().filter(|other| other.is_replied).count()
    }
}

/// What a reply begins with, and how far it is.
struct BegunReply {
    /// Numbers and names of the templates.
    templates: Vec<(u32, String)>,
    /// When the draft was saved, in words; empty without one.
    saved: String,
    /// Placeholders that are still in the draft.
    missing: String,
}

impl BegunReply {
    async fn of(
        f: &PageFrame,
        office: &Office,
        (case, draft): (&Case, &str),
        now: Moment,
    ) -> Result<Self, StoreFault> {
        Ok(Self {
            templates: templates(office).await?,
            saved: draft_saved_words(f, office, case, now),
            missing: missing_words(draft, f.language),
        })
    }
}

/// What is promised, and whether it was kept.
struct PromiseView {
    first_reply: String,
    resolution: String,
    first_note: String,
    resolution_note: String,
}

/// One event, as a row.
struct StepRow {
    number: u32,
    when: String,
    who: String,
    what: String,
    text: String,
    /// Replies are highlighted, because the person reads them.
    is_reply: bool,
    /// Words of the person.
    is_added: bool,
}

/// What the page shows after a form was rejected.
#[derive(Default)]
struct RefusedForm {
    fault: String,
    is_overtaken: bool,
    reply: Option<(String, String)>,
    note: String,
    /// Why the inquiry is transferred.
    why: String,
    /// What is waited for, or why the inquiry is opened again.
    state_text: String,
    /// The reply asks the person something.
    is_asking: bool,
    /// A question to colleagues, and an answer to one.
    asked_inside: String,
    answered_inside: String,
}

impl RefusedForm {
    fn status(&self) -> StatusCode {
        match (self.fault.is_empty(), self.is_overtaken) {
            (true, _) => StatusCode::OK,
            (false, true) => StatusCode::CONFLICT,
            (false, false) => StatusCode::UNPROCESSABLE_ENTITY,
        }
    }
}

/// The inquiry of an address, which holds the whole id, so that no sender can choose another's. Not
/// found if the requester may not read it.
async fn looked_for(
    office: &Office,
    f: &PageFrame,
    visit: &Visit,
    id: &str,
) -> Result<Arc<Inquiry>, TroublePage> {
    let nothing = || TroublePage::Nothing(Box::new(f.clone()));
    let id = SubmissionId::parse(id).map_err(|_| nothing())?;
    office
        .inquiries
        .inquiry(office, id)
        .await?
        .filter(|inquiry| visit.covers(inquiry))
        .ok_or_else(nothing)
}

pub(super) async fn page(
    Shared(office): Shared<Arc<Office>>,
    Extension(visit): Extension<Visit>,
    Path(id): Path<String>,
) -> PageResult {
    let f = PageFrame::of(&office, &visit);
    if let Some(reference) = Reference::parse(&id) {
        return Ok(go(&format!("/office/reference/{reference}")));
    }
    let inquiry = looked_for(&office, &f, &visit, &id).await?;
    // If it was just erased, perhaps by a command, the copy in memory must not be shown.
    if office.store().entry(inquiry.id).await?.is_none() {
        return Err(TroublePage::Nothing(Box::new(f)));
    }
    shown(&office, &visit, &inquiry, RefusedForm::default()).await
}

/// The inquiries that were merged into one and that this person may see. Their texts are shown, so
/// each look is recorded first.
async fn seen_with(
    office: &Office,
    visit: &Visit,
    inquiry: &Inquiry,
) -> Result<Vec<Arc<Inquiry>>, StoreFault> {
    let mut all = merged_into(office, inquiry).await?;
    all.retain(|other| visit.covers(other));
    for other in &all {
        office.write_look(visit.login(), RecordedView::Inquiry(other.id)).await?;
    }
    Ok(all)
}

async fn shown(
    office: &Office,
    visit: &Visit,
    inquiry: &Inquiry,
    mut again: RefusedForm,
) -> PageResult {
    let f = PageFrame::of(office, visit);
    office.write_look(visit.login(), RecordedView::Inquiry(inquiry.id)).await?;
    let (catalogue, now) = (office.catalogue(), office.zone.moment(now_ms()));
    let names = names(office).await?;
    let name_of = |login: &str| names.get(login).cloned().unwrap_or_else(|| login.into());
    let others_here = present_words(&f, office, (inquiry, visit.login()), &name_of);
    let (case, said) = (&inquiry.case, &inquiry.said);
    let (draft, draft_service) = again.reply.take().unwrap_or_else(|| drafted(case));
    let row = |inquiry: &Inquiry| InboxRow::of(&f, office, inquiry, &catalogue, &names, now);
    let others = earlier_of_contact(office, visit, &said.reply_to, Some(inquiry.id)).await?;
    let mut merged = Vec::new();
    for other in seen_with(office, visit, inquiry).await? {
        let steps = steps(&f, office, &other, &catalogue, &name_of, now);
        merged.push(MergedView::of(row(&other), (inquiry, &other), steps));
    }
    let mut page = InquiryPage {
        id: inquiry.id.to_string(),
        reference: inquiry.reference.to_string(),
        row: row(inquiry),
        message: said.message.clone(),
        name: said.name.clone().unwrap_or_default(),
        contact: contact(&said.reply_to).into(),
        contact_way: casework::inquiry::reply_name(&said.reply_to),
        has_mail: office.mailer.is_some(),
        hub: said.hub.as_ref().map(|id| hub_name(&f, &catalogue, id)).unwrap_or_default(),
        service: case.service.as_ref().map(ToString::to_string).unwrap_or_default(),
        language: said.language,
        seen: case.last,
        state: case.state,
        steps: steps(&f, office, inquiry, &catalogue, &name_of, now),
        others_here,
        changed: has_changed(case, &catalogue, now.date, said.language),
        begun: BegunReply::of(&f, office, (case, &draft), now).await?,
        draft,
        draft_service,
        linked: linked(office, visit, case).await?,
        others: others.iter().map(|other| row(other)).collect(),
        channel: channel_words(&f, case.channel),
        has_tracking_code: case.has_tracking_code(),
        is_replied: case.first_reply_ms.is_some(),
        services: services(&f, &catalogue),
        departments: departments(&catalogue),
        people: active_people(office).await?,
        me: visit.login().into(),
        outcomes: outcomes(&f),
        failed_mail: failed_mail_words(&f, case),
        promises: PromiseView::of(&f, office, inquiry, now),
        closed_entries: inquiry.closed_entries,
        team: TeamView::of(&f, office, (inquiry, visit), now),
        merged,
        again,
        f,
    };
    if !page.row.assignee.is_empty() {
        page.f.name_banner(&page.row.assignee);
    }
    Ok(made(page.again.status(), &page))
}

/// Numbers and names of the templates of replies, by name.
async fn templates(office: &Office) -> Result<Vec<(u32, String)>, StoreFault> {
    let ledger = office.counter_ledger().await?;
    let all = ledger.templates.in_use();
    let mut all: Vec<(u32, String)> =
        all.map(|(number, template)| (number, template.newest().name.clone())).collect();
    all.sort_by_cached_key(|(_, name)| domain::text::folded(name));
    Ok(all)
}

/// The placeholders that are left in a draft, in words; empty if there are none.
fn missing_words(draft: &str, language: Language) -> String {
    let of = |one: &Placeholder| format!("{{{}}}", one.name(language));
    placeholders(draft).iter().map(of).collect::<Vec<_>>().join(", ")
}

/// The text of the draft, and the service that it was composed from; both empty without a draft.
fn drafted(case: &Case) -> (String, String) {
    let draft = case.draft.clone().unwrap_or_default();
    (draft.text, draft.service.as_ref().map(ToString::to_string).unwrap_or_default())
}

/// The linked inquiries. Those that the requester may not read are not named.
async fn linked(
    office: &Office,
    visit: &Visit,
    case: &Case,
) -> Result<Vec<(String, String)>, StoreFault> {
    let mut linked = Vec::new();
    for id in case.linked.iter().filter_map(|id| casework::case::id_of(id)) {
        if office.inquiries.inquiry(office, id).await?.is_some_and(|other| visit.covers(&other)) {
            linked.push((id.to_string(), Reference::of(id).to_string()));
        }
    }
    Ok(linked)
}

/// Ids and names of all services, sorted by name.
fn services(f: &PageFrame, catalogue: &Catalogue) -> Vec<(String, String)> {
    let named = |service: &&Service| (service.id.to_string(), f.name_of(&service.name));
    catalogue.services_by_name().iter().map(named).collect()
}

/// The outcomes to choose from when an inquiry is closed.
pub(super) fn outcomes(f: &PageFrame) -> Vec<(&'static str, &'static str)> {
    CaseOutcome::chosen()
        .map(|outcome| (outcome_name(outcome), outcome_words(f, outcome)))
        .collect()
}

/// Why the last e-mail did not arrive; empty if it did, or if there is none.
fn failed_mail_words(f: &PageFrame, case: &Case) -> String {
    case.failed_reply.as_ref().map(|(_, why)| why_words(f, why)).unwrap_or_default()
}

impl PromiseView {
    fn of(f: &PageFrame, office: &Office, inquiry: &Inquiry, now: Moment) -> Self {
        let rules = office.directory.rules();
        let note = |text: Option<&domain::Text>| {
            text.map(|text| text.get(f.language).to_string()).unwrap_or_default()
        };
        let resolution = rules.as_ref().and_then(|rules| rules.resolution.as_ref());
        Self {
            first_reply: first_reply_words(f, office, inquiry, now),
            resolution: resolution_words(f, office, inquiry, now),
            first_note: note(rules.as_ref().map(|rules| &rules.first_reply.note)),
            resolution_note: note(resolution.map(|promise| &promise.note)),
        }
    }
}

/// When the draft was saved; empty without one.
fn draft_saved_words(f: &PageFrame, office: &Office, case: &Case, now: Moment) -> String {
    let Some((_, at_ms)) = &case.team.drafting else { return String::new() };
    let when = when::day_and_time(office.zone.moment(*at_ms), now, f.language);
    f.with(f.t("Draft saved: {when}", "Brouillon enregistré : {when}"), "when", when)
}

/// Who else is here, and who is writing a reply. Records that the requester is here.
fn present_words(
    f: &PageFrame,
    office: &Office,
    (inquiry, login): (&Inquiry, &str),
    name_of: &impl Fn(&str) -> String,
) -> Vec<String> {
    let here = office.inquiries.be_present(inquiry.id, login);
    let here = here.iter().map(|(login, seconds)| here_words(f, &name_of(login), *seconds));
    here.chain(drafting_words(f, &inquiry.case, login, name_of)).collect()
}

/// That a colleague is writing a reply, which every server knows from the draft.
fn drafting_words(
    f: &PageFrame,
    case: &Case,
    login: &str,
    name_of: &impl Fn(&str) -> String,
) -> Option<String> {
    let (who, at_ms) = case.team.drafting.as_ref().filter(|(who, _)| who != login)?;
    let ago_ms = now_ms().saturating_sub(*at_ms);
    let words = if ago_ms < PRESENT_MS {
        f.t("{name} is writing a reply.", "{name} rédige une réponse.")
    } else {
        f.t(
            "{name} began a reply: see the draft.",
            "{name} a commencé une réponse : voyez le brouillon.",
        )
    };
    Some(f.with(words, "name", name_of(who)))
}

fn here_words(f: &PageFrame, name: &str, seconds: u64) -> String {
    match (f.language, seconds / 60) {
        (Language::English, 0) => format!("{name} has this open now."),
        (Language::English, minutes) => format!("{name} opened this {minutes} min ago."),
        (Language::French, 0) => format!("{name} consulte cette demande."),
        (Language::French, minutes) => {
            format!("{name} a ouvert cette demande il y a {minutes} min.")
        }
    }
}

/// For a reply that was made, whether it was in time; otherwise when it is due.
fn first_reply_words(f: &PageFrame, office: &Office, inquiry: &Inquiry, now: Moment) -> String {
    let Some(at_ms) = inquiry.case.first_reply_ms else {
        return when::promise(inquiry.first_reply, now, f.language);
    };
    let at = office.zone.moment(at_ms);
    kept_words(f, at, inquiry.first_reply, now)
}

fn resolution_words(f: &PageFrame, office: &Office, inquiry: &Inquiry, now: Moment) -> String {
    match inquiry.case.closed_ms {
        Some(at_ms) => kept_words(f, office.zone.moment(at_ms), inquiry.resolution, now),
        // The page's label says that it is the time to close by.
        None => match inquiry.resolution {
            casework::clock::Due::At(moment) => when::day_and_time(moment, now, f.language),
            due => when::promise(due, now, f.language),
        },
    }
}

fn kept_words(f: &PageFrame, at: Moment, due: casework::clock::Due, now: Moment) -> String {
    let when = when::day_and_time(at, now, f.language);
    match due {
        casework::clock::Due::At(moment) if at > moment => {
            f.with(f.t("Late: {when}", "En retard : {when}"), "when", when)
        }
        _ => f.with(f.t("On time: {when}", "À temps : {when}"), "when", when),
    }
}

/// Whether the facts that the draft was composed from have changed since.
fn has_changed(case: &Case, catalogue: &Catalogue, today: Date, language: Language) -> bool {
    let Some(draft) = &case.draft else { return false };
    let Some(id) = &draft.service else { return false };
    let is_as_drafted = |service| digest(service, catalogue, today, language) == draft.record;
    !catalogue.service(id).is_some_and(is_as_drafted)
}

/// The newest inquiries that give the same phone number or e-mail address, so possibly by the same
/// person; without the one that is shown already.
pub(super) async fn earlier_of_contact(
    office: &Office,
    visit: &Visit,
    reply_to: &ReplyTo,
    except: Option<SubmissionId>,
) -> Result<Vec<Arc<Inquiry>>, StoreFault> {
    let of = |reply_to: &ReplyTo| compared_contact(contact(reply_to));
    let compared = of(reply_to);
    if compared.is_empty() {
        return Ok(Vec::new());
    }
    let mut listed = visit.covered(office.inquiries.of_contact(contact(reply_to)));
    listed.retain(|other| Some(other.id()) != except);
    listed.sort_by_key(|other| std::cmp::Reverse(other.received_at_ms()));
    let mut others = Vec::new();
    for other in listed.iter().take(OTHERS_MAX) {
        others.extend(
            office
                .inquiries
                .inquiry(office, other.id())
                .await?
                .filter(|other| of(&other.said.reply_to) == compared),
        );
    }
    Ok(others)
}

/// Logins and names of those who work here now, sorted by name.
pub(super) async fn active_people(office: &Office) -> Result<Vec<(String, String)>, StoreFault> {
    let staff = office.store().staff().await?;
    let names = staff.into_iter().filter(|row| Staff::of(row).is_some());
    Ok(by_name(names.map(|row| (row.login, row.name)).collect()))
}

fn outcome_name(outcome: CaseOutcome) -> &'static str {
    match outcome {
        CaseOutcome::Answered => "answered",
        CaseOutcome::Done => "done",
        CaseOutcome::Elsewhere => "elsewhere",
        CaseOutcome::Duplicate => "duplicate",
        CaseOutcome::NoWord => "no-word",
        CaseOutcome::Withdrawn => "withdrawn",
    }
}

/// The outcome that a form names, of those that staff choose from.
pub(super) fn outcome_named(name: &str) -> Option<CaseOutcome> {
    CaseOutcome::chosen().find(|outcome| outcome_name(*outcome) == name)
}

pub(super) fn outcome_words(f: &PageFrame, outcome: CaseOutcome) -> &'static str {
    match outcome {
        CaseOutcome::Answered => f.t("Answered", "Répondue"),
        CaseOutcome::Done => f.t("Done as asked", "Fait comme demandé"),
        CaseOutcome::Elsewhere => f.t(
            "Not a City service; the person was told",
            "Ne relève pas de la Ville; la personne le sait",
        ),
        CaseOutcome::Duplicate => {
            f.t("Duplicate of another inquiry", "Doublon d’une autre demande")
        }
        CaseOutcome::NoWord => {
            f.t("The person did not follow up", "La personne n’a pas donné suite")
        }
        CaseOutcome::Withdrawn => f.t("Withdrawn by the person", "Retirée par la personne"),
    }
}

fn steps(
    f: &PageFrame,
    office: &Office,
    inquiry: &Inquiry,
    catalogue: &Catalogue,
    name_of: &impl Fn(&str) -> String,
    now: Moment,
) -> Vec<StepRow> {
    let step = |entry: &CaseEntry| StepRow {
        number: entry.number,
        when: when::day_and_time(office.zone.moment(entry.at_ms), now, f.language),
        who: if entry.who.is_empty() { String::new() } else { name_of(&entry.who) },
        what: step_words(f, entry, (catalogue, now.date), name_of),
        text: step_text(f, &entry.event),
        is_reply: matches!(entry.event, CaseEvent::Replied(_)),
        is_added: matches!(entry.event, CaseEvent::Added { .. }),
    };
    inquiry.entries.iter().filter(|entry| !is_settled(entry, &inquiry.entries)).map(step).collect()
}

/// What an event did, in words that follow the author's name.
#[allow(clippy::too_many_lines, reason = "a table: the words for each event")]
fn step_words(
    f: &PageFrame,
    entry: &CaseEntry,
    (catalogue, today): (&Catalogue, Date),
    name_of: &impl Fn(&str) -> String,
) -> String {
    let reference = |id: &str| {
        casework::case::id_of(id).map(|id| Reference::of(id).to_string()).unwrap_or_default()
    };
    let (words, of) = match &entry.event {
        CaseEvent::Assigned { to: Some(to) } if *to == entry.who => {
            (f.t("took this inquiry", "s’est attribué la demande"), None)
        }
        CaseEvent::Assigned { to: Some(to) } => (
            f.t("assigned this inquiry to {name}", "a attribué la demande à {name}"),
            Some(name_of(to)),
        ),
        CaseEvent::Assigned { to: None } => (f.t("unassigned it", "a retiré l’attribution"), None),
        CaseEvent::Transferred { department, .. } => (
            f.t("transferred it to {name}", "l’a transférée à {name}"),
            Some(f.name_of(department)),
        ),
        CaseEvent::About { service: Some(id) } => (
            f.t("set the service: {name}", "a indiqué le service : {name}"),
            Some(service_name(f, catalogue, id)),
        ),
        CaseEvent::About { service: None } => {
            (f.t("removed the service", "a retiré le service"), None)
        }
        CaseEvent::Noted { .. } => (f.t("added a note", "a ajouté une note"), None),
        CaseEvent::Drafted(draft) if draft.text.is_empty() => {
            (f.t("deleted the draft", "a supprimé le brouillon"), None)
        }
        CaseEvent::Drafted(_) => (f.t("saved a draft", "a enregistré un brouillon"), None),
        CaseEvent::Replied(reply) if reply.is_asking => (
            f.t(
                "asked the person something; response time paused",
                "a posé une question à la personne; délai suspendu",
            ),
            None,
        ),
        CaseEvent::Replied(reply) => (way_words(f, reply.way), None),
        CaseEvent::Mailed { outcome, .. } => (delivery_words(f, outcome), None),
        CaseEvent::Waiting { .. } => {
            let french = "attend la personne; délai suspendu";
            (f.t("is waiting for the person; response time paused", french), None)
        }
        CaseEvent::Resumed => (f.t("resumed the response time", "a fait reprendre le délai"), None),
        CaseEvent::Recorded { is_answered, .. } => (recorded_words(f, *is_answered), None),
        CaseEvent::Emailed { .. } => {
            (f.t("The question came by email", "La question est arrivée par courriel"), None)
        }
        CaseEvent::Closed { outcome, .. } => (
            f.t("closed it: {name}", "l’a terminée : {name}"),
            Some(outcome_words(f, *outcome).into()),
        ),
        CaseEvent::Reopened { .. } => (f.t("reopened it", "l’a rouverte"), None),
        CaseEvent::Linked { to } => {
            (f.t("linked it to {name}", "l’a liée à {name}"), Some(reference(to)))
        }
        CaseEvent::Unlinked { to } => {
            (f.t("removed the link to {name}", "a retiré le lien avec {name}"), Some(reference(to)))
        }
        CaseEvent::Added { .. } => {
            (f.t("The person added this:", "La personne a ajouté ceci :"), None)
        }
        CaseEvent::Withdrawn { .. } => {
            (f.t("The person withdrew the question", "La personne a retiré la question"), None)
        }
        event => team_words(f, event, today),
    };
    of.map_or_else(|| words.into(), |of| f.with(words, "name", of))
}

/// The same for what colleagues agree among themselves, with the name in it.
fn team_words(f: &PageFrame, event: &CaseEvent, today: Date) -> (&'static str, Option<String>) {
    let reference = |id: &str| {
        casework::case::id_of(id).map(|id| Reference::of(id).to_string()).unwrap_or_default()
    };
    match event {
        CaseEvent::Tagged { tag } => (
            f.t("added the tag “{name}”", "a ajouté l’étiquette « {name} »"),
            Some(tag.to_string()),
        ),
        CaseEvent::Untagged { tag } => (
            f.t("removed the tag “{name}”", "a retiré l’étiquette « {name} »"),
            Some(tag.to_string()),
        ),
        CaseEvent::FollowUp { on: Some(on), .. } => (
            f.t("will come back to it on {name}", "y reviendra le {name}"),
            Some(when::date(*on, today, f.language)),
        ),
        CaseEvent::FollowUp { on: None, .. } => {
            (f.t("removed the follow-up", "a retiré le suivi"), None)
        }
        CaseEvent::AskedInside { department, .. } => (
            f.t(
                "asked {name}; the response time keeps counting",
                "a consulté {name}; le délai continue",
            ),
            Some(f.name_of(department)),
        ),
        CaseEvent::AnsweredInside { .. } => {
            (f.t("answered the question", "a répondu à la question"), None)
        }
        CaseEvent::MergedInto { into } => {
            (f.t("merged it into {name}", "l’a fusionnée avec {name}"), Some(reference(into)))
        }
        CaseEvent::MergedFrom { from } => {
            (f.t("merged {name} into it", "y a fusionné {name}"), Some(reference(from)))
        }
        CaseEvent::Separated { from } => {
            (f.t("separated it from {name}", "l’a séparée de {name}"), Some(reference(from)))
        }
        _ => ("", None),
    }
}

fn recorded_words(f: &PageFrame, is_answered: bool) -> &'static str {
    match is_answered {
        false => f.t("recorded it", "l’a consignée"),
        true => f.t(
            "recorded it as answered at once",
            "l’a consignée, avec une réponse donnée tout de suite",
        ),
    }
}

/// How far an e-mail is.
fn delivery_words(f: &PageFrame, delivery: &Delivery) -> &'static str {
    match delivery {
        Delivery::Trying => f.t("The email is being sent", "Le courriel est en cours d’envoi"),
        Delivery::Sent => f.t(
            "The mail server accepted the email",
            "Le serveur de courriel a accepté le courriel",
        ),
        Delivery::Delayed { .. } => f.t(
            "The email is delayed; we’ll try again",
            "Le courriel est retardé; nous réessaierons",
        ),
        Delivery::Failed { .. } => f.t("The email did not arrive", "Le courriel n’est pas arrivé"),
    }
}

/// The text that belongs to an event: what somebody wrote, or why an e-mail did not arrive.
fn step_text(f: &PageFrame, event: &CaseEvent) -> String {
    match event {
        CaseEvent::Transferred { why: text, .. }
        | CaseEvent::Noted { text }
        | CaseEvent::Replied(CaseReply { text, .. })
        | CaseEvent::Waiting { text }
        | CaseEvent::Added { text, .. }
        | CaseEvent::Closed { why: text, .. }
        | CaseEvent::AskedInside { text, .. }
        | CaseEvent::AnsweredInside { text, .. }
        | CaseEvent::FollowUp { why: text, .. }
        | CaseEvent::Reopened { why: text } => text.clone(),
        CaseEvent::Mailed {
            outcome: Delivery::Delayed { why } | Delivery::Failed { why }, ..
        } => why_words(f, why),
        CaseEvent::Mailed { outcome: Delivery::Trying | Delivery::Sent, .. }
        | CaseEvent::Assigned { .. }
        | CaseEvent::About { .. }
        | CaseEvent::Drafted(_)
        | CaseEvent::Resumed
        | CaseEvent::Recorded { .. }
        | CaseEvent::Emailed { .. }
        | CaseEvent::Withdrawn { .. }
        | CaseEvent::Linked { .. }
        | CaseEvent::Unlinked { .. }
        | CaseEvent::Tagged { .. }
        | CaseEvent::Untagged { .. }
        | CaseEvent::MergedInto { .. }
        | CaseEvent::MergedFrom { .. }
        | CaseEvent::Separated { .. } => String::new(),
    }
}

/// Whether a newer event about the same e-mail or draft follows. Only the newest is shown: each
/// attempt of an e-mail writes two, and a draft is saved while it is typed.
fn is_settled(entry: &CaseEntry, entries: &[CaseEntry]) -> bool {
    let mut newer = entries.iter().filter(|other| other.number > entry.number);
    match entry.event {
        CaseEvent::Mailed { reply, .. } => newer
            .any(|other| matches!(other.event, CaseEvent::Mailed { reply: of, .. } if of == reply)),
        CaseEvent::Drafted(_) => {
            newer.any(|other| matches!(other.event, CaseEvent::Drafted(_) | CaseEvent::Replied(_)))
        }
        _ => false,
    }
}

/// The words for the server's own reasons; a mail server's answer is returned unchanged.
fn why_words(f: &PageFrame, why: &str) -> String {
    let words = match why {
        plan::NOT_AN_ADDRESS => f.t("The mail server can’t deliver to this address.", "Le serveur de courriel ne peut rien envoyer à cette adresse."),
        plan::NO_CONNECTION => {
            f.t("The mail server didn’t answer, or disconnected.", "Le serveur de courriel n’a pas répondu ou a coupé la connexion.")
        }
        plan::NO_TLS => f.t("The connection to the mail server was not secure.", "La connexion au serveur de courriel n’était pas sécurisée."),
        plan::NO_ANSWER => f.t("The mail server took too long to answer.", "Le serveur de courriel a mis trop de temps à répondre."),
        plan::NOT_LET_IN => f.t(
            "The mail server refused this server. Ask its administrator to check SMTP_URL.",
            "Le serveur de courriel a refusé ce serveur. Demandez à son administration de vérifier SMTP_URL.",
        ),
        answer => answer,
    };
    words.into()
}

fn way_words(f: &PageFrame, way: ReplyMethod) -> &'static str {
    match way {
        ReplyMethod::Email => f.t("replied by email", "a répondu par courriel"),
        ReplyMethod::Print => f.t("replied by letter", "a répondu par lettre"),
        ReplyMethod::Phone => f.t("replied by phone", "a répondu par téléphone"),
        ReplyMethod::StatusPage => {
            f.t("replied on the status page", "a répondu sur la page de suivi")
        }
    }
}

/// The number of the last event that the author saw, or of the events directly after it that are no
/// news to them: an e-mail's progress, and their own drafts, which the page saves while they type.
/// A failed e-mail is not skipped: the author must read it first.
pub(super) fn past_known(entries: &[CaseEntry], mut seen: u32, login: &str) -> u32 {
    let is_no_news = |entry: &CaseEntry| match &entry.event {
        CaseEvent::Mailed { outcome, .. } => !matches!(outcome, Delivery::Failed { .. }),
        CaseEvent::Drafted(_) => entry.who == login,
        _ => false,
    };
    while entries.iter().any(|entry| entry.number == seen + 1 && is_no_news(entry)) {
        seen += 1;
    }
    seen
}

/// The way of a reply that a form names; `None` for any other text.
fn way_of(name: &str) -> Option<ReplyMethod> {
    match name {
        "email" => Some(ReplyMethod::Email),
        "phone" => Some(ReplyMethod::Phone),
        "print" => Some(ReplyMethod::Print),
        "status" => Some(ReplyMethod::StatusPage),
        _ => None,
    }
}

/// The steps of every form: look up the inquiry, check, write, and show the page again.
struct InquiryChange<'a> {
    office: &'a Arc<Office>,
    visit: &'a Visit,
    proof: &'a CheckedForm,
    inquiry: Arc<Inquiry>,
    /// The number of the last event that the author saw, which every form carries.
    seen: u32,
}

impl<'a> InquiryChange<'a> {
    async fn of(
        office: &'a Arc<Office>,
        (visit, proof): (&'a Visit, &'a CheckedForm),
        id: &str,
    ) -> Result<Self, TroublePage> {
        let change = Self::of_asked(office, (visit, proof), id).await?;
        if !visit.holds(&change.inquiry) {
            return Err(TroublePage::Nothing(Box::new(PageFrame::of(office, visit))));
        }
        Ok(change)
    }

    /// The same for notes and answers, which also those may write whose department is asked
    /// something.
    async fn of_asked(
        office: &'a Arc<Office>,
        (visit, proof): (&'a Visit, &'a CheckedForm),
        id: &str,
    ) -> Result<Self, TroublePage> {
        let f = PageFrame::of(office, visit);
        let mut inquiry = looked_for(office, &f, visit, id).await?;
        let seen = proof.typed().parsed("seen").unwrap_or(0);
        // The page may be of another server, which knew more.
        if inquiry.case.last < seen {
            office.inquiries.take_events_of(office, inquiry.id).await?;
            inquiry = looked_for(office, &f, visit, id).await?;
        }
        Ok(Self { office, visit, proof, inquiry, seen })
    }

    /// Today by the municipality's clock.
    fn today(&self) -> Date {
        self.office.zone.moment(now_ms()).date
    }

    /// Writes one event and redirects to the page; if somebody else wrote first, shows their events
    /// and the typed text.
    async fn write(mut self, event: CaseEvent, again: RefusedForm) -> PageResult {
        if !self.append(&event).await? {
            return self.overtaken(again).await;
        }
        Ok(go(&FinishedAct::of(&event).at(&self.page())))
    }

    /// Appends one event. Returns `false` if somebody else wrote first.
    async fn append(&mut self, event: &CaseEvent) -> Result<bool, TroublePage> {
        loop {
            self.seen = self.past_known();
            let author = Author::Person(self.proof);
            match self.office.write(self.inquiry.id, self.seen, author, event.clone()).await? {
                Written::Done => return Ok(true),
                Written::Overtaken => {}
            }
            self.inquiry = looked_for(
                self.office,
                &PageFrame::of(self.office, self.visit),
                self.visit,
                &self.inquiry.id.to_string(),
            )
            .await?;
            // If only the server wrote, as it does directly after a reply, there is nothing that
            // the author must read first.
            if self.past_known() == self.seen {
                return Ok(false);
            }
        }
    }

    fn past_known(&self) -> u32 {
        past_known(&self.inquiry.entries, self.seen, self.visit.login())
    }

    /// Asks before a form of this inquiry is carried out.
    fn confirm(&self, form: &str, asked: &Confirmation) -> PageResult {
        let f = PageFrame::of(self.office, self.visit);
        let action = format!("/office/inquiry/{}/{form}", self.inquiry.id);
        Ok(confirm::ask(&f, self.proof, &action, asked))
    }

    fn page(&self) -> String {
        format!("/office/inquiry/{}", self.inquiry.id)
    }

    fn confirm_transfer(&self, department: &str, why: &str) -> PageResult {
        let f = PageFrame::of(self.office, self.visit);
        let asked = Confirmation {
            title: f.t("Transfer this inquiry?", "Transférer cette demande?").into(),
            facts: vec![
                (f.t("From", "De"), f.name_of(self.inquiry.case.department())),
                (f.t("To", "À"), f.name_of(department)),
                (f.t("Why", "Pourquoi"), why.into()),
            ],
            warning: f.t(
                "The other department gets it and sees your reason. The response time does not restart.",
                "L’autre service la reçoit et voit votre raison. Le délai ne repart pas à zéro.",
            ),
            act: f.t("Transfer", "Transférer"),
            back: self.page(),
            ..Confirmation::default()
        };
        self.confirm("transfer", &asked)
    }

    /// The question before an inquiry is closed whose person got no reply; `None` once it was
    /// confirmed with a reason, or if there was a reply.
    fn unconfirmed_closing(&self, why: &str, outcome: CaseOutcome) -> Option<Confirmation> {
        if self.inquiry.case.first_reply_ms.is_some() {
            return None;
        }
        let is_confirmed = confirm::is_confirmed(self.proof);
        if is_confirmed && !why.is_empty() {
            return None;
        }
        let f = PageFrame::of(self.office, self.visit);
        Some(Confirmation {
            title: f.t("Close without a reply?", "Terminer sans réponse?").into(),
            facts: vec![(f.t("Outcome", "Résultat"), outcome_words(&f, outcome).into())],
            warning: f.t(
                "The person sees that it is closed, and no answer. To answer, go back and reply first.",
                "La personne verra que c’est terminé, sans réponse. Pour répondre, revenez en arrière et répondez d’abord.",
            ),
            act: f.t("Close without a reply", "Terminer sans réponse"),
            back: self.page(),
            reason: Some(f.t("Why is there no reply?", "Pourquoi n’y a-t-il pas de réponse?")),
            fault: is_confirmed
                .then(|| FieldFault::new("Give the reason.", "Donnez la raison.")),
            ..Confirmation::default()
        })
    }

    async fn overtaken(self, mut again: RefusedForm) -> PageResult {
        let f = PageFrame::of(self.office, self.visit);
        again.is_overtaken = true;
        again.fault = f
            .t(
                "Someone else changed this inquiry. Nothing was lost: read the latest entries below, then send yours again.",
                "Une autre personne a modifié cette demande. Rien n’est perdu : lisez les dernières entrées ci-dessous, puis renvoyez les vôtres.",
            )
            .into();
        shown(self.office, self.visit, &self.inquiry, again).await
    }

    /// Shows the page with the fault and the typed text.
    async fn refused(self, fault: FieldFault, mut again: RefusedForm) -> PageResult {
        again.fault = fault.words(self.visit.language).into_owned();
        shown(self.office, self.visit, &self.inquiry, again).await
    }
}

pub(super) async fn note(
    Shared(office): Shared<Arc<Office>>,
    Path(id): Path<String>,
    OfficeForm { visit, proof, asked }: OfficeForm<NoteForm>,
) -> PageResult {
    let change = InquiryChange::of_asked(&office, (&visit, &proof), &id).await?;
    let again = RefusedForm { note: proof.typed().text("text").into(), ..RefusedForm::default() };
    match asked {
        Ok(NoteForm { text }) => change.write(CaseEvent::Noted { text }, again).await,
        Err(fault) => change.refused(fault, again).await,
    }
}

pub(super) async fn assign(
    Shared(office): Shared<Arc<Office>>,
    Path(id): Path<String>,
    OfficeForm { visit, proof, asked }: OfficeForm<AssignForm>,
) -> PageResult {
    let change = InquiryChange::of(&office, (&visit, &proof), &id).await?;
    let to = match asked {
        Ok(AssignForm { to }) => to,
        Err(fault) => return change.refused(fault, RefusedForm::default()).await,
    };
    if let Some(to) = &to {
        let row = office.store().person(to).await?;
        let Some(staff) = row.as_ref().and_then(Staff::of) else {
            return change.refused(AssignForm::NOBODY, RefusedForm::default()).await;
        };
        if !staff.scope.covers(
            change.inquiry.said.hub.as_ref().map(|hub| hub.as_str()),
            change.inquiry.case.department(),
        ) {
            let fault = FieldFault::new(
                "This person can’t see this inquiry. An administrator can change that.",
                "Cette personne ne peut pas voir cette demande. L’administration peut changer cela.",
            );
            return change.refused(fault, RefusedForm::default()).await;
        }
    }
    change.write(CaseEvent::Assigned { to }, RefusedForm::default()).await
}

pub(super) async fn transfer(
    Shared(office): Shared<Arc<Office>>,
    Path(id): Path<String>,
    OfficeForm { visit, proof, asked }: OfficeForm<TransferForm>,
) -> PageResult {
    let change = InquiryChange::of(&office, (&visit, &proof), &id).await?;
    let again = RefusedForm { why: proof.typed().text("why").into(), ..RefusedForm::default() };
    let TransferForm { department, why } = match asked {
        Ok(form) => form,
        Err(fault) => return change.refused(fault, again).await,
    };
    if !confirm::is_confirmed(&proof) {
        return change.confirm_transfer(&department, &why);
    }
    let stays = visit.reads(change.inquiry.said.hub.as_ref().map(|hub| hub.as_str()), &department);
    let answer = change.write(CaseEvent::Transferred { department, why }, again).await?;
    // The new department has it now: the author may not read its page any more.
    let is_away = answer.status() == StatusCode::SEE_OTHER && !stays;
    Ok(if is_away { go(&FinishedAct::Transferred.at("/office")) } else { answer })
}

pub(super) async fn about(
    Shared(office): Shared<Arc<Office>>,
    Path(id): Path<String>,
    OfficeForm { visit, proof, asked }: OfficeForm<AboutForm>,
) -> PageResult {
    let change = InquiryChange::of(&office, (&visit, &proof), &id).await?;
    match asked {
        Ok(AboutForm { service }) => {
            change.write(CaseEvent::About { service }, RefusedForm::default()).await
        }
        Err(fault) => change.refused(fault, RefusedForm::default()).await,
    }
}

pub(super) async fn state(
    Shared(office): Shared<Arc<Office>>,
    Path(id): Path<String>,
    OfficeForm { visit, proof, asked }: OfficeForm<StateForm>,
) -> PageResult {
    let change = InquiryChange::of(&office, (&visit, &proof), &id).await?;
    let again =
        RefusedForm { state_text: proof.typed().text("text").into(), ..RefusedForm::default() };
    match asked {
        Ok(StateForm { event: CaseEvent::Closed { outcome, why } }) => {
            match change.unconfirmed_closing(&why, outcome) {
                Some(asked) => change.confirm("state", &asked),
                None => {
                    let (inquiry, event) =
                        (change.inquiry.clone(), CaseEvent::Closed { outcome, why });
                    let answer = change.write(event.clone(), again).await?;
                    if answer.status() == StatusCode::SEE_OTHER {
                        close_merged(&office, (&visit, &proof), &inquiry, (&event, now_ms()))
                            .await?;
                    }
                    Ok(answer)
                }
            }
        }
        Ok(StateForm { event }) => change.write(event, again).await,
        Err(fault) => change.refused(fault, again).await,
    }
}

/// The inquiries that a reference number or a whole id names, among those that the requester may
/// read.
pub(super) async fn named(
    office: &Office,
    visit: &Visit,
    text: &str,
) -> Result<Vec<Arc<Inquiry>>, StoreFault> {
    let ids = match (SubmissionId::parse(text), Reference::parse(text)) {
        (Ok(id), _) => vec![id],
        (Err(_), Some(reference)) => office.store().ids_of(reference).await?,
        (Err(_), None) => Vec::new(),
    };
    let mut found = Vec::new();
    for id in ids {
        found.extend(
            office.inquiries.inquiry(office, id).await?.filter(|inquiry| visit.covers(inquiry)),
        );
    }
    Ok(found)
}

/// Links two inquiries that say the same, on both sides.
pub(super) async fn link(
    Shared(office): Shared<Arc<Office>>,
    Path(id): Path<String>,
    OfficeForm { visit, proof, asked }: OfficeForm<LinkForm>,
) -> PageResult {
    let change = InquiryChange::of(&office, (&visit, &proof), &id).await?;
    let LinkForm { to, is_removal } = match asked {
        Ok(form) => form,
        Err(fault) => return change.refused(fault, RefusedForm::default()).await,
    };
    let other = match named(&office, &visit, &to).await?.as_slice() {
        [only] if only.id != change.inquiry.id && visit.holds(only) => only.clone(),
        [] | [_] => {
            let fault = FieldFault::new(
                "No other inquiry has this reference number.",
                "Aucune autre demande ne porte ce numéro de référence.",
            );
            return change.refused(fault, RefusedForm::default()).await;
        }
        _ => {
            let fault = FieldFault::new(
                "Several inquiries have this reference number. Open the right one and paste the last part of its address here.",
                "Plusieurs demandes portent ce numéro de référence. Ouvrez la bonne et collez ici le dernier élément de son adresse.",
            );
            return change.refused(fault, RefusedForm::default()).await;
        }
    };
    let (id, to) = (change.inquiry.id.to_string(), other.id.to_string());
    let is_linked = other.case.linked.contains(&id);
    let (there, here) = if is_removal {
        (CaseEvent::Unlinked { to: id }, CaseEvent::Unlinked { to })
    } else {
        (CaseEvent::Linked { to: id }, CaseEvent::Linked { to })
    };
    if is_linked == is_removal {
        write_there(&office, other.id, &proof, there).await?;
    }
    change.write(here, RefusedForm::default()).await
}

/// Appends an event after whatever others append at the same time: the event does not affect
/// theirs. Returns whether it was appended.
pub(super) async fn write_there(
    office: &Office,
    id: SubmissionId,
    proof: &CheckedForm,
    event: CaseEvent,
) -> Result<bool, StoreFault> {
    for _ in 0..LINK_TRIES {
        let Some(other) = office.inquiries.inquiry(office, id).await? else { break };
        let author = Author::Person(proof);
        if office.write(id, other.case.last, author, event.clone()).await? == Written::Done {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Composes a draft from a record's facts, saves the draft, or sends the reply.
pub(super) async fn reply(
    Shared(office): Shared<Arc<Office>>,
    Path(id): Path<String>,
    OfficeForm { visit, proof, asked }: OfficeForm<ReplyForm>,
) -> PageResult {
    let change = InquiryChange::of(&office, (&visit, &proof), &id).await?;
    let again = |text: &str| RefusedForm {
        reply: Some((text.into(), proof.typed().text("service").into())),
        is_asking: proof.typed().has("asks"),
        ..RefusedForm::default()
    };
    let ReplyForm { text, service, step } = match asked {
        Ok(form) => form,
        Err(fault) => return change.refused(fault, again(proof.typed().text("text"))).await,
    };
    let catalogue = office.catalogue();
    let again_typed = again(&text);
    let template = change.inquiry.case.draft.as_ref().and_then(|draft| draft.template);
    let (text, is_composed, template) = match step {
        ReplyStep::Send { way, has_seen_change, is_asking, is_closing } => {
            return match sendable(&change, &catalogue, way, has_seen_change) {
                Ok(way) => {
                    let catalogue_version = catalogue.version();
                    let is_asking = is_asking && !is_closing && can_ask(&change.inquiry.case);
                    let reply =
                        CaseReply { text, way, service, catalogue_version, is_asking, template };
                    send(change, reply, again_typed, is_closing).await
                }
                Err(fault) => change.refused(fault, again_typed).await,
            };
        }
        ReplyStep::Compose(id) => (with_facts(&change, &catalogue, &id, text), true, template),
        ReplyStep::Save if text.is_empty() => (text, false, None),
        ReplyStep::Save => (text, false, template),
        ReplyStep::Insert(number) => {
            match with_template(&change, &catalogue, (number, &service), &text).await? {
                Some((text, used)) => (text, true, Some(used)),
                None => {
                    let fault = FieldFault::new("Choose a template.", "Choisissez un modèle.");
                    return change.refused(fault, again_typed).await;
                }
            }
        }
    };
    let (again, record) =
        (again(&text), record_of_draft(&change, &catalogue, &service, is_composed));
    let draft = ReplyDraft { text, service, record, template };
    if proof.typed().has("auto") {
        return saved_while_typing(change, draft).await;
    }
    change.write(CaseEvent::Drafted(draft), again).await
}

/// Saves a draft that the page sent while its author types, and says so in one line. What did not
/// change is not saved again.
async fn saved_while_typing(mut change: InquiryChange<'_>, draft: ReplyDraft) -> PageResult {
    let f = PageFrame::of(change.office, change.visit);
    let before = change.inquiry.case.draft.clone().unwrap_or_default();
    let (status, mut line) = if before.text != draft.text
        && !change.append(&CaseEvent::Drafted(draft)).await?
    {
        let words = f.t(
            "Not saved: someone else changed this inquiry. Your text is still here. Copy it, then reload the page.",
            "Non enregistré : une autre personne a modifié cette demande. Votre texte est encore ici. Copiez-le, puis rechargez la page.",
        );
        (StatusCode::CONFLICT, words.to_string())
    } else {
        let now = change.office.zone.moment(now_ms());
        let at = wording::time(f.language, now.minute);
        let words = f.t("Draft saved at {time}.", "Brouillon enregistré à {time}.");
        (StatusCode::OK, f.with(words, "time", at))
    };
    let names = names(change.office).await?;
    for (login, seconds) in
        change.office.inquiries.be_present(change.inquiry.id, change.visit.login())
    {
        line = format!("{line} {}", here_words(&f, names.get(&login).unwrap_or(&login), seconds));
    }
    Ok((status, line).into_response())
}

/// Sends a reply, also to the people whose inquiries were merged into this one, and closes it if
/// that is wanted.
async fn send(
    change: InquiryChange<'_>,
    reply: CaseReply,
    again: RefusedForm,
    is_closing: bool,
) -> PageResult {
    let (office, visit, proof) = (change.office, change.visit, change.proof);
    let inquiry = change.inquiry.clone();
    if let Some(fault) = names_someone(office, visit, &inquiry, &reply.text).await? {
        return change.refused(fault, again).await;
    }
    let answer = change.write(CaseEvent::Replied(reply.clone()), again).await?;
    if answer.status() != StatusCode::SEE_OTHER {
        return Ok(answer);
    }
    reply_to_merged(office, proof, &inquiry, &reply).await?;
    if is_closing { close_after_reply(office, (visit, proof), &inquiry).await } else { Ok(answer) }
}

/// Whether a reply can ask the person something: they can answer with their tracking code, and the
/// response time is not over.
fn can_ask(case: &Case) -> bool {
    case.has_tracking_code() && case.state != CaseState::Closed
}

/// Closes an inquiry that was just replied to, and leads to the next one.
async fn close_after_reply(
    office: &Arc<Office>,
    (visit, proof): (&Visit, &CheckedForm),
    inquiry: &Inquiry,
) -> PageResult {
    let id = inquiry.id;
    let closed = CaseEvent::Closed { outcome: CaseOutcome::Answered, why: String::new() };
    if write_there(office, id, proof, closed.clone()).await? {
        close_merged(office, (visit, proof), inquiry, (&closed, now_ms())).await?;
    } else {
        // The reply is sent; the page says so, and offers to close it.
        return Ok(go(&FinishedAct::Replied.at(&format!("/office/inquiry/{id}"))));
    }
    let next = format!("/office/next?after={id}");
    Ok(go(&FinishedAct::RepliedAndClosed.at_of(&next, Reference::of(id))))
}

/// The digest of the facts in a draft. A draft that is only saved has the facts that it had: if
/// they have changed, its sender is still to be warned.
fn record_of_draft(
    change: &InquiryChange<'_>,
    catalogue: &Catalogue,
    service: &Option<ServiceId>,
    is_composed: bool,
) -> String {
    let draft = change.inquiry.case.draft.as_ref();
    match draft.filter(|draft| !is_composed && draft.service == *service) {
        Some(draft) => draft.record.clone(),
        None => {
            let (today, language) = (change.today(), change.inquiry.said.language);
            let record = service.as_ref().and_then(|id| catalogue.service(id));
            record.map(|of| digest(of, catalogue, today, language)).unwrap_or_default()
        }
    }
}

/// A reply's text with the facts of a service below it.
fn with_facts(
    change: &InquiryChange<'_>,
    catalogue: &Catalogue,
    service: &ServiceId,
    text: String,
) -> String {
    let Some(record) = catalogue.service(service) else { return text };
    let said = &change.inquiry.said;
    let facts = composed(record, catalogue, change.today(), said.language);
    let text = if text.is_empty() { greeting(said.name.as_deref(), said.language) } else { text };
    format!("{text}\n\n{facts}")
}

/// A reply's text with a template below it, whose facts are filled in. `None` if there is no such
/// template.
async fn with_template(
    change: &InquiryChange<'_>,
    catalogue: &Catalogue,
    (number, service): (u32, &Option<ServiceId>),
    text: &str,
) -> Result<Option<(String, TemplateUse)>, StoreFault> {
    let (office, said) = (change.office, &change.inquiry.said);
    let ledger = office.counter_ledger().await?;
    let Some(template) = ledger.templates.get(number).filter(|one| !one.is_removed) else {
        return Ok(None);
    };
    let french = (said.language == Language::French).then(|| office.french_texts());
    let translated = |text: &str| {
        let found = french.as_ref().and_then(|texts| texts.get(text));
        found.filter(|text| !text.is_empty()).cloned().unwrap_or_else(|| text.into())
    };
    let facts = TemplateFacts {
        catalogue,
        service: service.as_ref().and_then(|id| catalogue.service(id)),
        hub: said.hub.as_ref(),
        name: said.name.as_deref(),
        language: said.language,
        today: change.today(),
        public_url: office.public_url.as_deref(),
        translated: &translated,
    };
    let filled = filled(template.newest().text(said.language), |of| facts.of(of)).text;
    let text = if text.is_empty() { filled } else { format!("{text}\n\n{filled}") };
    Ok(Some((text, TemplateUse { number, version: template.version() })))
}

/// The way in which a reply can be sent, or why it cannot be sent as it is.
fn sendable(
    change: &InquiryChange<'_>,
    catalogue: &Catalogue,
    way: Option<ReplyMethod>,
    has_seen_change: bool,
) -> Result<ReplyMethod, FieldFault> {
    let (case, language) = (&change.inquiry.case, change.inquiry.said.language);
    if has_changed(case, catalogue, change.today(), language) && !has_seen_change {
        return Err(FieldFault::new(
            "The directory changed since this draft. Check it, edit the draft and tick the box.",
            "Le répertoire a changé depuis ce brouillon. Vérifiez-le, modifiez le brouillon et cochez la case.",
        ));
    }
    match (way, &change.inquiry.said.reply_to) {
        (Some(ReplyMethod::Email), _) if change.office.mailer.is_none() => Err(FieldFault::new(
            "Email is not set up on this server. Print the reply or call.",
            "Le courriel n’est pas configuré sur ce serveur. Imprimez la réponse ou appelez.",
        )),
        (Some(ReplyMethod::Email), ReplyTo::Email(_)) => Ok(ReplyMethod::Email),
        (Some(ReplyMethod::Phone), ReplyTo::Phone(_)) => Ok(ReplyMethod::Phone),
        (Some(ReplyMethod::StatusPage), _) if !case.has_tracking_code() => Err(FieldFault::new(
            "This person has no tracking code and cannot open the status page. Print the reply or call.",
            "Cette personne n’a pas de code de suivi et ne peut pas ouvrir la page de suivi. Imprimez la réponse ou appelez.",
        )),
        (Some(way @ (ReplyMethod::Print | ReplyMethod::StatusPage)), _) => Ok(way),
        _ => Err(FieldFault::new(
            "Choose how to send the reply.",
            "Choisissez le mode d’envoi de la réponse.",
        )),
    }
}

#[derive(Template)]
#[template(path = "office/letter.html")]
struct LetterPage {
    f: PageFrame,
    id: String,
    reference: String,
    name: String,
    text: String,
    date: String,
    from: String,
    phone: String,
    /// Where the person sees the state of the question, in full. `None` if they have no code.
    address: Option<String>,
    language: Language,
}

/// A reply as a letter to print, in the person's language.
pub(super) async fn letter(
    Shared(office): Shared<Arc<Office>>,
    Extension(visit): Extension<Visit>,
    Path((id, number)): Path<(String, u32)>,
    headers: HeaderMap,
) -> PageResult {
    let f = PageFrame::of(&office, &visit);
    let inquiry = looked_for(&office, &f, &visit, &id).await?;
    let entry = inquiry.entries.iter().find(|entry| entry.number == number);
    let Some((CaseEvent::Replied(reply), at_ms)) = entry.map(|entry| (&entry.event, entry.at_ms))
    else {
        return Err(TroublePage::Nothing(Box::new(f)));
    };
    office.write_look(visit.login(), RecordedView::Letter(inquiry.id, number)).await?;
    let catalogue = office.catalogue();
    let (language, municipality) = (inquiry.said.language, catalogue.municipality());
    let at = office.zone.moment(at_ms);
    let letter = LetterPage {
        id: inquiry.id.to_string(),
        reference: inquiry.reference.to_string(),
        name: inquiry.said.name.clone().unwrap_or_default(),
        text: reply.text.clone(),
        date: wording::full_date(language, at.date),
        from: municipality.formal_name.get(language).into(),
        phone: municipality.contact.phone.clone(),
        address: inquiry.case.has_tracking_code().then(|| {
            office.address(&headers).0
                + if language == Language::French { "/fr/status" } else { "/status" }
        }),
        language,
        f: PageFrame { language, ..f },
    };
    Ok(made(StatusCode::OK, &letter))
}
