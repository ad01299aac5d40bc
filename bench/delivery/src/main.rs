//! Seals thousands of submissions, and measures how fast a server receives them.
//!
//! Start a server under load with `--trusted-proxies 127.0.0.1`: each connection then claims an
//! address of its own, as devices have, and no per-address limit is reached. Also use
//! `--budget inquiry=99999999/999999,all=99999999/999999`, because this sends more in a minute than
//! the server accepts in a day.

mod fair;
mod files;
mod http;

use clap::Parser;
use domain::submission::{PublicKeys, Verdict, Verdicts};
use http::BenchConnection;
use offline::bundle::files_of_parcels;
use offline::ports::batch_of;
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// Concurrent connections, and submissions per request.
const WAYS: [(usize, usize); 4] = [(1, 1), (16, 1), (64, 1), (8, 200)];
/// More than any current machine receives per second in batches.
const PER_SECOND_MAX: usize = 60_000;

/// Seals thousands of submissions, and measures how fast a server receives them.
#[derive(Debug, Parser)]
#[command(name = "delivery-bench")]
enum DeliveryCommand {
    /// Writes submissions to files that a device can import (FILE, FILE.2, …).
    Seal {
        /// Address of the server, as in 127.0.0.1:8080.
        address: String,
        /// Number of submissions.
        count: usize,
        /// The first file.
        file: String,
    },
    /// Measures a running server over 1, 16 and 64 connections, and in batches.
    Load {
        /// Address of the server, as in 127.0.0.1:8080.
        address: String,
        /// Seconds for each measurement.
        seconds: u64,
        /// The server's process id; its processor time is then reported too.
        pid: Option<String>,
    },
    /// Measures how fast a running server and another one, such as nginx, send the same files.
    Files {
        /// Address of the server, as in 127.0.0.1:8080.
        address: String,
        /// Address of the other one.
        beside: String,
        /// Seconds for each measurement of a server.
        seconds: u64,
        /// Paths of the files, as in /index.html.
        #[arg(required = true)]
        paths: Vec<String>,
    },
}

fn main() -> ExitCode {
    let outcome = match DeliveryCommand::parse() {
        DeliveryCommand::Seal { address, count, file } => seal(&address, count, &file),
        DeliveryCommand::Load { address, seconds, pid } => load(&address, seconds, pid.as_deref()),
        DeliveryCommand::Files { address, beside, seconds, paths } => {
            files::compare(&address, &beside, seconds, &paths)
        }
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
        BenchConnection::open(address).map_err(|error| format!("{address}: {error}"))?;
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
        let DeliveryRun { received, mut times, is_short } =
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

struct DeliveryRun {
    received: usize,
    times: Vec<Duration>,
    is_short: bool,
}

/// Sends submissions over so many connections until the time is up or all are received.
fn run(
    address: &str,
    entries: &[Vec<u8>],
    connections: usize,
    batch: usize,
    time: Duration,
) -> Result<DeliveryRun, String> {
    let (next, began) = (AtomicUsize::new(0), Instant::now());
    let one = |number: usize| -> Result<(usize, Vec<Duration>), String> {
        let mut connection = BenchConnection::open(address).map_err(|error| error.to_string())?;
        let (mut received, mut times) = (0, Vec::new());
        while began.elapsed() < time {
            let at = next.fetch_add(batch, Ordering::Relaxed);
            let Some(mine) =
                entries.get(at..(at + batch).min(entries.len())).filter(|mine| !mine.is_empty())
            else {
                break;
            };
            // Claims enough different addresses that none reaches its limit.
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
    let mut run = DeliveryRun { received: 0, times: Vec::new(), is_short: began.elapsed() < time };
    for one in done {
        let (received, times) = one?;
        run.received += received;
        run.times.extend(times);
    }
    Ok(run)
}

/// The number of submissions with a receipt; any other verdict ends the run with an error.
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

/// User and system time of a process so far, in microseconds (proc(5) counts hundredths of a
/// second).
fn processor_us(pid: &str) -> Option<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let fields: Vec<&str> = stat.rsplit(") ").next()?.split(' ').collect();
    Some((fields.get(11)?.parse::<u64>().ok()? + fields.get(12)?.parse::<u64>().ok()?) * 10_000)
}
