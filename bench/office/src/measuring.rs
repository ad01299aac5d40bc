//! Measures a server on the generated database: the time until its inbox is usable, memory, and the
//! time of each page.

use crate::flood;
use crate::served::Served;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Requests per page; fewer for a slow page.
const TIMES: usize = 20;
const PAGE_TIME_MAX: Duration = Duration::from_secs(40);
const USABLE_TIME_MAX: Duration = Duration::from_secs(600);
const PAUSE: Duration = Duration::from_millis(50);
/// What a list says while it may not be complete.
const BEING_READ: &str = "is loading";

#[derive(Debug, clap::Args)]
pub(crate) struct Measuring {
    /// Folder of the site and the database.
    pub(crate) dir: PathBuf,
    /// The server, as in target/release/community-hub.
    #[arg(long, value_name = "PATH")]
    pub(crate) program: PathBuf,
    /// Long inquiries to send from one address.
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    pub(crate) flood: usize,
    /// Options for `serve`, in addition to the folders.
    #[arg(last = true)]
    pub(crate) options: Vec<String>,
}

const PAGES: [(&str, &str); 17] = [
    ("a ping", "/api/ping"),
    ("inbox", "/office"),
    ("inbox, the last page", "/office?page=200"),
    ("inbox, newest first", "/office?order=newest"),
    ("inbox, words that many have", "/office?q=garbage"),
    ("inbox, words of one", "/office?q=question+999953"),
    ("closed, words that many have", "/office?state=closed&q=culvert"),
    ("closed, words of one", "/office?state=closed&q=resident+155"),
    ("closed, no words", "/office?state=closed"),
    ("figures", "/office/figures"),
    ("gaps", "/office/gaps"),
    ("counter", "/office/counter"),
    ("survey's report", "/office/survey"),
    ("survey's comparison", "/office/survey/compare"),
    ("comments", "/office/survey/comments"),
    ("people", "/office/people"),
    ("audit", "/office/audit"),
];

pub(crate) fn measure(measuring: &Measuring) -> Result<(), String> {
    let made = std::fs::read_to_string(measuring.dir.join("made"))
        .map_err(|_| "There is nothing to measure on. Run make first.".to_string())?;
    let served = Served::start(&measuring.program, &measuring.dir, &measuring.options)?;
    let open: usize = made
        .split(", ")
        .nth(1)
        .and_then(|part| part.split(' ').next())
        .and_then(|open| open.parse().ok())
        .unwrap_or(0);
    println!("{made}\n");
    let (answered, usable) = usable(&served, open)?;
    println!("{:<34} {:>9.1} s", "the inbox answers", answered.as_secs_f64());
    println!("{:<34} {:>9.1} s", format!("the inbox has all {open} open"), usable.as_secs_f64());
    println!("{:<34} {:>9.1} s", "closed ones can be listed too", listed(&served)?.as_secs_f64());
    println!("{:<34} {:>9.1} s", "nothing more to do", served.quiet(USABLE_TIME_MAX).as_secs_f64());
    memory("memory after the start", &served);
    pages(&served)?;
    memory("memory after all pages", &served);
    if measuring.flood > 0 {
        flood::flood(&served, measuring.flood)?;
    }
    Ok(())
}

fn memory(what: &str, served: &Served) {
    let (now, peak) = served.memory_mb();
    println!("{what:<34} {now:>9} MB, at most {peak} MB");
}

/// Time from the start until the inbox first responded, and until it showed all open inquiries.
fn usable(served: &Served, open: usize) -> Result<(Duration, Duration), String> {
    let mut answered = None;
    while served.began.elapsed() < USABLE_TIME_MAX {
        let page = served.get("/office")?;
        if page.status == 200 {
            answered.get_or_insert(served.began.elapsed());
            let text = page.text();
            let total: String = text
                .split("<strong>")
                .nth(1)
                .unwrap_or_default()
                .split('<')
                .next()
                .unwrap_or_default()
                .chars()
                .filter(char::is_ascii_digit)
                .collect();
            if total.parse::<usize>().is_ok_and(|total| total >= open) && !text.contains(BEING_READ)
            {
                return Ok((answered.unwrap_or_default(), served.began.elapsed()));
            }
        }
        std::thread::sleep(PAUSE);
    }
    Err(format!("the inbox is not there after {} s", USABLE_TIME_MAX.as_secs()))
}

/// Time from the start until lists of closed inquiries no longer said that they are being read.
fn listed(served: &Served) -> Result<Duration, String> {
    while served.began.elapsed() < USABLE_TIME_MAX {
        if !served.get("/office?state=closed")?.text().contains(BEING_READ) {
            return Ok(served.began.elapsed());
        }
        std::thread::sleep(PAUSE);
    }
    Err(format!("not all closed inquiries are there after {} s", USABLE_TIME_MAX.as_secs()))
}

fn pages(served: &Served) -> Result<(), String> {
    println!(
        "\n{:<34} {:>6} {:>9} {:>9} {:>9} {:>12} {:>8} {:>10}",
        "page", "times", "p50 ms", "p95 ms", "max ms", "begins, p95", "KB", "server MB"
    );
    for (name, path) in PAGES {
        timed(served, name, |_| path.into())?;
    }
    let inbox = served.get("/office?order=newest")?.text();
    let links: Vec<String> = inbox
        .split("href=\"/office/inquiry/")
        .skip(1)
        .filter_map(|rest| Some(format!("/office/inquiry/{}", rest.split('"').next()?)))
        .collect();
    if !links.is_empty() {
        timed(served, "an inquiry", |time| links[time % links.len()].clone())?;
    }
    println!();
    Ok(())
}

fn timed(served: &Served, name: &str, path: impl Fn(usize) -> String) -> Result<(), String> {
    let (began, mut bytes) = (Instant::now(), 0);
    let (mut times, mut beginnings) = (Vec::new(), Vec::new());
    while times.len() < TIMES && began.elapsed() < PAGE_TIME_MAX {
        let page = served.get(&path(times.len()))?;
        if page.status != 200 {
            println!("{name:<34} {}", page.status);
            return Ok(());
        }
        bytes = page.body.len();
        times.push(page.took);
        beginnings.push(page.began_after);
    }
    times.sort_unstable();
    beginnings.sort_unstable();
    let ms = |times: &[Duration], part: usize| {
        times[(times.len() - 1) * part / 100].as_secs_f64() * 1_000.0
    };
    println!(
        "{name:<34} {:>6} {:>9.1} {:>9.1} {:>9.1} {:>12.1} {:>8} {:>10}",
        times.len(),
        ms(&times, 50),
        ms(&times, 95),
        ms(&times, 100),
        ms(&beginnings, 95),
        bytes / 1_024,
        served.memory_mb().0
    );
    Ok(())
}
