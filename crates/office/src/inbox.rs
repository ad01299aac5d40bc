//! The inbox: all inquiries, the most urgent first, with filters that are part of the address and
//! can be saved under a name.

use super::Office;
use super::banner::FinishedAct;
use super::form::{FieldFault, FromFields, OfficeForm, TypedFields};
use super::guard::Visit;
use super::inquiry::named;
use super::inquiry::team::known_tags;
use super::looks::RecordedView;
use super::pages::{PageFrame, PageResult, TroublePage, go, page as made};
use super::record::channel_words;
use super::record_names::service_name;
use super::search::Search;
use super::views::SavedView;
use askama::Template;
use axum::Extension;
use axum::extract::{Path, Query, State as Shared};
use axum::http::StatusCode;
use casework::case::CaseState;
use casework::channel::InquiryChannel;
use casework::clock::Due;
use casework::inquiry::{Inquiry, searched_words};
use casework::listed::{ListedInquiry, without_merged};
use casework::team::TeamState;
use casework::when;
use domain::hours::Moment;
use domain::reference::Reference;
use domain::text::folded;
use domain::{Catalogue, Language, SubmissionId};
use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use store::{Custody, DoorStore, PagePosition};
use vault::now_ms;

const ROWS_PER_PAGE: usize = 50;
/// Characters of a message that a row shows.
const OPENING_CHARS: usize = 110;
const VIEW_NAME_CHARS_MAX: usize = 60;
const VIEWS_MAX: u32 = 40;

/// The filters, as in the address; an empty one matches everything.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct InboxFilter {
    pub(super) words: String,
    /// `open` (all but closed), `any`, or the name of one state.
    pub(super) state: String,
    pub(super) department: String,
    pub(super) hub: String,
    /// `none` (no service), or the id of a service.
    pub(super) service: String,
    /// `me`, `nobody`, or a login.
    pub(super) who: String,
    /// `overdue` or `today`.
    pub(super) due: String,
    pub(super) language: String,
    /// `email`, `phone` or `nobody`.
    pub(super) reply: String,
    /// How it came: a name of [`InquiryChannel`].
    pub(super) channel: String,
    pub(super) tag: String,
    /// What the requester has to do: `given` (look at what colleagues gave them), `asked` (answer
    /// colleagues), `follow-up` (come back to it today).
    pub(super) todo: String,
    /// `due` or `newest`.
    pub(super) order: String,
}

impl InboxFilter {
    pub(super) fn of(query: &HashMap<String, String>) -> Self {
        let text =
            |name: &str| query.get(name).map(|text| text.trim().to_string()).unwrap_or_default();
        let or = |text: String, other: &str| if text.is_empty() { other.into() } else { text };
        Self {
            words: text("q"),
            state: or(text("state"), "open"),
            department: text("department"),
            hub: text("hub"),
            service: text("service"),
            who: text("who"),
            due: text("due"),
            language: text("language"),
            reply: text("reply"),
            channel: text("channel"),
            tag: text("tag"),
            todo: text("todo"),
            order: or(text("order"), "due"),
        }
    }

    /// The query string, without filters that have their default.
    pub(super) fn query(&self) -> String {
        let usual = Self::of(&HashMap::new());
        let pairs = [
            ("q", &self.words, &usual.words),
            ("state", &self.state, &usual.state),
            ("department", &self.department, &usual.department),
            ("hub", &self.hub, &usual.hub),
            ("service", &self.service, &usual.service),
            ("who", &self.who, &usual.who),
            ("due", &self.due, &usual.due),
            ("language", &self.language, &usual.language),
            ("reply", &self.reply, &usual.reply),
            ("channel", &self.channel, &usual.channel),
            ("tag", &self.tag, &usual.tag),
            ("todo", &self.todo, &usual.todo),
            ("order", &self.order, &usual.order),
        ];
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(
            pairs
                .iter()
                .filter(|(_, value, usual)| value != usual)
                .map(|(name, value, _)| (name, value)),
        );
        query.finish()
    }

    /// Whether an inquiry matches all filters except the search words, which can be looked for in
    /// decrypted text only. `visit` is who asks, `now` when.
    pub(super) fn fits(&self, listed: &ListedInquiry, visit: &Visit, now: Moment) -> bool {
        let login = visit.login();
        let state = match self.state.as_str() {
            "any" => true,
            "open" => listed.state() != CaseState::Closed,
            name => state_name(listed.state()) == name,
        };
        let who = match self.who.as_str() {
            "" => true,
            "me" => listed.assignee() == Some(login),
            "nobody" => listed.assignee().is_none(),
            other => listed.assignee() == Some(other),
        };
        let waits_until_today = || {
            let waits = listed.first_reply_ms().is_none();
            waits && matches!(listed.promise(), Some(Due::At(due)) if due.date <= now.date)
        };
        let due = match self.due.as_str() {
            "overdue" => listed.is_overdue(now),
            "today" => waits_until_today(),
            _ => true,
        };
        let service = match self.service.as_str() {
            "" => true,
            "none" => listed.service().is_none(),
            id => listed.service() == Some(id),
        };
        let team = listed.team();
        let todo = match self.todo.as_str() {
            "given" => {
                let is_given = team.is_some_and(|team| team.given_by.is_some());
                is_given && listed.assignee() == Some(login)
            }
            "asked" => team.is_some_and(|team| visit.is_asked(team)),
            "follow-up" => team.is_some_and(|team| is_to_follow_up(team, now)),
            _ => true,
        };
        let tag = self.tag.is_empty() || listed.tags().contains(&self.tag.as_str());
        let is_or_any = |wanted: &str, has: &str| wanted.is_empty() || wanted == has;
        state
            && who
            && due
            && service
            && todo
            && tag
            && is_or_any(&self.department, listed.department())
            && is_or_any(&self.hub, listed.hub().unwrap_or_default())
            && is_or_any(&self.language, listed.language().tag())
            && is_or_any(&self.reply, listed.reply())
            && is_or_any(&self.channel, listed.channel().name())
    }

    /// Whether closed inquiries match.
    fn takes_closed(&self) -> bool {
        ["any", state_name(CaseState::Closed)].contains(&self.state.as_str())
    }

    /// The search words, folded like the text that is searched.
    pub(super) fn folded_words(&self) -> Vec<String> {
        searched_words(&self.words)
    }
}

pub(super) fn state_name(state: CaseState) -> &'static str {
    match state {
        CaseState::New => "new",
        CaseState::Open => "in-progress",
        CaseState::Waiting => "waiting",
        CaseState::Answered => "answered",
        CaseState::Closed => "closed",
    }
}

pub(super) fn state_words(f: &PageFrame, state: CaseState) -> &'static str {
    match state {
        CaseState::New => f.t("Received", "Reçue"),
        CaseState::Open => f.t("In progress", "En cours"),
        CaseState::Waiting => f.t("Waiting for the person", "En attente de la personne"),
        CaseState::Answered => f.t("Reply sent", "Réponse envoyée"),
        CaseState::Closed => f.t("Closed", "Terminée"),
    }
}

/// The matching inquiries in the requested order: by default those with a due time first, then
/// those whose clock is not running, then closed ones. If there are search words, only inquiries in
/// memory are searched; [`super::search`] searches the others.
pub(super) fn found(
    all: Vec<ListedInquiry>,
    filter: &InboxFilter,
    visit: &Visit,
    now: Moment,
) -> Vec<ListedInquiry> {
    let words = filter.folded_words();
    let says = |listed: &ListedInquiry| match listed {
        ListedInquiry::Active(inquiry) => {
            words.iter().all(|word| inquiry.folded.contains(word.as_str()))
        }
        ListedInquiry::Settled(_) => words.is_empty(),
    };
    let mut found: Vec<_> =
        all.into_iter().filter(|listed| filter.fits(listed, visit, now) && says(listed)).collect();
    match filter.order.as_str() {
        "newest" => {
            found.sort_unstable_by_key(|listed| (Reverse(listed.received_at_ms()), listed.id()))
        }
        _ => found
            .sort_unstable_by_key(|listed| (urgency(listed), listed.received_at_ms(), listed.id())),
    }
    found
}

/// The sort key by urgency: those who wait for a reply first, by due time; then those who added
/// words; then what is to be closed.
pub(super) fn urgency(listed: &ListedInquiry) -> (u8, Option<Moment>) {
    match listed.promise() {
        _ if listed.first_reply_ms().is_some() && listed.has_new_words() => (1, None),
        Some(Due::At(moment)) if listed.first_reply_ms().is_none() => (0, Some(moment)),
        Some(Due::Never) if listed.first_reply_ms().is_none() => (1, None),
        Some(Due::At(moment)) => (2, Some(moment)),
        Some(Due::Never | Due::Paused { .. }) => (3, None),
        None if listed.state() != CaseState::Closed => (4, None),
        None => (5, None),
    }
}

#[derive(Template)]
#[template(path = "office/inbox.html")]
struct InboxPage {
    f: PageFrame,
    filter: InboxFilter,
    rows: Vec<InboxRow>,
    total: usize,
    overdue: usize,
    from: usize,
    page: usize,
    pages: usize,
    query: String,
    departments: Vec<String>,
    hubs: Vec<(String, String)>,
    people: Vec<(String, String)>,
    channels: Vec<(&'static str, &'static str)>,
    tags: Vec<String>,
    /// What the requester has to know: address and words.
    notices: Vec<(&'static str, String)>,
    views: Vec<ViewTab>,
    /// Everything that the list is made from has been read.
    is_read: bool,
    unopened: u64,
    saved: bool,
    /// Closed inquiries are being searched for the words; results are streamed below.
    is_searching: bool,
}

/// A list that one press opens.
struct ViewTab {
    /// The filters, as in the address.
    query: String,
    name: String,
    /// How many inquiries it has; `None` if it looks through closed ones, which takes longer.
    count: Option<usize>,
    is_current: bool,
}

impl ViewTab {
    /// The lists that everybody has, and those that the person saved. `open` is everything open
    /// that the person may read.
    fn of_all(
        f: &PageFrame,
        saved: &[SavedView],
        open: &[ListedInquiry],
        shown: &InboxFilter,
        (visit, now): (&Visit, Moment),
    ) -> Vec<Self> {
        let usual = [
            ("", f.t("All open", "Toutes ouvertes")),
            ("who=me", f.t("Mine", "Les miennes")),
            ("who=nobody", f.t("Unassigned", "Non attribuées")),
            ("due=overdue", f.t("Overdue", "En retard")),
            ("state=waiting", f.t("Waiting", "En attente")),
            ("todo=given", f.t("Given to me", "Reçues d’un collègue")),
            ("todo=asked", f.t("Colleagues ask", "Questions internes")),
            ("todo=follow-up", f.t("Follow up today", "À suivre aujourd’hui")),
        ];
        let own = saved.iter().map(|view| (view.query.as_str(), view.name.as_str()));
        let tab = |(query, name): (&str, &str)| {
            let pairs = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
            let filter = InboxFilter::of(&pairs);
            let is_quick = !filter.takes_closed() && filter.words.is_empty();
            let fits = |listed: &&ListedInquiry| filter.fits(listed, visit, now);
            Self {
                query: filter.query(),
                name: name.into(),
                count: is_quick.then(|| open.iter().filter(fits).count()),
                is_current: filter == *shown,
            }
        };
        usual.into_iter().chain(own).map(tab).collect()
    }
}

impl InboxPage {
    /// The options of the state filter: value in the address, and words.
    fn states(&self) -> Vec<(&'static str, &'static str)> {
        let all =
            [("open", self.f.t("All open", "Toutes ouvertes")), ("any", self.f.t("Any", "Tous"))];
        all.into_iter()
            .chain(CaseState::ALL.map(|state| (state_name(state), state_words(&self.f, state))))
            .collect()
    }
}

pub(super) struct InboxRow {
    /// The whole id, which is the inquiry's address.
    pub(super) id: String,
    pub(super) reference: String,
    pub(super) opening: String,
    pub(super) about: String,
    pub(super) department: String,
    pub(super) state: &'static str,
    pub(super) state_name: &'static str,
    pub(super) assignee: String,
    pub(super) due: String,
    pub(super) is_overdue: bool,
    pub(super) received: String,
    /// The day only, for a row of a list.
    pub(super) received_day: String,
    /// How the person came, in words.
    pub(super) channel: &'static str,
    pub(super) has_failed_mail: bool,
    /// The person added words, and nobody did anything since.
    pub(super) has_new_words: bool,
    pub(super) language: Language,
    /// The value of the box that selects it: its id and the number of its last event. Empty without
    /// a box, `None` in a list without boxes.
    pub(super) pick: Option<String>,
    pub(super) tags: Vec<String>,
    /// A colleague answered a question about it, and nobody else did anything since.
    pub(super) has_answer: bool,
}

impl InboxRow {
    pub(super) fn of(
        f: &PageFrame,
        office: &Office,
        inquiry: &Inquiry,
        catalogue: &Catalogue,
        names: &HashMap<String, String>,
        now: Moment,
    ) -> Self {
        let service = inquiry.case.service.as_ref();
        let about = service.map(|id| service_name(f, catalogue, id));
        Self {
            id: inquiry.id.to_string(),
            reference: inquiry.reference.to_string(),
            opening: opening(&inquiry.said.message),
            about: about.unwrap_or_else(|| f.t("No service chosen", "Aucun service choisi").into()),
            department: f.name_of(inquiry.case.department()),
            state: state_words(f, inquiry.case.state),
            state_name: state_name(inquiry.case.state),
            assignee: inquiry
                .case
                .assignee
                .as_ref()
                .map(|login| names.get(login).unwrap_or(login).clone())
                .unwrap_or_default(),
            due: due_words(f, inquiry, now),
            is_overdue: inquiry.is_overdue(now),
            received: when::day_and_time(
                office.zone.moment(inquiry.received_at_ms),
                now,
                f.language,
            ),
            received_day: when::date(
                office.zone.moment(inquiry.received_at_ms).date,
                now.date,
                f.language,
            ),
            channel: channel_words(f, inquiry.case.channel),
            has_failed_mail: inquiry.case.failed_reply.is_some(),
            has_new_words: inquiry.case.has_new_words,
            language: inquiry.said.language,
            pick: None,
            tags: inquiry.case.team.tags.iter().map(ToString::to_string).collect(),
            has_answer: inquiry.case.team.answer_by.is_some(),
        }
    }
}

/// Whether the day has come on which an inquiry is to be looked at again.
fn is_to_follow_up(team: &TeamState, now: Moment) -> bool {
    team.follow_up.as_ref().is_some_and(|to_do| to_do.on <= now.date)
}

/// When the next promise is due, in few words: the first reply, then closing.
fn due_words(f: &PageFrame, inquiry: &Inquiry, now: Moment) -> String {
    match inquiry.promise() {
        None => String::new(),
        Some(due) if inquiry.case.first_reply_ms.is_none() => {
            when::due_briefly(due, now, f.language)
        }
        Some(Due::At(moment)) => {
            let day = when::date(moment.date, now.date, f.language);
            f.with(f.t("Close by {day}", "À terminer d’ici le {day}"), "day", day)
        }
        Some(due) => when::due_briefly(due, now, f.language),
    }
}

/// The beginning of a message, on one line.
pub(super) fn opening(message: &str) -> String {
    let line = message.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= OPENING_CHARS {
        return line;
    }
    let cut: String = line.chars().take(OPENING_CHARS).collect();
    format!("{}…", cut.rsplit_once(' ').map_or(cut.as_str(), |(whole, _)| whole))
}

/// Names by login, of everybody who ever worked here.
pub(super) async fn names(office: &Office) -> Result<HashMap<String, String>, store::StoreFault> {
    Ok(office.store().staff().await?.into_iter().map(|staff| (staff.login, staff.name)).collect())
}

/// Logins and names, sorted by name.
pub(super) fn by_name(names: HashMap<String, String>) -> Vec<(String, String)> {
    let mut people: Vec<(String, String)> = names.into_iter().collect();
    people.sort_by_cached_key(|(_, name)| folded(name));
    people
}

/// All departments that have a service, sorted.
pub(super) fn departments(catalogue: &Catalogue) -> Vec<String> {
    let all: BTreeSet<&str> =
        catalogue.services().iter().map(|service| service.department.as_str()).collect();
    let mut all: Vec<String> = all.into_iter().map(String::from).collect();
    all.sort_by_cached_key(|name| folded(name));
    all
}

/// Ids and names of all locations.
fn hubs(f: &PageFrame, catalogue: &Catalogue) -> Vec<(String, String)> {
    catalogue.hubs().iter().map(|hub| (hub.id.to_string(), f.name_of(&hub.name))).collect()
}

pub(super) async fn page(
    Shared(office): Shared<Arc<Office>>,
    Extension(visit): Extension<Visit>,
    Query(query): Query<HashMap<String, String>>,
) -> PageResult {
    let f = PageFrame::of(&office, &visit);
    let filter = InboxFilter::of(&query);
    let view = if filter.words.is_empty() { RecordedView::Inbox } else { RecordedView::Search };
    office.write_look(visit.login(), view).await?;
    let now = office.zone.moment(now_ms());
    if let Some(reference) = Reference::parse(&filter.words)
        && !named(&office, &visit, &filter.words).await?.is_empty()
    {
        return Ok(go(&format!("/office/reference/{reference}")));
    }
    let catalogue = office.catalogue();
    let names = names(&office).await?;
    let is_searching = filter.takes_closed() && !filter.folded_words().is_empty();
    let found = found(visit.covered(searched(&office, &filter, now)), &filter, &visit, now);
    let overdue = found.iter().filter(|listed| listed.is_overdue(now)).count();
    let saved_views = office.saved_views(visit.login()).await?;
    let open = visit.covered(searched(&office, &InboxFilter::of(&HashMap::new()), now));
    let views = ViewTab::of_all(&f, &saved_views, &open, &filter, (&visit, now));
    let pages = found.len().div_ceil(ROWS_PER_PAGE).max(1);
    let page =
        query.get("page").and_then(|text| text.parse::<usize>().ok()).unwrap_or(1).clamp(1, pages);
    let from = (page - 1) * ROWS_PER_PAGE;
    let on_page = found.iter().skip(from).take(ROWS_PER_PAGE).map(ListedInquiry::id);
    let rows = rows(&office, &visit, on_page, &names, now).await?;
    let search = is_searching
        .then(|| Search::new(&office, &visit, &filter, names.clone(), place_in(&query)));
    let (is_read, unopened) = office.inquiries.state();
    let is_whole = is_read || !filter.takes_closed() && office.inquiries.has_all_open();
    let page = InboxPage {
        rows,
        total: found.len(),
        overdue,
        from,
        page,
        pages,
        query: filter.query(),
        departments: departments(&catalogue),
        hubs: hubs(&f, &catalogue),
        people: by_name(names),
        channels: InquiryChannel::ALL
            .map(|channel| (channel.name(), channel_words(&f, channel)))
            .into(),
        tags: known_tags(&office),
        notices: notices(&f, &open, &visit, now),
        views,
        is_read: is_whole,
        unopened,
        saved: query.contains_key("saved"),
        is_searching,
        filter,
        f,
    };
    Ok(match search {
        Some(search) => search.streamed_into(StatusCode::OK, &page),
        None => made(StatusCode::OK, &page),
    })
}

/// What the requester has to know before anything else, with the list that shows it. Nothing is
/// said where there is nothing.
fn notices(
    f: &PageFrame,
    open: &[ListedInquiry],
    visit: &Visit,
    now: Moment,
) -> Vec<(&'static str, String)> {
    let kinds: [(&str, [&str; 2], [&str; 2]); 4] = [
        (
            "todo=given",
            ["{n} inquiry was given to you", "{n} demande vous a été attribuée"],
            ["{n} inquiries were given to you", "{n} demandes vous ont été attribuées"],
        ),
        (
            "who=me&due=overdue",
            ["{n} assigned to you is overdue", "{n} des vôtres est en retard"],
            ["{n} assigned to you are overdue", "{n} des vôtres sont en retard"],
        ),
        (
            "todo=asked",
            ["{n} question from colleagues", "{n} question de collègues"],
            ["{n} questions from colleagues", "{n} questions de collègues"],
        ),
        (
            "who=me&todo=follow-up",
            ["{n} to follow up today", "{n} à suivre aujourd’hui"],
            ["{n} to follow up today", "{n} à suivre aujourd’hui"],
        ),
    ];
    let notice = |(query, one, more): (&'static str, [&str; 2], [&str; 2])| {
        let pairs = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let filter = InboxFilter::of(&pairs);
        let count = open.iter().filter(|listed| filter.fits(listed, visit, now)).count();
        (count > 0).then(|| (query, f.n(count, &one, &more)))
    };
    kinds.into_iter().filter_map(notice).collect()
}

/// Leads to the most urgent inquiry that waits for a reply from the requester or from nobody yet.
/// What the address says about the act before is passed on.
pub(super) async fn next(
    Shared(office): Shared<Arc<Office>>,
    Extension(visit): Extension<Visit>,
    Query(query): Query<HashMap<String, String>>,
) -> PageResult {
    let (filter, now) = (InboxFilter::of(&HashMap::new()), office.zone.moment(now_ms()));
    let after = query.get("after").and_then(|text| SubmissionId::parse(text).ok());
    let open = visit.covered(searched(&office, &filter, now));
    let next = found(open, &filter, &visit, now).into_iter().find(|listed| {
        let waits = matches!(listed.state(), CaseState::New | CaseState::Open);
        let is_free = listed.assignee().is_none_or(|login| login == visit.login());
        waits && listed.first_reply_ms().is_none() && is_free && Some(listed.id()) != after
    });
    let page = next.map(|next| format!("/office/inquiry/{}", next.id()));
    Ok(go(&FinishedAct::passed_on(&visit.here, page.as_deref())))
}

/// The inquiries that a filter is applied to: closed ones only if it can match them, and none that
/// is answered with another.
fn searched(office: &Office, filter: &InboxFilter, now: Moment) -> Vec<ListedInquiry> {
    let all = if filter.takes_closed() {
        office.inquiries.listed()
    } else {
        office.inquiries.active().into_iter().map(ListedInquiry::Active).collect()
    };
    without_merged(all, now)
}

/// The rows of these inquiries. Skips one that was just erased, or just transferred to where the
/// requester may not read.
async fn rows(
    office: &Office,
    visit: &Visit,
    ids: impl Iterator<Item = SubmissionId>,
    names: &HashMap<String, String>,
    now: Moment,
) -> Result<Vec<InboxRow>, store::StoreFault> {
    let (f, catalogue) = (PageFrame::of(office, visit), office.catalogue());
    let mut rows = Vec::new();
    for id in ids {
        let inquiry = office.inquiries.inquiry(office, id).await?;
        if let Some(inquiry) = inquiry.filter(|inquiry| visit.covers(inquiry)) {
            let mut row = InboxRow::of(&f, office, &inquiry, &catalogue, names, now);
            let can_pick = visit.holds(&inquiry);
            let pick = || format!("{}.{}", inquiry.id, inquiry.case.last);
            row.pick = f.may("office").then(|| if can_pick { pick() } else { String::new() });
            rows.push(row);
        }
    }
    Ok(rows)
}

/// Where a search of closed inquiries continues, as written by [`super::search`].
fn place_in(query: &HashMap<String, String>) -> Option<PagePosition> {
    let (ms, id) = query.get("before")?.split_once('.')?;
    Some((ms.parse().ok()?, SubmissionId::parse(id).ok()?))
}

#[derive(Template)]
#[template(path = "office/reference.html")]
struct ReferencePage {
    f: PageFrame,
    reference: String,
    rows: Vec<InboxRow>,
}

/// All inquiries with a reference number. Almost always there is one, and the response redirects to
/// it.
pub(super) async fn by_reference(
    Shared(office): Shared<Arc<Office>>,
    Extension(visit): Extension<Visit>,
    Path(text): Path<String>,
) -> PageResult {
    let f = PageFrame::of(&office, &visit);
    let Some(reference) = Reference::parse(&text) else {
        return Err(TroublePage::Nothing(Box::new(f)));
    };
    let mut found = Vec::new();
    for id in office.store().ids_of(reference).await? {
        found.extend(
            office.inquiries.inquiry(&office, id).await?.filter(|inquiry| visit.covers(inquiry)),
        );
    }
    match found.as_slice() {
        [] => Err(TroublePage::Nothing(Box::new(f))),
        [only] => Ok(go(&format!("/office/inquiry/{}", only.id))),
        several => {
            office.write_look(visit.login(), RecordedView::Inbox).await?;
            let (catalogue, names, now) =
                (office.catalogue(), names(&office).await?, office.zone.moment(now_ms()));
            let rows = several
                .iter()
                .map(|inquiry| InboxRow::of(&f, &office, inquiry, &catalogue, &names, now))
                .collect();
            Ok(made(StatusCode::OK, &ReferencePage { reference: reference.to_string(), rows, f }))
        }
    }
}

/// A saved list: its name, and the filters as an address has them.
pub(super) struct ViewForm {
    name: String,
    query: String,
    is_removal: bool,
}

impl FromFields for ViewForm {
    /// Never fails: the field takes no longer name, and a list without a name is not saved.
    fn from_fields(fields: &TypedFields, _: &Catalogue) -> Result<Self, FieldFault> {
        let pairs: HashMap<String, String> =
            form_urlencoded::parse(fields.text("query").as_bytes()).into_owned().collect();
        Ok(Self {
            name: fields.text("name").chars().take(VIEW_NAME_CHARS_MAX).collect(),
            query: InboxFilter::of(&pairs).query(),
            is_removal: fields.has("remove"),
        })
    }
}

/// Saves the filters under a name, or deletes a saved list.
pub(super) async fn save_view(
    Shared(office): Shared<Arc<Office>>,
    OfficeForm { proof, asked, .. }: OfficeForm<ViewForm>,
) -> PageResult {
    let Ok(ViewForm { name, query, is_removal }) = asked else { return Ok(go("/office")) };
    if name.is_empty() {
        return Ok(go(&format!("/office?{query}")));
    }
    // A list without filters is saved as the default: everything that is open.
    let kept = if query.is_empty() { "state=open" } else { &query };
    let is_kept = match is_removal {
        true => office.drop_view(&proof, &name).await.map(|()| true)?,
        false => office.save_view(&proof, &name, kept, VIEWS_MAX).await?,
    };
    Ok(go(&format!("/office?{query}{}", if is_kept { "&saved=1" } else { "" })))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_stand_in_the_address_and_come_back() {
        let pairs = [
            ("q", "garbage bag & tag"),
            ("state", "any"),
            ("service", "none"),
            ("who", "me"),
            ("order", "newest"),
        ];
        let query = InboxFilter::of(
            &pairs.map(|(name, value)| (name.to_string(), value.to_string())).into(),
        )
        .query();
        assert_eq!(query, "q=garbage+bag+%26+tag&state=any&service=none&who=me&order=newest");
        let again = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        assert_eq!(InboxFilter::of(&again).query(), query);
        assert_eq!(InboxFilter::of(&HashMap::new()).query(), "");
    }

    #[test]
    fn a_row_shows_whole_words() {
        assert_eq!(opening("  two\n lines "), "two lines");
        let long = opening(&"garbage ".repeat(40));
        assert!(long.ends_with("garbage…") && long.chars().count() <= OPENING_CHARS + 1, "{long}");
    }
}
