//! The statements of [`super::SenderStore`], written once for both databases.

/// Implements `SenderStore` for a store that has what `custody!` requires.
macro_rules! senders {
    ($store:ty, begin alone: $begin:expr) => {
        impl $crate::SenderStore for $store {
            async fn standing(&self, entries: &[(SubmissionId, BodyHash)]) -> Result<Vec<bool>, StoreFault> {
                let mut reader = self.reader().await?;
                let mut standing = Vec::with_capacity(entries.len());
                for (id, body) in entries {
                    let find = sqlx::query("SELECT body_hash FROM submission WHERE municipality = $1 AND id = $2");
                    let find = find.bind(self.municipality.as_str()).bind(id.as_bytes().as_slice());
                    let row = find.fetch_optional(reader.connection()).await.map_err(fault)?;
                    standing.push(row.is_some_and(|row| row.get::<Vec<u8>, _>(0) == body.0));
                }
                reader.put_back();
                Ok(standing)
            }

            async fn senders(&self, from_ms: u64, until_ms: u64) -> Result<Vec<SentKind>, StoreFault> {
                let mut senders = Vec::new();
                // One query per kind, in the order of the index.
                for kind in Kind::ALL {
                    let sums = sqlx::query(
                        "SELECT sender, count(*), CAST(sum(length(sealed)) AS BIGINT), count(quarantine.id) FROM submission
                         LEFT JOIN quarantine ON quarantine.municipality = submission.municipality AND quarantine.id = submission.id
                         WHERE submission.municipality = $1 AND kind = $2 AND received_at_ms >= $3 AND received_at_ms < $4 AND sender IS NOT NULL
                         GROUP BY sender",
                    );
                    let sums = sums.bind(self.municipality.as_str()).bind(kind_number(kind)).bind(from_ms as i64).bind(until_ms as i64);
                    for row in &read!(self, fetch_all sums) {
                        let number = |at: usize| row.get::<i64, _>(at) as u64;
                        let sender = sender_in(row.get(0))?;
                        senders.push(SentKind { sender, kind, entries: number(1), bytes: number(2), quarantined: number(3) });
                    }
                }
                Ok(senders)
            }

            async fn sent_by(&self, sender: SenderTag, from_ms: u64, until_ms: u64) -> Result<Vec<SentEntry>, StoreFault> {
                let mut entries = Vec::new();
                for kind in Kind::ALL {
                    let find = sqlx::query(
                        "SELECT submission.id, received_at_ms, CAST(CASE WHEN quarantine.id IS NULL THEN 0 ELSE 1 END AS BIGINT) FROM submission
                         LEFT JOIN quarantine ON quarantine.municipality = submission.municipality AND quarantine.id = submission.id
                         WHERE submission.municipality = $1 AND kind = $2 AND received_at_ms >= $3 AND received_at_ms < $4 AND sender = $5
                         ORDER BY received_at_ms, submission.id",
                    );
                    let find = find.bind(self.municipality.as_str()).bind(kind_number(kind)).bind(from_ms as i64).bind(until_ms as i64);
                    for row in &read!(self, fetch_all find.bind(sender.0.as_slice())) {
                        let (received_at_ms, is_quarantined) = (row.get::<i64, _>(1) as u64, row.get::<i64, _>(2) != 0);
                        entries.push(SentEntry { id: id_in(row.get(0))?, kind, received_at_ms, is_quarantined });
                    }
                }
                Ok(entries)
            }

            async fn entry_in_or_out_of_sight(&self, id: SubmissionId) -> Result<Option<StoredSubmission>, StoreFault> {
                let find = sqlx::query(
                    "SELECT id, key, sealed, format, suite, kind, catalogue_version, received_at_ms FROM submission WHERE municipality = $1 AND id = $2",
                );
                let find = find.bind(self.municipality.as_str()).bind(id.as_bytes().as_slice());
                let row = read!(self, fetch_optional find);
                row.map(|row| stored(&self.municipality, &row)).transpose()
            }

            async fn quarantine(&self, ids: &[SubmissionId], audit: &AuditContext) -> Result<u64, StoreFault> {
                let mut connection = self.office().await?;
                let mut transaction = connection.begin_with($begin).await.map_err(fault)?;
                let mut count = 0;
                for id in ids {
                    let put = sqlx::query(
                        "INSERT INTO quarantine (municipality, id, since_ms) SELECT municipality, id, $3 FROM submission
                         WHERE municipality = $1 AND id = $2 ON CONFLICT DO NOTHING",
                    );
                    let put = put.bind(self.municipality.as_str()).bind(id.as_bytes().as_slice()).bind(audit.at_ms as i64);
                    count += put.execute(&mut *transaction).await.map_err(fault)?.rows_affected();
                }
                if count > 0 {
                    append!(transaction, self.municipality, audit, SET_ASIDE, &format!("entries {count}; {}", audit.reason));
                    transaction.commit().await.map_err(fault)?;
                }
                Ok(count)
            }

            async fn put_back(&self, ids: &[SubmissionId], audit: &AuditContext) -> Result<u64, StoreFault> {
                let mut connection = self.office().await?;
                let mut transaction = connection.begin_with($begin).await.map_err(fault)?;
                let mut count = 0;
                for id in ids {
                    let take = sqlx::query("DELETE FROM quarantine WHERE municipality = $1 AND id = $2");
                    let take = take.bind(self.municipality.as_str()).bind(id.as_bytes().as_slice());
                    count += take.execute(&mut *transaction).await.map_err(fault)?.rows_affected();
                }
                if count > 0 {
                    append!(transaction, self.municipality, audit, PUT_BACK, &format!("entries {count}; {}", audit.reason));
                    transaction.commit().await.map_err(fault)?;
                }
                Ok(count)
            }

            async fn erase_many(&self, entries: &[(SubmissionId, Tombstone)], alone: &[SubmissionId], audit: &AuditContext) -> Result<ErasedMany, StoreFault> {
                let municipality = self.municipality.as_str();
                let mut connection = self.office().await?;
                let mut transaction = connection.begin_with($begin).await.map_err(fault)?;
                let mut outcome = ErasedMany::default();
                for (id, tombstone) in entries {
                    let is_alone = alone.contains(id);
                    let id = id.as_bytes().as_slice();
                    let held = sqlx::query(HOLDS).bind(municipality).bind(id);
                    if held.fetch_one(&mut *transaction).await.map_err(fault)?.get::<i64, _>(0) > 0 {
                        outcome.held += 1;
                        continue;
                    }
                    // The history of its question has its words too, so it alone is not deleted.
                    let question = sqlx::query(
                        "SELECT 1 FROM submission added, submission question WHERE added.municipality = $1 AND added.id = $2 AND added.kind = 7
                         AND length(added.lookup) > 0 AND question.municipality = $1 AND question.kind = 1 AND question.lookup = added.lookup LIMIT 1",
                    );
                    let question = question.bind(municipality).bind(id);
                    if !is_alone && question.fetch_optional(&mut *transaction).await.map_err(fault)?.is_some() {
                        outcome.with_question += 1;
                        continue;
                    }
                    let bury = sqlx::query("INSERT INTO tombstone (municipality, hash, erased_at_ms) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING");
                    let bury = bury.bind(municipality).bind(tombstone.0.as_slice()).bind(audit.at_ms as i64);
                    bury.execute(&mut *transaction).await.map_err(fault)?;
                    // Deletes everything that belongs to the submission, as `erase` does.
                    erase_additions!(transaction, municipality, id, audit.at_ms);
                    let mut deleted = 0;
                    for delete in [
                        "DELETE FROM set_aside WHERE municipality = $1 AND id = $2",
                        "DELETE FROM stage WHERE municipality = $1 AND id = $2",
                        "DELETE FROM event WHERE municipality = $1 AND id = $2",
                        "DELETE FROM settled_inquiry WHERE municipality = $1 AND id = $2",
                        "DELETE FROM quarantine WHERE municipality = $1 AND id = $2",
                        "DELETE FROM entry_alias WHERE municipality = $1 AND id = $2",
                        "DELETE FROM submission WHERE municipality = $1 AND id = $2",
                    ] {
                        deleted = sqlx::query(delete).bind(municipality).bind(id).execute(&mut *transaction).await.map_err(fault)?.rows_affected();
                    }
                    outcome.erased += deleted;
                }
                if outcome.erased > 0 {
                    let ErasedMany { erased, held, with_question } = outcome;
                    let left = if with_question > 0 { format!(", kept with their question {with_question}") } else { String::new() };
                    let detail = format!("entries {erased}, held and kept {held}{left}; {}", audit.reason);
                    append!(transaction, self.municipality, audit, ERASE_MANY, &detail);
                }
                transaction.commit().await.map_err(fault)?;
                self.scrub(connection).await?;
                Ok(outcome)
            }

            async fn forget_senders(&self, from_ms: u64, until_ms: u64, most: u32) -> Result<u64, StoreFault> {
                let mut forgotten = 0;
                for kind in Kind::ALL {
                    let find = sqlx::query(
                        "SELECT id FROM submission WHERE municipality = $1 AND kind = $2 AND received_at_ms >= $3 AND received_at_ms < $4
                         AND sender IS NOT NULL ORDER BY received_at_ms LIMIT $5",
                    );
                    let find = find.bind(self.municipality.as_str()).bind(kind_number(kind)).bind(from_ms as i64).bind(until_ms as i64);
                    let rows = read!(self, fetch_all find.bind(i64::from(most)));
                    if rows.is_empty() {
                        continue;
                    }
                    let mut connection = self.office().await?;
                    let mut transaction = connection.begin().await.map_err(fault)?;
                    for row in &rows {
                        let forget = sqlx::query("UPDATE submission SET sender = NULL WHERE municipality = $1 AND id = $2");
                        let forget = forget.bind(self.municipality.as_str()).bind(row.get::<Vec<u8>, _>(0));
                        forgotten += forget.execute(&mut *transaction).await.map_err(fault)?.rows_affected();
                    }
                    transaction.commit().await.map_err(fault)?;
                }
                Ok(forgotten)
            }
        }
    };
}

pub(crate) use senders;
