//! Full-text search of closed inquiries. They are not held in memory, so each is decrypted for the
//! search, newest first; matches are streamed into the page as they are found, with the progress of
//! the search.

use super::Office;
use super::guard::Visit;
use super::inbox::{InboxFilter, InboxRow};
use super::inquiry_cache::{whole, with_hours};
use super::pages::PageFrame;
use askama::Template;
use axum::body::{Body, Bytes};
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::Response;
use casework::inquiry::Inquiry;
use casework::listed::ListedInquiry;
use casework::settled::SettledInquiry;
use casework::when;
use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant};
use store::{EventRow, OfficeStore, PagePosition, StoreFault, StoredSubmission};
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use vault::now_ms;

/// The marker in the template where results are inserted.
const ROOM: &str = "<!-- closed inquiries -->";
/// Inquiries decrypted per batch: about 10 ms of work.
const OPENED_AT_ONCE: u32 = 200;
/// Results per page; the next page continues from there.
const FOUND_MAX: usize = 50;
/// How long one page searches.
const SEARCH_TIME_MAX: Duration = Duration::from_secs(60);
/// Interval between progress lines.
const PROGRESS_TIME: Duration = Duration::from_millis(400);
/// Concurrent searches: each occupies a processor while it lasts.
const SEARCHES_AT_ONCE: usize = 2;
/// Chunks of a page that wait for a slow reader.
const PIECES_WAITING: usize = 4;
/// A reader who takes no chunk for this long is considered gone: the search ends and its permit is
/// freed.
const PIECE_TIME_MAX: Duration = Duration::from_secs(30);

/// Permits for concurrent searches.
#[derive(Debug)]
pub(super) struct Searches(Arc<Semaphore>);

impl Default for Searches {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(SEARCHES_AT_ONCE)))
    }
}

/// One search, for one page.
pub(super) struct Search {
    office: Arc<Office>,
    f: PageFrame,
    filter: InboxFilter,
    words: Vec<String>,
    visit: Visit,
    names: HashMap<String, String>,
    before: Option<PagePosition>,
}

impl Search {
    pub(super) fn new(
        office: &Arc<Office>,
        visit: &Visit,
        filter: &InboxFilter,
        names: HashMap<String, String>,
        before: Option<PagePosition>,
    ) -> Self {
        Self {
            office: office.clone(),
            f: PageFrame::of(office, visit),
            words: filter.folded_words(),
            filter: filter.clone(),
            visit: visit.clone(),
            names,
            before,
        }
    }

    /// Streams the page, in which rows appear as they are found. The search ends when the reader
    /// disconnects.
    pub(super) fn streamed_into(self, status: StatusCode, page: &impl Template) -> Response {
        let text = match page.render() {
            Ok(text) => text,
            Err(fault) => {
                tracing::error!(%fault, "a page could not be made");
                return axum::response::IntoResponse::into_response(
                    StatusCode::INTERNAL_SERVER_ERROR,
                );
            }
        };
        let (head, tail) =
            text.split_once(ROOM).map_or((text.as_str(), ""), |(head, tail)| (head, tail));
        let (pieces, sent) = channel(PIECES_WAITING);
        let (head, tail) = (head.to_string(), tail.to_string());
        tokio::spawn(async move {
            let out = SearchOutput { pieces, patience: PIECE_TIME_MAX };
            // An error means that the reader has gone, so there is nobody to report it to.
            let _ = async {
                out.say(head).await?;
                self.run(&out).await?;
                out.say(tail).await
            }
            .await;
        });
        let built = Response::builder()
            .status(status)
            .header(CONTENT_TYPE, "text/html; charset=utf-8")
            .header(CACHE_CONTROL, "no-store")
            .body(Body::from_stream(stream_of(sent)));
        built.expect("all header values are plain ASCII")
    }

    async fn run(self, out: &SearchOutput) -> Result<(), SearchGone> {
        let Ok(permit) = self.office.searches.0.clone().try_acquire_owned() else {
            let busy = self.f.t(
                "Two other people are searching closed inquiries. Try again in a minute.",
                "Deux autres personnes cherchent parmi les demandes terminées. Réessayez dans une minute.",
            );
            return out.line(busy).await;
        };
        match self.look_through(permit, out).await {
            Ok(done) => done,
            Err(fault) => {
                tracing::error!(%fault, "closed inquiries could not be searched to the end");
                let broken = self.f.t(
                    "The search stopped: we can’t reach the database. Try again in a minute.",
                    "La recherche s’est arrêtée : la base de données ne répond pas. Réessayez dans une minute.",
                );
                out.line(broken).await
            }
        }
    }

    async fn look_through(
        &self,
        _permit: OwnedSemaphorePermit,
        out: &SearchOutput,
    ) -> Result<Result<(), SearchGone>, StoreFault> {
        let (are_inquiries_read, _) = self.office.inquiries.state();
        let all = self.office.inquiries.count_settled(|settled| self.may_read(settled));
        let (began, mut last_progress) = (Instant::now(), Instant::now());
        let (mut before, mut searched, mut found) = (self.before, 0, 0);
        loop {
            let rows = self.office.store().inquiries_before(before, OPENED_AT_ONCE).await?;
            let Some((last, _)) = rows.last() else { break };
            before = Some((last.received_at_ms, last.envelope.header.id));
            let oldest_ms = last.received_at_ms;
            let known = self.known(rows);
            searched += known.len();
            for inquiry in
                self.matching(known).await.into_iter().filter(|inquiry| self.visit.covers(inquiry))
            {
                found += 1;
                if out.say(self.row(&inquiry)).await.is_err() {
                    return Ok(Err(SearchGone));
                }
            }
            if found >= FOUND_MAX || began.elapsed() > SEARCH_TIME_MAX {
                return Ok(out.say(self.further(found, oldest_ms, before)).await);
            }
            if last_progress.elapsed() > PROGRESS_TIME {
                last_progress = Instant::now();
                if out.line(&self.progress(searched, all, oldest_ms)).await.is_err() {
                    return Ok(Err(SearchGone));
                }
            }
        }
        Ok(out.line(&self.ended(found, searched, are_inquiries_read)).await)
    }

    fn may_read(&self, settled: &SettledInquiry) -> bool {
        self.visit.reads(settled.hub.as_deref(), &settled.department)
    }

    /// Of a batch, the settled inquiries that the requester may read: only they are searched.
    fn known(&self, rows: Vec<(StoredSubmission, Vec<EventRow>)>) -> Vec<KnownRow> {
        let known = |(row, events): (StoredSubmission, Vec<EventRow>)| {
            let settled = self.office.inquiries.settled(row.envelope.header.id)?;
            self.may_read(&settled).then_some(KnownRow { settled, row, events })
        };
        rows.into_iter().filter_map(known).collect()
    }

    /// Of a batch, the inquiries that match the filters and contain all words. Decryption runs on a
    /// blocking thread, so that it delays no other request.
    async fn matching(&self, rows: Vec<KnownRow>) -> Vec<Inquiry> {
        let now = self.office.zone.moment(now_ms());
        let meant = |KnownRow { settled, row, events }: KnownRow| {
            let listed = ListedInquiry::Settled(settled);
            self.filter.fits(&listed, &self.visit, now).then_some((row, events))
        };
        let rows: Vec<_> = rows.into_iter().filter_map(meant).collect();
        let (office, words) = (self.office.clone(), self.words.clone());
        let open = move || {
            let opened = with_hours(&office, |time| {
                rows.into_iter()
                    .filter_map(|(row, events)| whole(&office, time, row, &events))
                    .collect::<Vec<Inquiry>>()
            });
            let says =
                |inquiry: &Inquiry| words.iter().all(|word| inquiry.folded.contains(word.as_str()));
            opened.into_iter().filter(says).collect()
        };
        // A panic loses this batch only, and is in the log.
        tokio::task::spawn_blocking(open).await.unwrap_or_default()
    }

    fn row(&self, inquiry: &Inquiry) -> String {
        let (catalogue, now) = (self.office.catalogue(), self.office.zone.moment(now_ms()));
        let mut row = InboxRow::of(&self.f, &self.office, inquiry, &catalogue, &self.names, now);
        row.pick = self.f.may("office").then(String::new);
        RowPart { f: &self.f, row }.render().unwrap_or_default()
    }

    fn day(&self, ms: u64) -> String {
        let (at, now) = (self.office.zone.moment(ms), self.office.zone.moment(now_ms()));
        let year = if at.date.year() == now.date.year() {
            String::new()
        } else {
            format!(" {}", at.date.year())
        };
        when::date(at.date, now.date, self.f.language) + &year
    }

    fn closed(&self, count: usize) -> String {
        closed_words(&self.f, count)
    }

    fn progress(&self, searched: usize, of: usize, oldest_ms: u64) -> String {
        let (of, day) = (self.closed(of), self.day(oldest_ms));
        match self.f.tag() {
            "fr" => format!("Recherche : {searched} sur {of}, jusqu’au {day}…"),
            _ => format!("Searched {searched} of {of}, back to {day}…"),
        }
    }

    /// The last line. A search that began while summaries of closed inquiries were still being read
    /// has not seen all of them.
    fn ended(&self, found: usize, searched: usize, are_inquiries_read: bool) -> String {
        let searched = self.closed(searched);
        match (self.f.tag(), found) {
            ("fr", _) if !are_inquiries_read => format!(
                "{found} sur {searched}. La boîte de réception se charge encore : les autres n’ont pas été parcourues. Cherchez de nouveau dans une minute."
            ),
            (_, _) if !are_inquiries_read => format!(
                "{found} of {searched}. The inbox is still loading, so the others were not searched. Search again in a minute."
            ),
            ("fr", 0) => format!("Rien trouvé dans {searched}."),
            ("fr", found) => {
                format!("{found} sur {searched}. La recherche est terminée.")
            }
            (_, 0) => format!("Nothing found in {searched}."),
            (_, found) => format!("{found} of {searched}. The search is complete."),
        }
    }

    /// The last line of a full page, with a link that continues the search.
    fn further(&self, found: usize, oldest_ms: u64, before: Option<PagePosition>) -> String {
        let day = self.day(oldest_ms);
        let words = match self.f.tag() {
            "fr" => format!("{found} trouvées, en remontant jusqu’au {day}."),
            _ => format!("{found} found, back to {day}."),
        };
        let place = before.map(|(ms, id)| format!("{ms}.{id}")).unwrap_or_default();
        let query = form_urlencoded::Serializer::new(self.filter.query())
            .append_pair("before", &place)
            .finish();
        FurtherPart {
            words,
            query,
            link: if self.f.tag() == "fr" { "Chercher plus loin" } else { "Search further back" },
        }
        .render()
        .unwrap_or_default()
    }
}

/// "1 closed inquiry", "60 closed inquiries".
fn closed_words(f: &PageFrame, count: usize) -> String {
    f.n(
        count,
        &["{n} closed inquiry", "{n} demande terminée"],
        &["{n} closed inquiries", "{n} demandes terminées"],
    )
}

/// A settled inquiry with its stored form.
struct KnownRow {
    settled: Arc<SettledInquiry>,
    row: StoredSubmission,
    events: Vec<EventRow>,
}

#[derive(Template)]
#[template(source = "{% include \"office/inbox_row.html\" %}", ext = "html")]
struct RowPart<'a> {
    f: &'a PageFrame,
    row: InboxRow,
}

/// A progress line; only the newest one is visible (office.css).
#[derive(Template)]
#[template(
    source = "<tr class=\"progress\"><td colspan=\"8\" role=\"status\">{{ words }}</td></tr>\n",
    ext = "html"
)]
struct ProgressPart<'a> {
    words: &'a str,
}

#[derive(Template)]
#[template(
    source = "<tr class=\"progress\"><td colspan=\"8\" role=\"status\">{{ words }} <a rel=\"next\" href=\"/office?{{ query }}\">{{ link }}</a></td></tr>\n",
    ext = "html"
)]
struct FurtherPart {
    words: String,
    query: String,
    link: &'static str,
}

/// The reader has disconnected.
#[derive(Debug)]
struct SearchGone;

/// The sending side of a streamed page.
struct SearchOutput {
    pieces: Sender<Result<Bytes, Infallible>>,
    /// How long a chunk waits to be taken.
    patience: Duration,
}

impl SearchOutput {
    async fn say(&self, text: String) -> Result<(), SearchGone> {
        let sending = self.pieces.send(Ok(Bytes::from(text)));
        tokio::time::timeout(self.patience, sending)
            .await
            .map_err(|_| SearchGone)?
            .map_err(|_| SearchGone)
    }

    async fn line(&self, words: &str) -> Result<(), SearchGone> {
        self.say(ProgressPart { words }.render().unwrap_or_default()).await
    }
}

fn stream_of(
    sent: Receiver<Result<Bytes, Infallible>>,
) -> impl futures_util::Stream<Item = Result<Bytes, Infallible>> {
    futures_util::stream::unfold(sent, |mut sent| async move {
        sent.recv().await.map(|piece| (piece, sent))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::bare_frame;
    use domain::Language;

    #[test]
    fn one_inquiry_is_counted_as_one() {
        let french = PageFrame { language: Language::French, ..bare_frame() };
        let said = |f: &PageFrame| [0, 1, 2].map(|count| closed_words(f, count));
        assert_eq!(
            said(&bare_frame()),
            ["0 closed inquiries", "1 closed inquiry", "2 closed inquiries"]
        );
        assert_eq!(
            said(&french),
            ["0 demande terminée", "1 demande terminée", "2 demandes terminées"]
        );
    }

    #[tokio::test]
    async fn who_takes_nothing_has_gone() {
        let (pieces, mut sent) = channel(1);
        let out = SearchOutput { pieces, patience: Duration::from_millis(20) };
        assert!(out.say("a row".into()).await.is_ok());
        assert!(out.say("another".into()).await.is_err(), "the first was not taken");
        assert!(sent.recv().await.is_some());
        assert!(out.say("another".into()).await.is_ok());
    }
}
