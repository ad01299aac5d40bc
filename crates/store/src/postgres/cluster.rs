//! Finds the primary of a PostgreSQL cluster, and verifies that its settings make every commit
//! durable.

use crate::StoreFault;
use domain::MunicipalityId;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{ConnectOptions, Row};
use std::str::FromStr;
use std::sync::OnceLock;
use std::time::Duration;

/// Timeout of a connection attempt, in seconds; a reachable server answers well within it.
const CONNECT_S_MAX: u64 = 3;
/// Most addresses: a cluster is a primary and a few standbys.
const SERVERS_MAX: usize = 8;

/// The servers of one database, tried in this order.
pub(super) struct PostgresServers {
    servers: Vec<PgConnectOptions>,
    municipality: MunicipalityId,
    /// The epoch that every server must have, once it is known: another epoch means another
    /// database.
    epoch: OnceLock<[u8; 16]>,
}

impl PostgresServers {
    /// Parses `postgres://…` addresses separated by commas.
    pub(super) fn parse(text: &str, municipality: MunicipalityId) -> Result<Self, StoreFault> {
        let servers: Vec<PgConnectOptions> =
            text.split(',').map(|url| server(url.trim())).collect::<Result<_, _>>()?;
        if servers.len() > SERVERS_MAX {
            return Err(StoreFault::Failed(format!(
                "DATABASE_URL names more than {SERVERS_MAX} servers"
            )));
        }
        Ok(Self { servers, municipality, epoch: OnceLock::new() })
    }

    /// From now on accepts only the database with this epoch.
    pub(super) fn hold_to(&self, epoch: [u8; 16]) {
        // Set once, when the store is opened.
        let _ = self.epoch.set(epoch);
    }

    /// Opens a connection to the first server that is the primary. Returns `StoreFault::Away` if
    /// none is and one of them may become it: the cluster may be about to elect a new one. Returns
    /// `StoreFault::Failed` if every server refuses for a reason that does not pass.
    pub(super) async fn primary(&self) -> Result<PgConnection, StoreFault> {
        let (mut said, mut may_come) = (Vec::new(), false);
        for server in &self.servers {
            match tokio::time::timeout(Duration::from_secs(CONNECT_S_MAX), self.connect(server))
                .await
            {
                Ok(Ok(connection)) => return Ok(connection),
                Ok(Err(NoPrimary { why, passes })) => {
                    may_come |= passes;
                    said.push(format!("{} {why}", place(server)));
                }
                Err(_) => {
                    may_come = true;
                    said.push(format!("{} does not answer", place(server)));
                }
            }
        }
        let said = said.join("; ");
        Err(if may_come { StoreFault::Away(said) } else { StoreFault::Failed(said) })
    }

    async fn connect(&self, server: &PgConnectOptions) -> Result<PgConnection, NoPrimary> {
        let mut connection = server.connect().await.map_err(NoPrimary::unreached)?;
        self.check(&mut connection).await?;
        Ok(connection)
    }

    async fn check(&self, connection: &mut PgConnection) -> Result<(), NoPrimary> {
        let failed =
            |error: sqlx::Error| NoPrimary { why: format!("failed: {error}"), passes: true };
        // When a statement times out while waiting for the standby, PostgreSQL reports it as
        // committed (SyncRepWaitForLSN). So the timeout is on this side, which closes the
        // connection.
        sqlx::query("SET statement_timeout = 0").execute(&mut *connection).await.map_err(failed)?;
        let row = sqlx::query(
            "SELECT pg_is_in_recovery(), current_setting('fsync'), current_setting('full_page_writes'),
                    current_setting('synchronous_commit'), current_setting('synchronous_standby_names')",
        )
        .fetch_one(&mut *connection)
        .await
        .map_err(failed)?;
        if row.get::<bool, _>(0) {
            return Err(NoPrimary { why: "is a standby".into(), passes: true });
        }
        let promises = DurabilityPromises {
            fsync: row.get(1),
            full_page_writes: row.get(2),
            synchronous_commit: row.get(3),
            standbys: row.get(4),
        };
        let stays = |why: String| NoPrimary { why, passes: false };
        promises.check().map_err(stays)?;
        let Some(epoch) = self.epoch.get() else { return Ok(()) };
        let found = self.epoch_in(connection).await.map_err(failed)?;
        let is_ours = found.as_deref() == Some(epoch.as_slice());
        if is_ours {
            Ok(())
        } else {
            let why =
                "holds another database than at the start; start the server anew if that is meant";
            Err(stays(why.into()))
        }
    }

    async fn epoch_in(
        &self,
        connection: &mut PgConnection,
    ) -> Result<Option<Vec<u8>>, sqlx::Error> {
        let epoch =
            sqlx::query("SELECT value FROM fact WHERE municipality = $1 AND name = 'epoch'")
                .bind(self.municipality.as_str());
        Ok(epoch.fetch_optional(connection).await?.map(|row| row.get(0)))
    }
}

/// Why a server is not the primary that is looked for.
struct NoPrimary {
    why: String,
    /// Whether it may be over without a change of settings.
    passes: bool,
}

impl NoPrimary {
    /// A password or a database that is wrong does not pass (SQLSTATE classes 28 and 3D); a server
    /// that is away, or starts, does.
    fn unreached(error: sqlx::Error) -> Self {
        let code = error.as_database_error().and_then(|error| error.code());
        let is_wrong = code.is_some_and(|code| code.starts_with("28") || code.starts_with("3D"));
        Self { why: format!("cannot be reached: {error}"), passes: !is_wrong }
    }
}

/// The settings that durability depends on.
struct DurabilityPromises {
    fsync: String,
    full_page_writes: String,
    synchronous_commit: String,
    standbys: String,
}

impl DurabilityPromises {
    fn check(&self) -> Result<(), String> {
        if self.fsync != "on" || self.full_page_writes != "on" {
            return Err("does not write safely to its disk: set fsync = on and full_page_writes = on in postgresql.conf".into());
        }
        let has_standby = !self.standbys.trim().is_empty();
        let waits = match self.synchronous_commit.as_str() {
            "on" | "remote_apply" => true,
            "off" => false,
            // Flushed on the primary only.
            _ => !has_standby,
        };
        if waits {
            return Ok(());
        }
        Err(format!(
            "says “committed” before it is safe (synchronous_commit = {}{}): ALTER ROLE … SET synchronous_commit = on",
            self.synchronous_commit,
            if has_standby { " although a standby must have it too" } else { "" }
        ))
    }
}

fn server(url: &str) -> Result<PgConnectOptions, StoreFault> {
    let is_known = url.starts_with("postgres://") || url.starts_with("postgresql://");
    let options = if is_known { PgConnectOptions::from_str(url).ok() } else { None };
    // The address is not repeated in the error, because it may contain a password.
    options.map(|options| options.application_name("community-hub").disable_statement_logging()).ok_or_else(|| {
        StoreFault::Failed(
            "DATABASE_URL is not an address of PostgreSQL; write postgres://USER:PASSWORD@HOST/DATABASE, several with commas between them".into(),
        )
    })
}

/// Address of a server without credentials.
fn place(server: &PgConnectOptions) -> String {
    match server.get_socket() {
        Some(socket) => socket.display().to_string(),
        None => format!("{}:{}", server.get_host(), server.get_port()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_in_order_and_a_wrong_one_is_not_repeated() {
        let parse = |text: &str| PostgresServers::parse(text, MunicipalityId::parse("x").unwrap());
        let cluster =
            parse("postgres://hub:secret@one/hub, postgresql://two:5433/hub").ok().unwrap();
        assert_eq!(cluster.servers.iter().map(place).collect::<Vec<_>>(), ["one:5432", "two:5433"]);
        for wrong in ["", "mysql://secret@one/hub", "postgres://one/hub,", "/var/secret"] {
            let said = parse(wrong).err().unwrap().to_string();
            assert!(said.contains("postgres://USER") && !said.contains("secret"), "{said}");
        }
    }

    #[test]
    fn committed_must_mean_on_disk_and_with_the_standby() {
        let check = |fsync: &str, synchronous_commit: &str, standbys: &str| {
            let promises = DurabilityPromises {
                fsync: fsync.into(),
                full_page_writes: "on".into(),
                synchronous_commit: synchronous_commit.into(),
                standbys: standbys.into(),
            };
            promises.check().is_ok()
        };
        let safe =
            [("on", "on", ""), ("on", "local", ""), ("on", "on", "*"), ("on", "remote_apply", "*")];
        let not = [
            ("off", "on", ""),
            ("on", "off", ""),
            ("on", "off", "*"),
            ("on", "local", "*"),
            ("on", "remote_write", "*"),
        ];
        assert!(safe.iter().all(|(fsync, commit, standbys)| check(fsync, commit, standbys)));
        assert!(!not.iter().any(|(fsync, commit, standbys)| check(fsync, commit, standbys)));
    }
}
