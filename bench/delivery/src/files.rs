//! Measures how fast two servers send the same files, taking turns, so that both meet the same
//! machine: the hub, and nginx with the hub's site and its compressed copies (`brotli_static`).

use super::BenchConnection;
use std::time::{Duration, Instant};

/// Concurrent connections.
const WAYS: [usize; 2] = [1, 64];
/// How often each server has its turn.
const TURNS: u64 = 5;

/// What one server sent.
#[derive(Default)]
struct Sent {
    times: Vec<Duration>,
    took: Duration,
}

impl Sent {
    fn per_second(&self) -> f64 {
        self.times.len() as f64 / self.took.as_secs_f64().max(0.001)
    }

    fn p99_ms(&mut self) -> f64 {
        self.times.sort_unstable();
        let last = self.times.len().saturating_sub(1);
        self.times.get(last * 99 / 100).map_or(0.0, |time| time.as_secs_f64() * 1_000.0)
    }
}

/// Prints answers per second of both servers for each path, and the ratio.
pub(crate) fn compare(
    hub: &str,
    beside: &str,
    seconds: u64,
    paths: &[String],
) -> Result<(), String> {
    println!(
        "{:>11} {:>9} {:>9} {:>6} {:>10} {:>10}  path",
        "connections", "hub/s", "beside/s", "ratio", "hub p99", "p99 ms"
    );
    for path in paths {
        for connections in WAYS {
            let (mut ours, mut theirs) = (Sent::default(), Sent::default());
            let time = Duration::from_secs(seconds) / TURNS as u32;
            for _ in 0..TURNS {
                send(&mut ours, hub, path, connections, time)?;
                send(&mut theirs, beside, path, connections, time)?;
            }
            let (hub, beside) = (ours.per_second(), theirs.per_second());
            println!(
                "{connections:>11} {hub:>9.0} {beside:>9.0} {:>6.2} {:>10.2} {:>10.2}  {path}",
                hub / beside.max(1.0),
                ours.p99_ms(),
                theirs.p99_ms()
            );
        }
    }
    Ok(())
}

fn send(
    sent: &mut Sent,
    address: &str,
    path: &str,
    connections: usize,
    time: Duration,
) -> Result<(), String> {
    let began = Instant::now();
    let one = |number: usize| -> Result<Vec<Duration>, String> {
        let said = |error: std::io::Error| format!("{address}{path}: {error}");
        let mut connection = BenchConnection::open(address).map_err(said)?;
        let mut times = Vec::new();
        while began.elapsed() < time {
            let at = times.len() / 100;
            // Each address asks for few files, so that no limit is met.
            let headers = format!(
                "accept-encoding: br\r\nx-forwarded-for: 10.{number}.{}.{}\r\n",
                at / 256 % 256,
                at % 256
            );
            let asked = Instant::now();
            let (status, _) = connection.ask("GET", path, &headers, &[]).map_err(said)?;
            times.push(asked.elapsed());
            if status != 200 {
                return Err(format!("{address}{path}: status {status}"));
            }
        }
        Ok(times)
    };
    let done: Vec<_> = std::thread::scope(|scope| {
        let all: Vec<_> = (0..connections).map(|number| scope.spawn(move || one(number))).collect();
        all.into_iter()
            .map(|one| one.join().unwrap_or_else(|_| Err("a connection ended".into())))
            .collect()
    });
    sent.took += began.elapsed();
    for times in done {
        sent.times.extend(times?);
    }
    Ok(())
}
