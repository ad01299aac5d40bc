//! The statements of [`super::OfficeStore`], written once for both databases.

/// Implements `OfficeStore` for a store that has `municipality`, `office()` (a connection of its
/// own) and `reader()` (a pooled read-only connection).
macro_rules! office {
    ($store:ty, row: $row:ty, begin alone: $begin:expr) => {
        impl $crate::OfficeStore for $store {
            async fn append(
                &self,
                event: &EventRow,
                stage: Option<InquiryStage>,
                what: &str,
                audit: &AuditContext,
                settled: Option<&[u8]>,
            ) -> Result<bool, StoreFault> {
                let mut connection = self.office().await?;
                let mut transaction = connection.begin_with($begin).await.map_err(fault)?;
                if !append_event!(transaction, self.municipality, event, stage, what, audit, settled) {
                    return Ok(false);
                }
                transaction.commit().await.map_err(fault)?;
                Ok(true)
            }

            async fn append_all(&self, all: &[NewCaseEvent]) -> Result<u64, StoreFault> {
                let mut connection = self.office().await?;
                let mut transaction = connection.begin_with($begin).await.map_err(fault)?;
                let mut added = 0;
                for NewCaseEvent { event, stage, what, audit } in all {
                    added += u64::from(append_event!(transaction, self.municipality, event, *stage, what, audit, None::<&[u8]>));
                }
                transaction.commit().await.map_err(fault)?;
                Ok(added)
            }

            async fn events(&self, id: SubmissionId) -> Result<Vec<EventRow>, StoreFault> {
                let find = sqlx::query("SELECT id, number, at_ms, who, sealed FROM event WHERE municipality = $1 AND id = $2 ORDER BY number");
                let find = find.bind(self.municipality.as_str()).bind(id.as_bytes().as_slice());
                let rows = read!(self, fetch_all find);
                rows.iter().map(event_in).collect()
            }

            async fn events_since(&self, since_ms: u64, after: Option<(u64, SubmissionId, u32)>, most: u32) -> Result<Vec<EventRow>, StoreFault> {
                let (after_ms, after_id, after_number) =
                    after.map_or((0, Vec::new(), 0), |(ms, id, number)| (ms as i64, id.as_bytes().to_vec(), i64::from(number)));
                let page = sqlx::query(
                    "SELECT id, number, at_ms, who, sealed FROM event WHERE municipality = $1 AND at_ms >= $2 AND (at_ms, id, number) > ($3, $4, $5)
                     ORDER BY at_ms, id, number LIMIT $6",
                );
                let page = page
                    .bind(self.municipality.as_str())
                    .bind(since_ms.max(after.map_or(0, |(ms, ..)| ms)) as i64)
                    .bind(after_ms)
                    .bind(after_id)
                    .bind(after_number);
                let rows = read!(self, fetch_all page.bind(i64::from(most)));
                rows.iter().map(event_in).collect()
            }

            async fn append_act(&self, ledger: LedgerKind, row: &ActRow, what: &str, audit: &AuditContext) -> Result<bool, StoreFault> {
                let mut connection = self.office().await?;
                let mut transaction = connection.begin_with($begin).await.map_err(fault)?;
                let add = sqlx::query(match ledger {
                    LedgerKind::Survey => "INSERT INTO survey_entry (municipality, number, at_ms, who, sealed) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
                    LedgerKind::Counter => "INSERT INTO counter_entry (municipality, number, at_ms, who, sealed) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
                });
                let add = add.bind(self.municipality.as_str()).bind(i64::from(row.number)).bind(row.at_ms as i64).bind(&row.who).bind(&row.sealed);
                if add.execute(&mut *transaction).await.map_err(fault)?.rows_affected() == 0 {
                    return Ok(false);
                }
                append!(transaction, self.municipality, audit, what, &audit.reason);
                transaction.commit().await.map_err(fault)?;
                Ok(true)
            }

            async fn acts(&self, ledger: LedgerKind, after: u32) -> Result<Vec<ActRow>, StoreFault> {
                let find = sqlx::query(match ledger {
                    LedgerKind::Survey => "SELECT number, at_ms, who, sealed FROM survey_entry WHERE municipality = $1 AND number > $2 ORDER BY number",
                    LedgerKind::Counter => "SELECT number, at_ms, who, sealed FROM counter_entry WHERE municipality = $1 AND number > $2 ORDER BY number",
                });
                let rows = read!(self, fetch_all find.bind(self.municipality.as_str()).bind(i64::from(after)));
                let read =
                    |row: &$row| ActRow { number: row.get::<i64, _>(0) as u32, at_ms: row.get::<i64, _>(1) as u64, who: row.get(2), sealed: row.get(3) };
                Ok(rows.iter().map(read).collect())
            }

            async fn see_device(&self, seen: &SeenRow) -> Result<(), StoreFault> {
                let see = sqlx::query(
                    "INSERT INTO device_seen (municipality, device, at_ms, state) VALUES ($1, $2, $3, $4)
                     ON CONFLICT (municipality, device) DO UPDATE SET at_ms = excluded.at_ms, state = excluded.state",
                );
                let see = see.bind(self.municipality.as_str()).bind(seen.device.as_str()).bind(seen.at_ms as i64).bind(&seen.state);
                see.execute(&mut self.office().await?).await.map(|_| ()).map_err(fault)
            }

            async fn devices(&self) -> Result<Vec<SeenRow>, StoreFault> {
                let find = sqlx::query("SELECT device, at_ms, state FROM device_seen WHERE municipality = $1 ORDER BY device");
                let rows = read!(self, fetch_all find.bind(self.municipality.as_str()));
                let read = |row: &$row| {
                    let device = TerminalId::parse(row.get(0)).map_err(|error| StoreFault::Failed(error.to_string()))?;
                    Ok(SeenRow { device, at_ms: row.get::<i64, _>(1) as u64, state: row.get(2) })
                };
                rows.iter().map(read).collect()
            }

            async fn places(
                &self,
                kind: Kind,
                since_ms: u64,
                after: Option<(u64, SubmissionId)>,
                most: u32,
            ) -> Result<Vec<(u64, SubmissionId)>, StoreFault> {
                let (after_ms, after_id) = place(after);
                // The index covers all columns of this query.
                let page = sqlx::query(
                    "SELECT received_at_ms, id FROM submission WHERE municipality = $1 AND kind = $2 AND received_at_ms >= $3
                     AND (received_at_ms, id) > ($4, $5)
                     AND NOT EXISTS (SELECT 1 FROM quarantine WHERE municipality = $1 AND quarantine.id = submission.id)
                     ORDER BY received_at_ms, id LIMIT $6",
                );
                let page = page.bind(self.municipality.as_str()).bind(kind_number(kind)).bind(since_ms.max(after_ms as u64) as i64);
                let page = page.bind(after_ms).bind(after_id).bind(i64::from(most));
                let rows = read!(self, fetch_all page);
                rows.iter().map(|row| Ok((row.get::<i64, _>(0) as u64, id_in(row.get(1))?))).collect()
            }

            async fn unsettled(
                &self,
                closed_once: bool,
                after: Option<PagePosition>,
                most: u32,
            ) -> Result<Vec<(StoredSubmission, Vec<EventRow>)>, StoreFault> {
                let (after_ms, after_id) = place(after);
                let page = sqlx::query(match closed_once {
                    true => unsettled!("EXISTS"),
                    false => unsettled!("NOT EXISTS"),
                });
                let page = page.bind(self.municipality.as_str()).bind(kind_number(Kind::Inquiry));
                let page = page.bind(i64::from(InquiryStage::Closed.number())).bind(after_ms).bind(after_id).bind(i64::from(most));
                let rows = read!(self, fetch_all page);
                let mut found = Vec::with_capacity(rows.len());
                for row in &rows {
                    let entry = stored(&self.municipality, row)?;
                    let events = self.events(entry.envelope.header.id).await?;
                    found.push((entry, events));
                }
                Ok(found)
            }

            async fn settled(&self, after: Option<SubmissionId>, most: u32) -> Result<Vec<SettledRow>, StoreFault> {
                let page = sqlx::query(
                    "SELECT id, last_event, sealed FROM settled_inquiry WHERE municipality = $1 AND id > $2
                     AND NOT EXISTS (SELECT 1 FROM quarantine WHERE municipality = $1 AND quarantine.id = settled_inquiry.id)
                     ORDER BY id LIMIT $3",
                );
                let after = after.map(|id| id.as_bytes().to_vec()).unwrap_or_default();
                let rows = read!(self, fetch_all page.bind(self.municipality.as_str()).bind(after).bind(i64::from(most)));
                let read = |row: &$row| {
                    Ok(SettledRow { id: id_in(row.get(0))?, last_event: row.get::<i64, _>(1) as u32, sealed: row.get(2) })
                };
                rows.iter().map(read).collect()
            }

            async fn put_settled(&self, rows: &[SettledRow]) -> Result<(), StoreFault> {
                let mut connection = self.office().await?;
                let mut transaction = connection.begin_with($begin).await.map_err(fault)?;
                for row in rows {
                    let put = sqlx::query(
                        "INSERT INTO settled_inquiry (municipality, id, last_event, sealed) SELECT municipality, id, $3, $4 FROM submission
                         WHERE municipality = $1 AND id = $2
                         AND $3 = (SELECT coalesce(max(number), 0) FROM event WHERE municipality = $1 AND id = $2) ON CONFLICT DO NOTHING",
                    );
                    let put = put.bind(self.municipality.as_str()).bind(row.id.as_bytes().as_slice());
                    let put = put.bind(i64::from(row.last_event)).bind(&row.sealed);
                    put.execute(&mut *transaction).await.map_err(fault)?;
                }
                transaction.commit().await.map_err(fault)
            }

            async fn inquiries_before(&self, before: Option<PagePosition>, most: u32) -> Result<Vec<(StoredSubmission, Vec<EventRow>)>, StoreFault> {
                let (before_ms, before_id) = before.map_or((i64::MAX, Vec::new()), |(ms, id)| (ms as i64, id.as_bytes().to_vec()));
                let page = sqlx::query(
                    "SELECT id, format, suite, kind, key, catalogue_version, sealed, received_at_ms FROM submission
                     WHERE municipality = $1 AND kind = $2 AND received_at_ms <= $3 AND (received_at_ms, id) < ($3, $4)
                     AND NOT EXISTS (SELECT 1 FROM quarantine WHERE municipality = $1 AND quarantine.id = submission.id)
                     ORDER BY received_at_ms DESC, id DESC LIMIT $5",
                );
                let page = page.bind(self.municipality.as_str()).bind(kind_number(Kind::Inquiry));
                let rows = read!(self, fetch_all page.bind(before_ms).bind(before_id).bind(i64::from(most)));
                let entries = rows.iter().map(|row| stored(&self.municipality, row)).collect::<Result<Vec<_>, _>>()?;
                let (Some(newest), Some(oldest)) = (entries.first(), entries.last()) else { return Ok(Vec::new()) };
                let find = sqlx::query(
                    "SELECT event.id, number, at_ms, who, event.sealed FROM submission CROSS JOIN event
                     WHERE event.municipality = submission.municipality AND event.id = submission.id
                     AND submission.municipality = $1 AND kind = $2 AND received_at_ms >= $3 AND received_at_ms <= $5
                     AND (received_at_ms, submission.id) >= ($3, $4) AND (received_at_ms, submission.id) <= ($5, $6)
                     ORDER BY event.id, number",
                );
                let find = find.bind(self.municipality.as_str()).bind(kind_number(Kind::Inquiry));
                let find = find.bind(oldest.received_at_ms as i64).bind(oldest.envelope.header.id.as_bytes().as_slice());
                let find = find.bind(newest.received_at_ms as i64).bind(newest.envelope.header.id.as_bytes().as_slice());
                let rows = read!(self, fetch_all find);
                let mut events: HashMap<SubmissionId, Vec<EventRow>> = HashMap::new();
                for row in &rows {
                    let event = event_in(row)?;
                    events.entry(event.id).or_default().push(event);
                }
                let with_events = |entry: StoredSubmission| {
                    let events = events.remove(&entry.envelope.header.id).unwrap_or_default();
                    (entry, events)
                };
                Ok(entries.into_iter().map(with_events).collect())
            }

            async fn count_in_sight(&self, kind: Kind) -> Result<u64, StoreFault> {
                let count = sqlx::query(
                    "SELECT count(*) FROM submission WHERE municipality = $1 AND kind = $2
                     AND NOT EXISTS (SELECT 1 FROM quarantine WHERE municipality = $1 AND quarantine.id = submission.id)",
                );
                let count = count.bind(self.municipality.as_str()).bind(kind_number(kind));
                Ok(read!(self, fetch_one count).get::<i64, _>(0) as u64)
            }

            async fn by_lookup(&self, lookup: Lookup) -> Result<Vec<StoredSubmission>, StoreFault> {
                let find = sqlx::query(
                    "SELECT id, format, suite, kind, key, catalogue_version, sealed, received_at_ms FROM submission
                     WHERE municipality = $1 AND lookup = $2 AND kind <> 7 ORDER BY received_at_ms, id LIMIT 8",
                );
                let rows = read!(self, fetch_all find.bind(self.municipality.as_str()).bind(lookup.0.as_slice()));
                rows.iter().map(|row| stored(&self.municipality, row)).collect()
            }

            async fn additions(&self, lookup: Lookup) -> Result<Vec<StoredSubmission>, StoreFault> {
                let find = sqlx::query(
                    "SELECT id, format, suite, kind, key, catalogue_version, sealed, received_at_ms FROM submission
                     WHERE municipality = $1 AND lookup = $2 AND kind = 7
                     AND NOT EXISTS (SELECT 1 FROM quarantine WHERE municipality = $1 AND quarantine.id = submission.id)
                     ORDER BY received_at_ms, id LIMIT 64",
                );
                let rows = read!(self, fetch_all find.bind(self.municipality.as_str()).bind(lookup.0.as_slice()));
                rows.iter().map(|row| stored(&self.municipality, row)).collect()
            }

            async fn without_lookup(&self, ending: Option<[u8; 5]>, most: u32) -> Result<Vec<StoredSubmission>, StoreFault> {
                let find = sqlx::query(match ending {
                    Some(_) => {
                        "SELECT id, format, suite, kind, key, catalogue_version, sealed, received_at_ms FROM submission
                         WHERE municipality = $1 AND substr(id, 12, 5) = $3 AND lookup IS NULL LIMIT $2"
                    }
                    None => {
                        "SELECT id, format, suite, kind, key, catalogue_version, sealed, received_at_ms FROM submission
                         WHERE municipality = $1 AND lookup IS NULL LIMIT $2"
                    }
                });
                let mut find = find.bind(self.municipality.as_str()).bind(i64::from(most));
                if let Some(ending) = ending {
                    find = find.bind(ending.to_vec());
                }
                let rows = read!(self, fetch_all find);
                rows.iter().map(|row| stored(&self.municipality, row)).collect()
            }

            async fn forget_empty_lookups(&self) -> Result<(), StoreFault> {
                let forget = sqlx::query("UPDATE submission SET lookup = NULL WHERE municipality = $1 AND lookup = $2");
                let forget = forget.bind(self.municipality.as_str()).bind(Vec::<u8>::new());
                forget.execute(&mut self.office().await?).await.map(|_| ()).map_err(fault)
            }

            async fn set_lookups(&self, lookups: &[(SubmissionId, Option<Lookup>)]) -> Result<(), StoreFault> {
                let mut connection = self.office().await?;
                let mut transaction = connection.begin_with($begin).await.map_err(fault)?;
                for (id, lookup) in lookups {
                    // An empty lookup marks a submission that no key opens; no hash is empty.
                    let bytes = lookup.map(|lookup| lookup.0.to_vec()).unwrap_or_default();
                    let set = sqlx::query("UPDATE submission SET lookup = $3 WHERE municipality = $1 AND id = $2");
                    let set = set.bind(self.municipality.as_str()).bind(id.as_bytes().as_slice()).bind(bytes);
                    set.execute(&mut *transaction).await.map_err(fault)?;
                }
                transaction.commit().await.map_err(fault)
            }

            async fn views(&self, login: &str) -> Result<Vec<ViewRow>, StoreFault> {
                let find = sqlx::query("SELECT number, sealed FROM sealed_view WHERE municipality = $1 AND login = $2 ORDER BY number");
                let rows = read!(self, fetch_all find.bind(self.municipality.as_str()).bind(login));
                Ok(rows.iter().map(|row| ViewRow { login: login.into(), number: row.get::<i64, _>(0) as u32, sealed: row.get(1) }).collect())
            }

            async fn put_view(&self, view: &ViewRow, most: u32) -> Result<bool, StoreFault> {
                let mut connection = self.office().await?;
                let mut transaction = connection.begin_with($begin).await.map_err(fault)?;
                let (municipality, login, number) = (self.municipality.as_str(), view.login.as_str(), i64::from(view.number));
                let others = sqlx::query("SELECT count(*) FROM sealed_view WHERE municipality = $1 AND login = $2 AND number <> $3");
                let others = others.bind(municipality).bind(login).bind(number).fetch_one(&mut *transaction).await.map_err(fault)?;
                if others.get::<i64, _>(0) >= i64::from(most) {
                    return Ok(false);
                }
                let put = sqlx::query(
                    "INSERT INTO sealed_view (municipality, login, number, sealed) VALUES ($1, $2, $3, $4)
                     ON CONFLICT (municipality, login, number) DO UPDATE SET sealed = excluded.sealed",
                );
                put.bind(municipality).bind(login).bind(number).bind(&view.sealed).execute(&mut *transaction).await.map_err(fault)?;
                transaction.commit().await.map_err(fault)?;
                Ok(true)
            }

            async fn drop_view(&self, login: &str, number: u32) -> Result<(), StoreFault> {
                let mut connection = self.office().await?;
                let delete = sqlx::query("DELETE FROM sealed_view WHERE municipality = $1 AND login = $2 AND number = $3");
                let delete = delete.bind(self.municipality.as_str()).bind(login).bind(i64::from(number));
                delete.execute(&mut connection).await.map_err(fault)?;
                self.scrub(connection).await
            }

            async fn plain_views(&self, most: u32) -> Result<Vec<PlainView>, StoreFault> {
                let find = sqlx::query("SELECT login, name, query FROM saved_view WHERE municipality = $1 ORDER BY login, name LIMIT $2");
                let rows = read!(self, fetch_all find.bind(self.municipality.as_str()).bind(i64::from(most)));
                Ok(rows.iter().map(|row| PlainView { login: row.get(0), name: row.get(1), query: row.get(2) }).collect())
            }

            async fn seal_view(&self, plain: &PlainView, view: &ViewRow) -> Result<(), StoreFault> {
                let mut connection = self.office().await?;
                let mut transaction = connection.begin_with($begin).await.map_err(fault)?;
                let delete = sqlx::query("DELETE FROM saved_view WHERE municipality = $1 AND login = $2 AND name = $3");
                let delete = delete.bind(self.municipality.as_str()).bind(&plain.login).bind(&plain.name);
                // Another server may already have sealed it.
                if delete.execute(&mut *transaction).await.map_err(fault)?.rows_affected() > 0 {
                    let put = sqlx::query("INSERT INTO sealed_view (municipality, login, number, sealed) VALUES ($1, $2, $3, $4)");
                    let put = put.bind(self.municipality.as_str()).bind(&view.login).bind(i64::from(view.number)).bind(&view.sealed);
                    put.execute(&mut *transaction).await.map_err(fault)?;
                }
                transaction.commit().await.map_err(fault)?;
                self.scrub(connection).await
            }

            async fn sealed_texts(&self, kind: SealedKind, after: Option<&SealedText>, most: u32) -> Result<Vec<SealedText>, StoreFault> {
                let (owner, number) = after.map_or((&[][..], 0), |text| (text.owner.as_slice(), i64::from(text.number)));
                let page = sqlx::query(match kind {
                    SealedKind::Event => {
                        "SELECT number, sealed, id FROM event WHERE municipality = $1 AND (id, number) > ($3, $2) ORDER BY id, number LIMIT $4"
                    }
                    SealedKind::Settled => {
                        "SELECT last_event, sealed, id FROM settled_inquiry WHERE municipality = $1 AND (id, last_event) > ($3, $2)
                         ORDER BY id, last_event LIMIT $4"
                    }
                    SealedKind::Act(LedgerKind::Survey) => {
                        "SELECT number, sealed, $3 FROM survey_entry WHERE municipality = $1 AND number > $2 ORDER BY number LIMIT $4"
                    }
                    SealedKind::Act(LedgerKind::Counter) => {
                        "SELECT number, sealed, $3 FROM counter_entry WHERE municipality = $1 AND number > $2 ORDER BY number LIMIT $4"
                    }
                    SealedKind::View => {
                        "SELECT number, sealed, login FROM sealed_view WHERE municipality = $1 AND (login, number) > ($3, $2)
                         ORDER BY login, number LIMIT $4"
                    }
                    SealedKind::SecondFactor => {
                        "SELECT CAST(0 AS BIGINT), sealed, login FROM second_factor WHERE municipality = $1 AND login > $3 AND $2 = $2
                         ORDER BY login LIMIT $4"
                    }
                });
                let is_by_login = matches!(kind, SealedKind::View | SealedKind::SecondFactor);
                let page = page.bind(self.municipality.as_str()).bind(number);
                let page = if is_by_login { page.bind(login_of(owner)) } else { page.bind(owner) };
                let rows = read!(self, fetch_all page.bind(i64::from(most)));
                let owner = |row: &$row| if is_by_login { row.get::<String, _>(2).into_bytes() } else { row.get(2) };
                Ok(rows.iter().map(|row| SealedText { owner: owner(row), number: row.get::<i64, _>(0) as u32, sealed: row.get(1) }).collect())
            }

            async fn reseal(&self, kind: SealedKind, texts: &[(SealedText, Vec<u8>)]) -> Result<u64, StoreFault> {
                let mut connection = self.office().await?;
                let mut transaction = connection.begin_with($begin).await.map_err(fault)?;
                let mut changed = 0;
                for (SealedText { owner, number, sealed }, anew) in texts {
                    let change = sqlx::query(match kind {
                        SealedKind::Event => "UPDATE event SET sealed = $3 WHERE municipality = $1 AND number = $2 AND sealed = $4 AND id = $5",
                        SealedKind::Settled => {
                            "UPDATE settled_inquiry SET sealed = $3 WHERE municipality = $1 AND last_event = $2 AND sealed = $4 AND id = $5"
                        }
                        SealedKind::Act(LedgerKind::Survey) => "UPDATE survey_entry SET sealed = $3 WHERE municipality = $1 AND number = $2 AND sealed = $4",
                        SealedKind::Act(LedgerKind::Counter) => "UPDATE counter_entry SET sealed = $3 WHERE municipality = $1 AND number = $2 AND sealed = $4",
                        SealedKind::View => "UPDATE sealed_view SET sealed = $3 WHERE municipality = $1 AND number = $2 AND sealed = $4 AND login = $5",
                        SealedKind::SecondFactor => {
                            "UPDATE second_factor SET sealed = $3 WHERE municipality = $1 AND $2 = $2 AND sealed = $4 AND login = $5"
                        }
                    });
                    let change = change.bind(self.municipality.as_str()).bind(i64::from(*number)).bind(anew).bind(sealed);
                    let change = match kind {
                        SealedKind::Event | SealedKind::Settled => change.bind(owner),
                        SealedKind::Act(_) => change,
                        SealedKind::View | SealedKind::SecondFactor => change.bind(login_of(owner)),
                    };
                    changed += change.execute(&mut *transaction).await.map_err(fault)?.rows_affected();
                }
                transaction.commit().await.map_err(fault)?;
                self.scrub(connection).await?;
                Ok(changed)
            }
        }

        fn event_in(row: &$row) -> Result<EventRow, StoreFault> {
            let (number, at_ms) = (row.get::<i64, _>(1) as u32, row.get::<i64, _>(2) as u64);
            Ok(EventRow { id: id_in(row.get(0))?, number, at_ms, who: row.get(3), sealed: row.get(4) })
        }
    };
}

/// The login that owns a list or a second factor.
pub(crate) fn login_of(owner: &[u8]) -> String {
    String::from_utf8_lossy(owner).into_owned()
}

/// Adds an event, its stage and its row in the audit log. Evaluates to whether it was added. Must
/// run in an exclusive transaction.
macro_rules! append_event {
    ($transaction:ident, $municipality:expr, $event:ident, $stage:expr, $what:expr, $audit:ident, $settled:expr) => {{
        let (municipality, id) = ($municipality.as_str(), $event.id.as_bytes().as_slice());
        let add = sqlx::query(
            "INSERT INTO event (municipality, id, number, at_ms, who, sealed) SELECT municipality, id, $3, $4, $5, $6 FROM submission
             WHERE municipality = $1 AND id = $2 ON CONFLICT DO NOTHING",
        );
        let add = add.bind(municipality).bind(id).bind(i64::from($event.number)).bind($event.at_ms as i64).bind(&$event.who).bind(&$event.sealed);
        let is_added = add.execute(&mut *$transaction).await.map_err(fault)?.rows_affected() > 0;
        if is_added {
            if let Some(stage) = $stage {
                let say = sqlx::query("INSERT INTO stage (municipality, id, stage, at_ms) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING");
                let say = say.bind(municipality).bind(id).bind(i64::from(stage.number())).bind($event.at_ms as i64);
                say.execute(&mut *$transaction).await.map_err(fault)?;
            }
            let forget = sqlx::query("DELETE FROM settled_inquiry WHERE municipality = $1 AND id = $2").bind(municipality).bind(id);
            forget.execute(&mut *$transaction).await.map_err(fault)?;
            if let Some(settled) = $settled {
                let keep = sqlx::query("INSERT INTO settled_inquiry (municipality, id, last_event, sealed) VALUES ($1, $2, $3, $4)");
                let keep = keep.bind(municipality).bind(id).bind(i64::from($event.number)).bind(settled);
                keep.execute(&mut *$transaction).await.map_err(fault)?;
            }
            // The event was added, so the submission exists and has an alias.
            let alias = alias!($transaction, $municipality, $event.id).unwrap_or_default();
            append!($transaction, $municipality, $audit, $what, &about(&alias, &$audit.reason));
        }
        is_added
    }};
}

/// Inquiries that are not settled and either were once closed or never were.
macro_rules! unsettled {
    ($was_closed:literal) => {
        concat!(
            "SELECT id, format, suite, kind, key, catalogue_version, sealed, received_at_ms FROM submission
             WHERE municipality = $1 AND kind = $2 AND received_at_ms >= $4 AND (received_at_ms, id) > ($4, $5)
             AND NOT EXISTS (SELECT 1 FROM settled_inquiry WHERE settled_inquiry.municipality = submission.municipality
                             AND settled_inquiry.id = submission.id)
             AND NOT EXISTS (SELECT 1 FROM quarantine WHERE quarantine.municipality = submission.municipality
                             AND quarantine.id = submission.id)
             AND ",
            $was_closed,
            " (SELECT 1 FROM stage WHERE stage.municipality = submission.municipality AND stage.id = submission.id AND stage = $3)
             ORDER BY received_at_ms, id LIMIT $6"
        )
    };
}

/// Runs a read query on a pooled connection. A connection that failed is not returned to the pool.
macro_rules! read {
    ($self:ident, $fetch:ident $query:expr) => {{
        let mut reader = $self.reader().await?;
        let found = $query.$fetch(reader.connection()).await.map_err(fault)?;
        reader.put_back();
        found
    }};
}

pub(crate) use {append_event, office, read, unsettled};
