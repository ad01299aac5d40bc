//! The statements of [`super::Custody`], written once for both databases, which accept numbered
//! parameters and this syntax. The databases differ only in how an exclusive transaction begins and
//! in what must be done after a deletion.

use domain::submission::{Envelope, KeyId};

/// Implements `Custody` for a store that has `municipality`, `office()` (a connection of its own),
/// `reader()` (a pooled read-only connection) and `scrub(connection)`.
macro_rules! custody {
    ($store:ty, begin alone: $begin:expr, new epoch: $epoch:expr, floor: $floor:expr, new floor: $new_floor:expr) => {
        impl $crate::Custody for $store {
            async fn erase(&self, id: SubmissionId, tombstone: Tombstone, audit: &AuditContext) -> Result<Erasure, StoreFault> {
                let (municipality, id) = (self.municipality.as_str(), id.as_bytes().as_slice());
                let mut connection = self.office().await?;
                let mut transaction = connection.begin_with($begin).await.map_err(fault)?;
                let held = sqlx::query(HOLDS).bind(municipality).bind(id);
                if held.fetch_one(&mut *transaction).await.map_err(fault)?.get::<i64, _>(0) > 0 {
                    return Ok(Erasure::Held);
                }
                let bury = sqlx::query("INSERT INTO tombstone (municipality, hash, erased_at_ms) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING");
                let bury = bury.bind(municipality).bind(tombstone.0.as_slice()).bind(audit.at_ms as i64);
                if bury.execute(&mut *transaction).await.map_err(fault)?.rows_affected() == 0 {
                    return Ok(Erasure::Already);
                }
                erase_additions!(transaction, municipality, id, audit.at_ms);
                let delete = sqlx::query("DELETE FROM submission WHERE municipality = $1 AND id = $2").bind(municipality).bind(id);
                let entries = delete.execute(&mut *transaction).await.map_err(fault)?.rows_affected();
                let delete = sqlx::query("DELETE FROM set_aside WHERE municipality = $1 AND id = $2").bind(municipality).bind(id);
                let set_aside = delete.execute(&mut *transaction).await.map_err(fault)?.rows_affected();
                let delete = sqlx::query("DELETE FROM stage WHERE municipality = $1 AND id = $2").bind(municipality).bind(id);
                delete.execute(&mut *transaction).await.map_err(fault)?;
                let delete = sqlx::query("DELETE FROM event WHERE municipality = $1 AND id = $2").bind(municipality).bind(id);
                delete.execute(&mut *transaction).await.map_err(fault)?;
                for delete in [
                    "DELETE FROM entry_alias WHERE municipality = $1 AND id = $2",
                    "DELETE FROM settled_inquiry WHERE municipality = $1 AND id = $2",
                    "DELETE FROM quarantine WHERE municipality = $1 AND id = $2",
                ] {
                    sqlx::query(delete).bind(municipality).bind(id).execute(&mut *transaction).await.map_err(fault)?;
                }
                let detail = format!("entries {entries}, set aside {set_aside}; {}", audit.reason);
                append!(transaction, self.municipality, audit, "erase", &detail);
                transaction.commit().await.map_err(fault)?;
                self.scrub(connection).await?;
                Ok(Erasure::Done { entries, set_aside })
            }

            async fn expired(&self, kind: Kind, before_ms: u64) -> Result<Expired, StoreFault> {
                let count = sqlx::query(concat!(
                    "SELECT count(*), count(CASE WHEN ", is_held!(), " THEN 1 END) FROM submission
                     WHERE municipality = $1 AND kind = $2 AND received_at_ms < $3 AND ", goes_alone!(),
                ));
                let count = count.bind(self.municipality.as_str()).bind(kind_number(kind)).bind(before_ms as i64);
                let row = count.fetch_one(&mut self.office().await?).await.map_err(fault)?;
                let (all, held) = (row.get::<i64, _>(0) as u64, row.get::<i64, _>(1) as u64);
                Ok(Expired { due: all - held, held })
            }

            async fn expire(&self, kind: Kind, before_ms: u64, most: u32, audit: &AuditContext) -> Result<u64, StoreFault> {
                let mut connection = self.office().await?;
                let mut transaction = connection.begin_with($begin).await.map_err(fault)?;
                let mut deleted = 0;
                for delete in [
                    concat!("DELETE FROM set_aside WHERE municipality = $1 AND id IN (", added_to_due!(), ")"),
                    concat!("DELETE FROM entry_alias WHERE municipality = $1 AND id IN (", added_to_due!(), ")"),
                    concat!("DELETE FROM quarantine WHERE municipality = $1 AND id IN (", added_to_due!(), ")"),
                    concat!("DELETE FROM submission WHERE municipality = $1 AND id IN (", added_to_due!(), ")"),
                    concat!("DELETE FROM set_aside WHERE municipality = $1 AND id IN (", due!(), ")"),
                    concat!("DELETE FROM stage WHERE municipality = $1 AND id IN (", due!(), ")"),
                    concat!("DELETE FROM event WHERE municipality = $1 AND id IN (", due!(), ")"),
                    concat!("DELETE FROM entry_alias WHERE municipality = $1 AND id IN (", due!(), ")"),
                    concat!("DELETE FROM settled_inquiry WHERE municipality = $1 AND id IN (", due!(), ")"),
                    concat!("DELETE FROM quarantine WHERE municipality = $1 AND id IN (", due!(), ")"),
                    concat!("DELETE FROM submission WHERE municipality = $1 AND id IN (", due!(), ")"),
                ] {
                    let delete = sqlx::query(delete).bind(self.municipality.as_str()).bind(kind_number(kind)).bind(before_ms as i64).bind(i64::from(most));
                    deleted = delete.execute(&mut *transaction).await.map_err(fault)?.rows_affected();
                }
                if deleted == 0 {
                    return Ok(0);
                }
                append!(transaction, self.municipality, audit, "retention", &format!("{kind:?} {deleted}; {}", audit.reason));
                transaction.commit().await.map_err(fault)?;
                self.scrub(connection).await?;
                Ok(deleted)
            }

            async fn hold(&self, id: SubmissionId, audit: &AuditContext) -> Result<bool, StoreFault> {
                let mut connection = self.office().await?;
                let mut transaction = connection.begin_with($begin).await.map_err(fault)?;
                let hold = sqlx::query("INSERT INTO hold (municipality, id, reason, since_ms) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING");
                let hold = hold.bind(self.municipality.as_str()).bind(id.as_bytes().as_slice()).bind(audit.reason.as_str()).bind(audit.at_ms as i64);
                if hold.execute(&mut *transaction).await.map_err(fault)?.rows_affected() == 0 {
                    return Ok(false);
                }
                let alias = alias!(transaction, self.municipality, id).unwrap_or_default();
                append!(transaction, self.municipality, audit, "hold", &format!("{alias}; {}", audit.reason));
                transaction.commit().await.map_err(fault)?;
                Ok(true)
            }

            async fn release(&self, id: SubmissionId, audit: &AuditContext) -> Result<bool, StoreFault> {
                let mut connection = self.office().await?;
                let mut transaction = connection.begin_with($begin).await.map_err(fault)?;
                let alias = alias!(transaction, self.municipality, id).unwrap_or_default();
                let release = sqlx::query("DELETE FROM hold WHERE municipality = $1 AND id = $2");
                let release = release.bind(self.municipality.as_str()).bind(id.as_bytes().as_slice());
                if release.execute(&mut *transaction).await.map_err(fault)?.rows_affected() == 0 {
                    return Ok(false);
                }
                // An alias is deleted with the hold if no submission was ever received under the
                // id.
                let forget = sqlx::query(
                    "DELETE FROM entry_alias WHERE municipality = $1 AND id = $2
                     AND NOT EXISTS (SELECT 1 FROM submission WHERE municipality = $1 AND id = $2)",
                );
                let forget = forget.bind(self.municipality.as_str()).bind(id.as_bytes().as_slice());
                forget.execute(&mut *transaction).await.map_err(fault)?;
                append!(transaction, self.municipality, audit, "release", &format!("{alias}; {}", audit.reason));
                transaction.commit().await.map_err(fault)?;
                Ok(true)
            }

            async fn holds(&self) -> Result<Vec<Hold>, StoreFault> {
                let holds = sqlx::query("SELECT id, reason, since_ms FROM hold WHERE municipality = $1 ORDER BY since_ms, id").bind(self.municipality.as_str());
                let rows = holds.fetch_all(&mut self.office().await?).await.map_err(fault)?;
                rows.iter().map(|row| Ok(Hold { id: id_in(row.get(0))?, reason: row.get(1), since_ms: row.get::<i64, _>(2) as u64 })).collect()
            }

            async fn ids_of(&self, reference: Reference) -> Result<Vec<SubmissionId>, StoreFault> {
                let mut ids = Vec::new();
                for ending in reference.endings() {
                    // Stores from before the limit per ending may have more.
                    let find = sqlx::query(
                        "SELECT id FROM submission WHERE municipality = $1 AND substr(id, 12, 5) = $2 ORDER BY received_at_ms, id LIMIT $3",
                    );
                    let find = find.bind(self.municipality.as_str()).bind(ending.as_slice()).bind(i64::from(ENTRIES_PER_ENDING_MAX));
                    let rows = read!(self, fetch_all find);
                    for row in &rows {
                        ids.push(id_in(row.get(0))?);
                    }
                }
                Ok(ids)
            }

            async fn entry(&self, id: SubmissionId) -> Result<Option<StoredSubmission>, StoreFault> {
                let find = sqlx::query(
                    "SELECT id, key, sealed, format, suite, kind, catalogue_version, received_at_ms FROM submission WHERE municipality = $1 AND id = $2
                     AND NOT EXISTS (SELECT 1 FROM quarantine WHERE municipality = $1 AND quarantine.id = $2)",
                );
                let find = find.bind(self.municipality.as_str()).bind(id.as_bytes().as_slice());
                let row = read!(self, fetch_optional find);
                row.map(|row| stored(&self.municipality, &row)).transpose()
            }

            async fn stages(&self, id: SubmissionId) -> Result<Vec<(InquiryStage, u64)>, StoreFault> {
                let find = sqlx::query("SELECT stage, at_ms FROM stage WHERE municipality = $1 AND id = $2 ORDER BY at_ms, stage");
                let find = find.bind(self.municipality.as_str()).bind(id.as_bytes().as_slice());
                let rows = read!(self, fetch_all find);
                rows.iter().map(|row| Ok((stage_in(row.get(0))?, row.get::<i64, _>(1) as u64))).collect()
            }

            async fn set_stage(&self, id: SubmissionId, stage: InquiryStage, audit: &AuditContext) -> Result<bool, StoreFault> {
                let mut connection = self.office().await?;
                let mut transaction = connection.begin_with($begin).await.map_err(fault)?;
                let say = sqlx::query(
                    "INSERT INTO stage (municipality, id, stage, at_ms) SELECT municipality, id, $3, $4 FROM submission
                     WHERE municipality = $1 AND id = $2 ON CONFLICT DO NOTHING",
                );
                let say = say.bind(self.municipality.as_str()).bind(id.as_bytes().as_slice()).bind(i64::from(stage.number())).bind(audit.at_ms as i64);
                if say.execute(&mut *transaction).await.map_err(fault)?.rows_affected() == 0 {
                    return Ok(false);
                }
                let alias = alias!(transaction, self.municipality, id).unwrap_or_default();
                append!(transaction, self.municipality, audit, "stage", &format!("{alias} {stage:?}; {}", audit.reason));
                transaction.commit().await.map_err(fault)?;
                Ok(true)
            }

            async fn begin_epoch(&self, epoch: [u8; 16], audit: &AuditContext) -> Result<(), StoreFault> {
                let mut connection = self.office().await?;
                let mut transaction = connection.begin_with($begin).await.map_err(fault)?;
                let begin = sqlx::query($epoch).bind(self.municipality.as_str()).bind(epoch.as_slice());
                if begin.execute(&mut *transaction).await.map_err(fault)?.rows_affected() != 1 {
                    return Err(StoreFault::Failed("the store has no epoch".into()));
                }
                let before = sqlx::query($floor).bind(self.municipality.as_str()).fetch_optional(&mut *transaction).await.map_err(fault)?;
                let floor = floor_after(before.map_or(0, |row| floor_in(&row.get::<Vec<u8>, _>(0))), audit.at_ms);
                let raise = sqlx::query($new_floor).bind(self.municipality.as_str()).bind(floor.to_be_bytes().to_vec());
                raise.execute(&mut *transaction).await.map_err(fault)?;
                append!(transaction, self.municipality, audit, "restored", &audit.reason);
                transaction.commit().await.map_err(fault)
            }

            async fn note(&self, what: &str, audit: &AuditContext) -> Result<(), StoreFault> {
                let mut connection = self.office().await?;
                let mut transaction = connection.begin_with($begin).await.map_err(fault)?;
                append!(transaction, self.municipality, audit, what, &audit.reason);
                transaction.commit().await.map_err(fault)
            }

            async fn claim(&self, what: &str, since_ms: u64, audit: &AuditContext) -> Result<bool, StoreFault> {
                let mut connection = self.office().await?;
                let mut transaction = connection.begin_with($begin).await.map_err(fault)?;
                let find = sqlx::query(LAST_NOTED).bind(self.municipality.as_str()).bind(what).bind(audit.at_ms as i64);
                let last = find.fetch_optional(&mut *transaction).await.map_err(fault)?;
                if last.is_some_and(|row| row.get::<i64, _>(0) as u64 >= since_ms) {
                    return Ok(false);
                }
                append!(transaction, self.municipality, audit, what, &audit.reason);
                transaction.commit().await.map_err(fault)?;
                Ok(true)
            }

            async fn set_aside_rows(&self, most: u32) -> Result<Vec<SetAsideRow>, StoreFault> {
                let page = sqlx::query(
                    "SELECT id, received_at_ms, CAST(length(envelope) AS BIGINT) FROM set_aside WHERE municipality = $1
                     ORDER BY received_at_ms DESC LIMIT $2",
                );
                let page = page.bind(self.municipality.as_str()).bind(i64::from(most));
                let rows = read!(self, fetch_all page);
                let read = rows.iter().map(|row| Ok(SetAsideRow {
                    id: id_in(row.get(0))?,
                    received_at_ms: row.get::<i64, _>(1) as u64,
                    bytes: row.get::<i64, _>(2) as u64,
                }));
                read.collect()
            }

            async fn last_noted(&self, what: &str, until_ms: u64) -> Result<Option<u64>, StoreFault> {
                let find = sqlx::query(LAST_NOTED).bind(self.municipality.as_str()).bind(what).bind(in_range(until_ms));
                Ok(read!(self, fetch_optional find).map(|row| row.get::<i64, _>(0) as u64))
            }

            async fn newest(&self, until_ms: u64) -> Result<Option<u64>, StoreFault> {
                let find = sqlx::query(
                    "SELECT at_ms FROM audit WHERE municipality = $1 AND at_ms <= $2 ORDER BY number DESC LIMIT 1",
                );
                let find = find.bind(self.municipality.as_str()).bind(in_range(until_ms));
                let mut newest = read!(self, fetch_optional find).map(|row| row.get::<i64, _>(0) as u64);
                for kind in Kind::ALL {
                    let find = sqlx::query(
                        "SELECT received_at_ms FROM submission WHERE municipality = $1 AND kind = $2 AND received_at_ms <= $3
                         ORDER BY received_at_ms DESC LIMIT 1",
                    );
                    let find = find.bind(self.municipality.as_str()).bind(kind_number(kind)).bind(in_range(until_ms));
                    newest = newest.max(read!(self, fetch_optional find).map(|row| row.get::<i64, _>(0) as u64));
                }
                Ok(newest)
            }

            async fn note_of(&self, id: SubmissionId, what: &str, audit: &AuditContext) -> Result<bool, StoreFault> {
                let mut connection = self.office().await?;
                let mut transaction = connection.begin_with($begin).await.map_err(fault)?;
                let Some(alias) = alias!(transaction, self.municipality, id) else { return Ok(false) };
                append!(transaction, self.municipality, audit, what, &about(&alias, &audit.reason));
                transaction.commit().await.map_err(fault)?;
                Ok(true)
            }

            async fn alias(&self, id: SubmissionId) -> Result<Option<String>, StoreFault> {
                let mut connection = self.office().await?;
                let mut transaction = connection.begin_with($begin).await.map_err(fault)?;
                let alias = alias!(transaction, self.municipality, id);
                transaction.commit().await.map_err(fault)?;
                Ok(alias)
            }

            async fn changes(&self, after: u64, most: u32) -> Result<Vec<AuditedChange>, StoreFault> {
                let page = sqlx::query(
                    "SELECT audit.number, audit.what, audit.detail, entry_alias.id FROM audit
                     LEFT JOIN entry_alias ON entry_alias.municipality = audit.municipality AND entry_alias.alias = substr(audit.detail, 1, 18)
                     WHERE audit.municipality = $1 AND audit.number > $2 ORDER BY audit.number LIMIT $3",
                );
                let page = page.bind(self.municipality.as_str()).bind(after as i64).bind(i64::from(most));
                let rows = read!(self, fetch_all page);
                let read = rows.iter().map(|row| {
                    let id = row.get::<Option<Vec<u8>>, _>(3).map(id_in).transpose()?;
                    Ok(AuditedChange::of(row.get::<i64, _>(0) as u64, &row.get::<String, _>(1), &row.get::<String, _>(2), id))
                });
                read.collect()
            }

            async fn edition_floor(&self) -> Result<u32, StoreFault> {
                let find = sqlx::query($floor).bind(self.municipality.as_str());
                let row = read!(self, fetch_optional find);
                Ok(row.map_or(0, |row| floor_in(&row.get::<Vec<u8>, _>(0))))
            }

            async fn sealed_to(&self, key: KeyId) -> Result<u64, StoreFault> {
                let count = sqlx::query("SELECT count(*) FROM submission WHERE municipality = $1 AND key = $2");
                let count = count.bind(self.municipality.as_str()).bind(key.0.as_slice());
                let kept = read!(self, fetch_one count).get::<i64, _>(0) as u64;
                let (mut aside, mut after): (u64, (Vec<u8>, Vec<u8>)) = (0, Default::default());
                loop {
                    let page = sqlx::query(
                        "SELECT id, body_hash, envelope FROM set_aside WHERE municipality = $1 AND (id, body_hash) > ($2, $3)
                         ORDER BY id, body_hash LIMIT $4",
                    );
                    let page = page.bind(self.municipality.as_str()).bind(after.0).bind(after.1).bind(ASIDE_AT_ONCE);
                    let rows = read!(self, fetch_all page);
                    let Some(last) = rows.last() else { return Ok(kept + aside) };
                    after = (last.get(0), last.get(1));
                    aside += rows.iter().filter(|row| is_sealed_to(&row.get::<Vec<u8>, _>(2), key)).count() as u64;
                }
            }

            async fn last_audit_number(&self) -> Result<u64, StoreFault> {
                let last = sqlx::query("SELECT coalesce(max(number), 0) FROM audit WHERE municipality = $1").bind(self.municipality.as_str());
                Ok(read!(self, fetch_one last).get::<i64, _>(0) as u64)
            }

            async fn audit(&self, after: u64, most: u32) -> Result<Vec<AuditEntry>, StoreFault> {
                let page = sqlx::query(
                    "SELECT number, at_ms, who, what, detail, previous, hash FROM audit WHERE municipality = $1 AND number > $2 ORDER BY number LIMIT $3",
                );
                let page = page.bind(self.municipality.as_str()).bind(after as i64).bind(i64::from(most));
                let rows = read!(self, fetch_all page);
                let read = rows.iter().map(|row| {
                    let (number, at_ms) = (row.get::<i64, _>(0) as u64, row.get::<i64, _>(1) as u64);
                    let (previous, hash) = (link_in(row.get(5))?, link_in(row.get(6))?);
                    Ok(AuditEntry { number, at_ms, who: row.get(2), what: row.get(3), detail: row.get(4), previous, hash })
                });
                read.collect()
            }
        }
    };
}

/// Whether a row of `submission` is held, or belongs to a question of which something is held: a
/// question and its additions have the same lookup.
macro_rules! is_held {
    () => {
        "(submission.id IN (SELECT id FROM hold WHERE municipality = $1)
          OR (kind IN (1, 7) AND coalesce(length(lookup), 0) > 0
              AND lookup IN (SELECT held.lookup FROM submission held, hold WHERE hold.municipality = $1
                             AND held.municipality = $1 AND held.id = hold.id AND held.kind IN (1, 7) AND held.lookup IS NOT NULL)))"
    };
}

/// Whether a row of `submission` is deleted by its own age: an addition goes with its question.
macro_rules! goes_alone {
    () => {
        "NOT (kind = 7 AND EXISTS (SELECT 1 FROM submission question WHERE question.municipality = $1
              AND question.lookup = submission.lookup AND question.kind = 1))"
    };
}

/// The oldest submissions of a kind (`$2`) received before `$3` that may be deleted, at most `$4`.
macro_rules! due {
    () => {
        concat!(
            "SELECT id FROM submission WHERE municipality = $1 AND kind = $2 AND received_at_ms < $3
             AND NOT ", is_held!(), " AND ", goes_alone!(), " ORDER BY received_at_ms, id LIMIT $4"
        )
    };
}

/// The additions to those of them that are questions.
macro_rules! added_to_due {
    () => {
        concat!(
            "SELECT added.id FROM submission added, submission question WHERE question.municipality = $1 AND question.kind = 1
             AND added.municipality = $1 AND added.kind = 7 AND added.lookup = question.lookup AND question.id IN (", due!(), ")"
        )
    };
}

/// Holds on the submission `$2`, and on any other of the same question.
pub(crate) const HOLDS: &str = "SELECT count(*) FROM hold WHERE municipality = $1 AND (id = $2 OR id IN (
    SELECT other.id FROM submission this, submission other WHERE this.municipality = $1 AND this.id = $2 AND this.kind IN (1, 7)
    AND length(this.lookup) > 0 AND other.municipality = $1 AND other.lookup = this.lookup AND other.kind IN (1, 7)))";

/// The additions to the question `$2`.
macro_rules! added_to {
    () => {
        "SELECT added.id FROM submission added, submission question WHERE question.municipality = $1 AND question.id = $2
         AND question.kind = 1 AND added.municipality = $1 AND added.kind = 7 AND added.lookup = question.lookup"
    };
}

/// Deletes the additions to a question that is about to be erased, and leaves a tombstone of its
/// lookup, so that no other is stored.
macro_rules! erase_additions {
    ($transaction:ident, $municipality:expr, $id:expr, $at_ms:expr) => {{
        let bury = sqlx::query(
            "INSERT INTO tombstone (municipality, hash, erased_at_ms) SELECT municipality, lookup, $3 FROM submission
             WHERE municipality = $1 AND id = $2 AND kind = 1 AND length(lookup) > 0 ON CONFLICT DO NOTHING",
        );
        let bury = bury.bind($municipality).bind($id).bind($at_ms as i64);
        bury.execute(&mut *$transaction).await.map_err(fault)?;
        for delete in [
            concat!("DELETE FROM set_aside WHERE municipality = $1 AND id IN (", added_to!(), ")"),
            concat!("DELETE FROM entry_alias WHERE municipality = $1 AND id IN (", added_to!(), ")"),
            concat!("DELETE FROM quarantine WHERE municipality = $1 AND id IN (", added_to!(), ")"),
            concat!("DELETE FROM submission WHERE municipality = $1 AND id IN (", added_to!(), ")"),
        ] {
            sqlx::query(delete).bind($municipality).bind($id).execute(&mut *$transaction).await.map_err(fault)?;
        }
    }};
}

/// The time of the last entry `$2` of the audit log up to `$3`. Reads backwards from the end, so it
/// is fast for what was recorded lately.
pub(crate) const LAST_NOTED: &str = "SELECT at_ms FROM audit WHERE municipality = $1 AND what = $2 AND at_ms <= $3 ORDER BY number DESC LIMIT 1";

/// A time as the databases store it.
pub(crate) fn in_range(ms: u64) -> i64 {
    i64::try_from(ms).unwrap_or(i64::MAX)
}

/// Rows per query, with an envelope of up to 64 KB each.
pub(crate) const ASIDE_AT_ONCE: i64 = 100;

/// A submission's alias, followed by the detail if there is one.
pub(crate) fn about(alias: &str, said: &str) -> String {
    if said.is_empty() { alias.into() } else { format!("{alias}; {said}") }
}

/// Whether an envelope is sealed to a key. True for one that cannot be parsed, because it might be.
pub(crate) fn is_sealed_to(envelope: &[u8], key: KeyId) -> bool {
    postcard::from_bytes::<Envelope>(envelope).map_or(true, |envelope| envelope.header.key == key)
}

/// The number in a stored value of 4 bytes, big-endian; 0 for any other length.
pub(crate) fn floor_in(bytes: &[u8]) -> u32 {
    bytes.try_into().map_or(0, u32::from_be_bytes)
}

/// Returns the alias of a submission that is stored or held, and generates it if needed. Must run
/// in an exclusive transaction.
macro_rules! alias {
    ($transaction:ident, $municipality:expr, $id:expr) => {{
        let (municipality, id) = ($municipality.as_str(), $id.as_bytes().as_slice());
        let make = sqlx::query(
            "INSERT INTO entry_alias (municipality, id, alias) SELECT municipality, id, $3 FROM submission WHERE municipality = $1 AND id = $2
             UNION SELECT municipality, id, $3 FROM hold WHERE municipality = $1 AND id = $2 ON CONFLICT DO NOTHING",
        );
        let make = make.bind(municipality).bind(id).bind(crate::audit::fresh_alias());
        make.execute(&mut *$transaction).await.map_err(fault)?;
        let find = sqlx::query("SELECT alias FROM entry_alias WHERE municipality = $1 AND id = $2").bind(municipality).bind(id);
        find.fetch_optional(&mut *$transaction).await.map_err(fault)?.map(|row| row.get::<String, _>(0))
    }};
}

/// Appends a row to the audit log. Must run in an exclusive transaction.
macro_rules! append {
    ($transaction:ident, $municipality:expr, $audit:expr, $what:expr, $detail:expr) => {{
        let last = sqlx::query("SELECT number, hash FROM audit WHERE municipality = $1 ORDER BY number DESC LIMIT 1").bind($municipality.as_str());
        let last = match last.fetch_optional(&mut *$transaction).await.map_err(fault)? {
            Some(row) => (row.get::<i64, _>(0) as u64, link_in(row.get(1))?),
            None => (0, BEGINNING),
        };
        let entry = AuditEntry::after(last, &$municipality, $audit.at_ms, [&$audit.who, $what, $detail]);
        let add = sqlx::query("INSERT INTO audit (municipality, number, at_ms, who, what, detail, previous, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)");
        let add = add.bind($municipality.as_str()).bind(entry.number as i64).bind(entry.at_ms as i64).bind(entry.who).bind(entry.what).bind(entry.detail);
        add.bind(entry.previous.as_slice()).bind(entry.hash.as_slice()).execute(&mut *$transaction).await.map_err(fault)?;
    }};
}

pub(crate) use {
    added_to, added_to_due, alias, append, custody, due, erase_additions, goes_alone, is_held,
};
