//! Pages whose content depends on a request, as HTML: searches, trips, what is open now, and all
//! pages of an edition that is newer than the site. The functions of the app write them, in a
//! process of its own (`community-hub render`): what the app leaks for an edition ends with that
//! process, and whatever a page does to it, the server goes on. When it cannot answer in time, the
//! caller answers with the app's own page, which needs scripts.

mod cache;
mod process;
pub mod render;
mod wire;

use crate::editions::{EditionFiles, Editions};
use crate::plain_forms::FormNumber;
use crate::site::{File, ServedSite};
use axum::http::header::{CACHE_CONTROL, ETAG};
use axum::http::{HeaderMap, HeaderValue, Uri};
use axum::response::Response;
use cache::PageCache;
use casework::when::Zone;
use community_hub_app::render::{PageRequest, PlainAnswer};
use document::{PageFrame, frame_path};
use domain::Language;
use office::directory::ServiceDirectory;
use process::{PageProcess, WrittenPage};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::{Duration, Instant};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};
use vault::now_ms;
use wire::PageQuestion;

/// Requests that wait for the process. At ten milliseconds each, the last waits a third of a
/// second; whoever finds no room gets the app's page at once.
const WAITING_MAX: usize = 32;
/// How many of them may be pages that somebody reads. The other places are for forms: a page to
/// read has the app's page in its place, a form has nothing.
const READ_MAX: usize = 24;
/// How long a request waits for its page. A new edition takes a moment to be read.
const PATIENCE: Duration = Duration::from_secs(3);
/// How long no process is started after one could not read its edition: it will not read it then.
const REST: Duration = Duration::from_secs(60);

/// Writes pages for requests. Without a frame in the site it writes none.
pub struct RequestPages {
    tasks: Option<SyncSender<PageTask>>,
    /// The places of pages that somebody reads.
    places: Arc<Semaphore>,
    cache: PageCache,
}

/// A page to write, and who waits for it.
struct PageTask {
    edition: EditionFiles,
    question: PageQuestion,
    answer: oneshot::Sender<Option<WrittenPage>>,
    /// The place of a page that somebody reads. It is taken until the task has left the queue, even
    /// if nobody waits for it any more.
    place: Option<OwnedSemaphorePermit>,
}

impl RequestPages {
    /// For the frames of a site. Nothing runs before the first request.
    pub fn of(site: &ServedSite) -> Self {
        let frame = |language| {
            let html = String::from_utf8(site.file(frame_path(language))?.to_vec()).ok()?;
            Some((language, PageFrame::new(html)))
        };
        let frames: Vec<_> =
            [Language::English, Language::French].into_iter().filter_map(frame).collect();
        let program = program().filter(|_| !frames.is_empty());
        let tasks = program.and_then(|program| {
            let (sender, tasks) = sync_channel(WAITING_MAX);
            let writer = PageWriter { program, frames, tasks };
            let thread = std::thread::Builder::new().name("pages".into());
            let started = thread.spawn(move || writer.write_all());
            started.inspect_err(|fault| tracing::error!(%fault, "no page is written")).ok()?;
            Some(sender)
        });
        let places = Arc::new(Semaphore::new(READ_MAX));
        Self { tasks, places, cache: PageCache::default() }
    }

    /// Answers a GET or HEAD with the page as HTML, if it must be written for this request: if it
    /// depends on the time or on what was asked, or if the newest edition is not the site's own.
    /// `None` if no server writes it, or if it could not be written now.
    pub async fn answer(
        &self,
        site: &ServedSite,
        editions: &Editions,
        uri: &Uri,
        headers: &HeaderMap,
    ) -> Option<Response> {
        let tasks = self.tasks.as_ref()?;
        let catalogue = editions.catalogue();
        let municipality = catalogue.municipality();
        let (path, query) = (uri.path(), uri.query().unwrap_or_default());
        // `/index.html` is not the home page: devices store this file and compare its hash.
        if site.has(path) {
            return None;
        }
        let request = PageRequest::of(path, query, &municipality.languages)?;
        if !request.is_of_now() && editions.is_of_site() {
            return None;
        }
        let edition = editions.files(site)?;
        let now = Zone::of(&municipality.time_zone).moment(now_ms());
        let (of, href) = ((edition.hash, now), request.href());
        if let Some(page) = self.cache.get(of, &href) {
            return Some(page.answer(headers));
        }
        let number = FormNumber::fresh(now_ms()).to_string();
        let question = PageQuestion::At { href: href.clone(), now, number };
        // Whoever finds no room, or waits for too long, gets the app's page.
        let place = Arc::clone(&self.places).try_acquire_owned().ok()?;
        let page = Arc::new(written(tasks, edition, question, Some(place)).await?);
        let mut response = page.answer(headers);
        if request.is_personal() {
            response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        } else {
            self.cache.put(of, href, page);
        }
        Some(response)
    }

    /// Answers a form that was sent without scripts with a page that nobody stores. `None` if it
    /// could not be written now.
    pub(crate) async fn answer_form(
        &self,
        site: &ServedSite,
        editions: &Editions,
        form: PlainAnswer,
        headers: &HeaderMap,
    ) -> Option<Response> {
        let zone = Zone::of(&editions.catalogue().municipality().time_zone);
        let today = zone.moment(form.now_ms).date;
        let question = PageQuestion::Form(Box::new(form), today);
        let page = written(self.tasks.as_ref()?, editions.files(site)?, question, None).await?;
        let mut response = page.answer(headers);
        response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response.headers_mut().remove(ETAG);
        Some(response)
    }
}

/// The page that answers a question. `None` if there is no room, no such page, or if it takes too
/// long.
async fn written(
    tasks: &SyncSender<PageTask>,
    edition: EditionFiles,
    question: PageQuestion,
    place: Option<OwnedSemaphorePermit>,
) -> Option<File> {
    let (answer, written) = oneshot::channel();
    tasks.try_send(PageTask { edition, question, answer, place }).ok()?;
    let WrittenPage { html, brotli } =
        tokio::time::timeout(PATIENCE, written).await.ok()?.ok()??;
    Some(File::page(html, brotli))
}

/// The program that is running, even after its file was replaced by a newer one.
fn program() -> Option<PathBuf> {
    let own = PathBuf::from("/proc/self/exe");
    if own.exists() { Some(own) } else { std::env::current_exe().ok() }
}

/// The thread that hands one task after the other to the process of the newest edition.
struct PageWriter {
    program: PathBuf,
    frames: Vec<(Language, PageFrame)>,
    tasks: Receiver<PageTask>,
}

impl PageWriter {
    /// Works until the server ends.
    fn write_all(self) {
        let mut process: Option<PageProcess> = None;
        let mut unreadable: Option<([u8; 32], Instant)> = None;
        while let Ok(PageTask { edition, question, answer, place: _place }) = self.tasks.recv() {
            let rests =
                unreadable.is_some_and(|(hash, at)| hash == edition.hash && at.elapsed() < REST);
            if rests || answer.is_closed() {
                continue;
            }
            if process.as_ref().is_none_or(|process| process.edition != edition.hash) {
                // The old process ends before the new one begins, so that there is one at most.
                drop(process.take());
                process = self.started(&edition);
            }
            let Some(running) = process.as_mut() else {
                unreadable = Some((edition.hash, Instant::now()));
                continue;
            };
            match running.page(&question) {
                // The person may have left.
                Ok(page) => drop(answer.send(page)),
                Err(fault) => {
                    // What was asked is nobody's business, so it is not in the log.
                    tracing::error!(%fault, "a page could not be written");
                    process = None;
                }
            }
        }
    }

    fn started(&self, edition: &EditionFiles) -> Option<PageProcess> {
        let frames: Vec<_> = self
            .frames
            .iter()
            .map(|(language, frame)| (*language, edition.named_in(frame, *language)))
            .collect();
        let began = Instant::now();
        let started = PageProcess::start(&self.program, edition, &frames);
        let ms = began.elapsed().as_millis() as u64;
        started
            .inspect(|_| tracing::info!(ms, "pages are written for the newest edition"))
            .inspect_err(|fault| tracing::error!(%fault, "no pages are written for this edition"))
            .ok()
    }
}
