//! Sealed entries by the thousand.
//!
//!     delivery-bench seal ADDRESS COUNT FILE     so many, as files that a device brings in (FILE, then FILE.2 and on)
//!     delivery-bench load ADDRESS SECONDS [PID]  how many a running server receives, one connection, 64, and in batches
//!
//! ADDRESS is as 127.0.0.1:8080. A server under load is to be started with `--trusted-proxies 127.0.0.1`: each connection then comes from an address
//! of its own, as devices do, and no share is used up by all together; and with `--budget inquiry=99999999/999999,all=99999999/999999`, because here
//! more comes in a minute than is taken in a day. With the server's PID also its processor time is told.

mod fair;
mod http;

use domain::submission::{PublicKeys, Verdict, Verdicts};
use http::Connection;
use offline::bundle::files_of_parcels;
use offline::ports::batch_of;
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// Connections at once, and entries in a request.
const WAYS: [(usize, usize); 4] = [(1, 1), (16, 1), (64, 1), (8, 200)];
/// More than any machine of today receives in a second, by batches.
const PER_SECOND_MAX: usize = 60_000;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let outcome = match words.as_slice() {
        ["seal", address, count, file] => count
            .parse()
            .map_err(|_| format!("“{count}” is not a number."))
            .and_then(|count| seal(address, count, file)),
        ["load", address, seconds, pid @ ..] => seconds
            .parse()
            .map_err(|_| format!("“{seconds}” is not a number."))
            .and_then(|seconds| load(address, seconds, pid.first().copied())),
        _ => Err("delivery-bench seal ADDRESS COUNT FILE, or load ADDRESS SECONDS [PID]".into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(said) => {
            eprintln!("{said}");
            ExitCode::FAILURE
        }
    }
}

fn keys_of(address: &str) -> Result<PublicKeys, String> {
    let mut connection =
        Connection::open(address).map_err(|error| format!("{address}: {error}"))?;
    let (_, body) = connection
        .ask("GET", "/api/keys", "", &[])
        .map_err(|error| format!("{address}: {error}"))?;
    postcard::from_bytes(&body).map_err(|_| format!("{address} is not our server."))
}

fn seal(address: &str, count: usize, file: &str) -> Result<(), String> {
    let keys = keys_of(address)?;
    let files = files_of_parcels(&keys.municipality, &fair::entries(&keys, count));
    for (at, bytes) in files.iter().enumerate() {
        let name = if at == 0 { file.to_string() } else { format!("{file}.{}", at + 1) };
        std::fs::write(&name, bytes).map_err(|error| format!("{name}: {error}"))?;
        println!("{name}");
    }
    Ok(())
}

fn load(address: &str, seconds: u64, pid: Option<&str>) -> Result<(), String> {
    let keys = keys_of(address)?;
    println!(
        "{:>11} {:>8} {:>10} {:>9} {:>9} {:>14}",
        "connections", "a batch", "entries/s", "p50 ms", "p99 ms", "server us each"
    );
    for (connections, batch) in WAYS {
        let entries = fair::entries(&keys, PER_SECOND_MAX * seconds as usize);
        let (before, began) = (pid.and_then(processor_us), Instant::now());
        let Run { received, mut times, is_short } =
            run(address, &entries, connections, batch, Duration::from_secs(seconds))?;
        let per_second = received as f64 / began.elapsed().as_secs_f64();
        let each = pid
            .and_then(processor_us)
            .zip(before)
            .map(|(after, before)| ((after - before) / received.max(1) as u64).to_string());
        times.sort_unstable();
        let percentile = |part: usize| {
            times
                .get(times.len().saturating_sub(1) * part / 100)
                .map_or(0.0, |time| time.as_secs_f64() * 1_000.0)
        };
        let short = if is_short { " (all that were made; at least)" } else { "" };
        let each = each.unwrap_or_default();
        println!(
            "{connections:>11} {batch:>8} {per_second:>10.0} {:>9.2} {:>9.2} {each:>14}{short}",
            percentile(50),
            percentile(99)
        );
    }
    Ok(())
}

struct Run {
    received: usize,
    times: Vec<Duration>,
    is_short: bool,
}

/// So many connections take turns at the entries until the time is over or all are received.
fn run(
    address: &str,
    entries: &[Vec<u8>],
    connections: usize,
    batch: usize,
    time: Duration,
) -> Result<Run, String> {
    let (next, began) = (AtomicUsize::new(0), Instant::now());
    let one = |number: usize| -> Result<(usize, Vec<Duration>), String> {
        let mut connection = Connection::open(address).map_err(|error| error.to_string())?;
        let (mut received, mut times) = (0, Vec::new());
        while began.elapsed() < time {
            let at = next.fetch_add(batch, Ordering::Relaxed);
            let Some(mine) =
                entries.get(at..(at + batch).min(entries.len())).filter(|mine| !mine.is_empty())
            else {
                break;
            };
            // No address has more than its share.
            let from = format!(
                "x-forwarded-for: {}.{number}.{}.{}\r\n",
                10 + batch + connections,
                times.len() / 200 / 256,
                times.len() / 200 % 256
            );
            let asked = Instant::now();
            let (status, body) = connection
                .ask("POST", "/api/submissions", &from, &batch_of(mine))
                .map_err(|error| error.to_string())?;
            times.push(asked.elapsed());
            received += counted(status, &body, mine.len())?;
        }
        Ok((received, times))
    };
    let done: Vec<_> = std::thread::scope(|scope| {
        let all: Vec<_> = (0..connections).map(|number| scope.spawn(move || one(number))).collect();
        all.into_iter()
            .map(|one| one.join().unwrap_or_else(|_| Err("a connection ended".into())))
            .collect()
    });
    let mut run = Run { received: 0, times: Vec::new(), is_short: began.elapsed() < time };
    for one in done {
        let (received, times) = one?;
        run.received += received;
        run.times.extend(times);
    }
    Ok(run)
}

/// Only what has a receipt counts; anything else ends the run.
fn counted(status: u16, body: &[u8], sent: usize) -> Result<usize, String> {
    let verdicts = postcard::from_bytes::<Verdicts>(body)
        .map_err(|_| format!("status {status}: {}", String::from_utf8_lossy(body)))?
        .verdicts;
    let received =
        verdicts.iter().filter(|(_, verdict)| matches!(verdict, Verdict::Received(_))).count();
    if received == sent {
        Ok(sent)
    } else {
        Err(format!("{received} of {sent} were received: {verdicts:?}"))
    }
}

/// User and system time of a process until now (proc(5), in hundredths of a second).
fn processor_us(pid: &str) -> Option<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let fields: Vec<&str> = stat.rsplit(") ").next()?.split(' ').collect();
    Some((fields.get(11)?.parse::<u64>().ok()? + fields.get(12)?.parse::<u64>().ok()?) * 10_000)
}
