//! The statements of [`super::DoorStore`], written once for both databases.

/// Implements `DoorStore` for a store that has `municipality`, `office()` (a connection of its own)
/// and `reader()` (a pooled read-only connection).
macro_rules! door {
    ($store:ty, row: $row:ty, begin alone: $begin:expr) => {
        impl $crate::DoorStore for $store {
            async fn staff(&self) -> Result<Vec<StaffRow>, StoreFault> {
                let all = sqlx::query(concat!("SELECT ", staff_columns!(), " FROM staff WHERE municipality = $1 ORDER BY login"));
                let rows = read!(self, fetch_all all.bind(self.municipality.as_str()));
                Ok(rows.iter().map(staff_in).collect())
            }

            async fn person(&self, login: &str) -> Result<Option<StaffRow>, StoreFault> {
                let find = sqlx::query(concat!("SELECT ", staff_columns!(), " FROM staff WHERE municipality = $1 AND login = $2"));
                let row = read!(self, fetch_optional find.bind(self.municipality.as_str()).bind(login));
                Ok(row.as_ref().map(staff_in))
            }

            async fn add_staff(&self, staff: &StaffRow, by: ChangedBy<'_>, what: &str, audit: &AuditContext) -> Result<StaffChange, StoreFault> {
                let mut connection = self.office().await?;
                let mut transaction = connection.begin_with($begin).await.map_err(fault)?;
                if !may_change!(transaction, self.municipality, by) {
                    return Ok(StaffChange::NotAllowed);
                }
                let add = sqlx::query(
                    "INSERT INTO staff (municipality, login, name, role, scope, password, invitation, invitation_until_ms, is_active, version)
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0) ON CONFLICT DO NOTHING",
                );
                let add = bound_staff!(add, self.municipality, staff);
                if add.execute(&mut *transaction).await.map_err(fault)?.rows_affected() == 0 {
                    return Ok(StaffChange::Overtaken);
                }
                append!(transaction, self.municipality, audit, what, &audit.reason);
                transaction.commit().await.map_err(fault)?;
                Ok(StaffChange::Done)
            }

            async fn change_staff(&self, staff: &StaffRow, by: ChangedBy<'_>, what: &str, audit: &AuditContext) -> Result<StaffChange, StoreFault> {
                let mut connection = self.office().await?;
                let mut transaction = connection.begin_with($begin).await.map_err(fault)?;
                let change = change_staff!(transaction, self.municipality, staff, by);
                if change == StaffChange::Done {
                    append!(transaction, self.municipality, audit, what, &audit.reason);
                    transaction.commit().await.map_err(fault)?;
                }
                Ok(change)
            }

            async fn reset_staff(&self, staff: &StaffRow, by: ChangedBy<'_>, what: &str, audit: &AuditContext) -> Result<StaffChange, StoreFault> {
                let mut connection = self.office().await?;
                let mut transaction = connection.begin_with($begin).await.map_err(fault)?;
                let change = change_staff!(transaction, self.municipality, staff, by);
                if change == StaffChange::Done {
                    for delete in [
                        "DELETE FROM second_factor WHERE municipality = $1 AND login = $2",
                        "DELETE FROM spare_code WHERE municipality = $1 AND login = $2",
                    ] {
                        let delete = sqlx::query(delete).bind(self.municipality.as_str()).bind(&staff.login);
                        delete.execute(&mut *transaction).await.map_err(fault)?;
                    }
                    append!(transaction, self.municipality, audit, what, &audit.reason);
                    transaction.commit().await.map_err(fault)?;
                }
                Ok(change)
            }

            async fn begin_session(&self, hash: [u8; 32], session: &SessionRow, staff_version: u64, audit: &AuditContext) -> Result<bool, StoreFault> {
                let mut connection = self.office().await?;
                let mut transaction = connection.begin_with($begin).await.map_err(fault)?;
                if !begin_session!(transaction, self.municipality, hash, session, staff_version) {
                    return Ok(false);
                }
                append!(transaction, self.municipality, audit, "sign in", &audit.reason);
                transaction.commit().await.map_err(fault)?;
                Ok(true)
            }

            async fn session(&self, hash: [u8; 32]) -> Result<Option<SessionRow>, StoreFault> {
                let find = sqlx::query("SELECT login, began_ms, seen_ms FROM session WHERE municipality = $1 AND hash = $2");
                let find = find.bind(self.municipality.as_str()).bind(hash.as_slice());
                let row = read!(self, fetch_optional find);
                Ok(row.map(|row| SessionRow { login: row.get(0), began_ms: row.get::<i64, _>(1) as u64, seen_ms: row.get::<i64, _>(2) as u64 }))
            }

            async fn see_session(&self, hash: [u8; 32], seen_ms: u64) -> Result<(), StoreFault> {
                let see = sqlx::query("UPDATE session SET seen_ms = $3 WHERE municipality = $1 AND hash = $2 AND seen_ms < $3");
                let see = see.bind(self.municipality.as_str()).bind(hash.as_slice()).bind(seen_ms as i64);
                see.execute(&mut self.office().await?).await.map(|_| ()).map_err(fault)
            }

            async fn end_session(&self, hash: [u8; 32], audit: Option<&AuditContext>) -> Result<bool, StoreFault> {
                let mut connection = self.office().await?;
                let mut transaction = connection.begin_with($begin).await.map_err(fault)?;
                let end = sqlx::query("DELETE FROM session WHERE municipality = $1 AND hash = $2").bind(self.municipality.as_str()).bind(hash.as_slice());
                let has_ended = end.execute(&mut *transaction).await.map_err(fault)?.rows_affected() > 0;
                if let Some(audit) = audit.filter(|_| has_ended) {
                    append!(transaction, self.municipality, audit, "sign out", &audit.reason);
                }
                transaction.commit().await.map_err(fault)?;
                Ok(has_ended)
            }

            async fn end_sessions_before(&self, before_ms: u64) -> Result<(), StoreFault> {
                let mut connection = self.office().await?;
                for end in
                    ["DELETE FROM session WHERE municipality = $1 AND seen_ms < $2", "DELETE FROM half_session WHERE municipality = $1 AND began_ms < $2"]
                {
                    let end = sqlx::query(end).bind(self.municipality.as_str()).bind(before_ms as i64);
                    end.execute(&mut connection).await.map_err(fault)?;
                }
                Ok(())
            }

            async fn begin_half_session(&self, hash: [u8; 32], half: &HalfSessionRow) -> Result<bool, StoreFault> {
                let begin = sqlx::query(
                    "INSERT INTO half_session (municipality, hash, login, staff_version, began_ms, tries, reason, back, sealed)
                     SELECT municipality, $2, login, version, $5, $6, $7, $8, $9 FROM staff
                     WHERE municipality = $1 AND login = $3 AND version = $4 AND is_active = 1",
                );
                let begin = begin.bind(self.municipality.as_str()).bind(hash.as_slice()).bind(&half.login).bind(half.staff_version as i64);
                let begin = begin.bind(half.began_ms as i64).bind(i64::from(half.tries)).bind(&half.reason).bind(&half.back).bind(&half.sealed);
                let begun = begin.execute(&mut self.office().await?).await.map_err(fault)?;
                Ok(begun.rows_affected() > 0)
            }

            async fn half_session(&self, hash: [u8; 32]) -> Result<Option<HalfSessionRow>, StoreFault> {
                let find = sqlx::query(
                    "SELECT login, staff_version, began_ms, tries, reason, back, sealed FROM half_session WHERE municipality = $1 AND hash = $2",
                );
                let find = find.bind(self.municipality.as_str()).bind(hash.as_slice());
                let row = read!(self, fetch_optional find);
                Ok(row.map(|row| HalfSessionRow {
                    login: row.get(0),
                    staff_version: row.get::<i64, _>(1) as u64,
                    began_ms: row.get::<i64, _>(2) as u64,
                    tries: row.get::<i64, _>(3) as u32,
                    reason: row.get(4),
                    back: row.get(5),
                    sealed: row.get(6),
                }))
            }

            async fn count_try(&self, hash: [u8; 32], most: u32) -> Result<bool, StoreFault> {
                let count = sqlx::query("UPDATE half_session SET tries = tries + 1 WHERE municipality = $1 AND hash = $2 AND tries < $3");
                let count = count.bind(self.municipality.as_str()).bind(hash.as_slice()).bind(i64::from(most));
                let counted = count.execute(&mut self.office().await?).await.map_err(fault)?;
                Ok(counted.rows_affected() > 0)
            }

            async fn second_factor(&self, login: &str) -> Result<Option<SecondFactorRow>, StoreFault> {
                let find = sqlx::query(concat!("SELECT ", factor_columns!(), " FROM second_factor WHERE municipality = $1 AND login = $2"));
                let row = read!(self, fetch_optional find.bind(self.municipality.as_str()).bind(login));
                Ok(row.as_ref().map(factor_in))
            }

            async fn second_factors(&self) -> Result<Vec<SecondFactorRow>, StoreFault> {
                let all = sqlx::query(concat!("SELECT ", factor_columns!(), " FROM second_factor WHERE municipality = $1 ORDER BY login"));
                let rows = read!(self, fetch_all all.bind(self.municipality.as_str()));
                Ok(rows.iter().map(factor_in).collect())
            }

            async fn complete_sign_in(
                &self,
                half: [u8; 32],
                proof: &SecondProof,
                hash: [u8; 32],
                session: &SessionRow,
                audit: &AuditContext,
            ) -> Result<bool, StoreFault> {
                let (municipality, login) = (self.municipality.as_str(), session.login.as_str());
                let mut connection = self.office().await?;
                let mut transaction = connection.begin_with($begin).await.map_err(fault)?;
                let find = sqlx::query("SELECT staff_version FROM half_session WHERE municipality = $1 AND hash = $2 AND login = $3");
                let found = find.bind(municipality).bind(half.as_slice()).bind(login).fetch_optional(&mut *transaction).await.map_err(fault)?;
                let Some(staff_version) = found.map(|row| row.get::<i64, _>(0) as u64) else { return Ok(false) };
                let end = sqlx::query("DELETE FROM half_session WHERE municipality = $1 AND hash = $2").bind(municipality).bind(half.as_slice());
                end.execute(&mut *transaction).await.map_err(fault)?;
                if !begin_session!(transaction, self.municipality, hash, session, staff_version) {
                    return Ok(false);
                }
                let use_up = match proof {
                    SecondProof::Step(step) => {
                        let use_up = sqlx::query("UPDATE second_factor SET last_step = $3 WHERE municipality = $1 AND login = $2 AND last_step < $3");
                        use_up.bind(municipality).bind(login).bind(*step as i64)
                    }
                    SecondProof::SpareCode(code) => {
                        let use_up = sqlx::query("DELETE FROM spare_code WHERE municipality = $1 AND login = $2 AND hash = $3");
                        use_up.bind(municipality).bind(login).bind(code.as_slice())
                    }
                    SecondProof::SetUp { sealed, step, .. } => {
                        let set_up = sqlx::query(
                            "INSERT INTO second_factor (municipality, login, sealed, last_step) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
                        );
                        set_up.bind(municipality).bind(login).bind(sealed).bind(*step as i64)
                    }
                };
                if use_up.execute(&mut *transaction).await.map_err(fault)?.rows_affected() == 0 {
                    return Ok(false);
                }
                if let SecondProof::SetUp { spare_codes, .. } = proof {
                    for code in spare_codes {
                        let add = sqlx::query("INSERT INTO spare_code (municipality, login, hash) VALUES ($1, $2, $3)");
                        add.bind(municipality).bind(login).bind(code.as_slice()).execute(&mut *transaction).await.map_err(fault)?;
                    }
                    append!(transaction, self.municipality, audit, "second factor", "set up");
                }
                append!(transaction, self.municipality, audit, "sign in", &audit.reason);
                transaction.commit().await.map_err(fault)?;
                Ok(true)
            }

            async fn setting(&self, name: &str) -> Result<Option<String>, StoreFault> {
                let find = sqlx::query("SELECT value FROM setting WHERE municipality = $1 AND name = $2");
                let row = read!(self, fetch_optional find.bind(self.municipality.as_str()).bind(name));
                Ok(row.map(|row| row.get(0)))
            }

            async fn change_setting(&self, name: &str, [shown, value]: [&str; 2], by: ChangedBy<'_>, audit: &AuditContext) -> Result<StaffChange, StoreFault> {
                let mut connection = self.office().await?;
                let mut transaction = connection.begin_with($begin).await.map_err(fault)?;
                if !may_change!(transaction, self.municipality, by) {
                    return Ok(StaffChange::NotAllowed);
                }
                let find = sqlx::query("SELECT value FROM setting WHERE municipality = $1 AND name = $2").bind(self.municipality.as_str()).bind(name);
                let stands = find.fetch_optional(&mut *transaction).await.map_err(fault)?;
                if stands.is_some_and(|row| row.get::<String, _>(0) != shown) {
                    return Ok(StaffChange::Overtaken);
                }
                let put = sqlx::query(
                    "INSERT INTO setting (municipality, name, value) VALUES ($1, $2, $3)
                     ON CONFLICT (municipality, name) DO UPDATE SET value = excluded.value",
                );
                put.bind(self.municipality.as_str()).bind(name).bind(value).execute(&mut *transaction).await.map_err(fault)?;
                append!(transaction, self.municipality, audit, "setting", &audit.reason);
                transaction.commit().await.map_err(fault)?;
                Ok(StaffChange::Done)
            }
        }

        fn staff_in(row: &$row) -> StaffRow {
            let invitation = <[u8; 32]>::try_from(row.get::<Vec<u8>, _>(5)).ok();
            StaffRow {
                login: row.get(0),
                name: row.get(1),
                role: row.get(2),
                scope: row.get(3),
                password: PasswordHash::of(row.get(4)),
                invitation: invitation.map(|hash| Invitation { hash, until_ms: row.get::<i64, _>(6) as u64 }),
                is_active: row.get::<i64, _>(7) != 0,
                version: row.get::<i64, _>(8) as u64,
            }
        }

        fn factor_in(row: &$row) -> SecondFactorRow {
            let (last_step, spare_codes) = (row.get::<i64, _>(2) as u64, row.get::<i64, _>(3) as u64);
            SecondFactorRow { login: row.get(0), sealed: row.get(1), last_step, spare_codes }
        }
    };
}

macro_rules! staff_columns {
    () => {
        "login, name, role, scope, password, invitation, invitation_until_ms, is_active, version"
    };
}

macro_rules! factor_columns {
    () => {
        "login, sealed, last_step, (SELECT count(*) FROM spare_code
         WHERE spare_code.municipality = second_factor.municipality AND spare_code.login = second_factor.login)"
    };
}

/// Binds an account's columns to the first nine parameters.
macro_rules! bound_staff {
    ($query:ident, $municipality:expr, $staff:ident) => {{
        let query = $query
            .bind($municipality.as_str())
            .bind(&$staff.login)
            .bind(&$staff.name)
            .bind($staff.role)
            .bind(&$staff.scope);
        let query = query.bind($staff.password.as_ref().map_or("", PasswordHash::as_str));
        let (hash, until_ms) = $staff
            .invitation
            .as_ref()
            .map_or((&[][..], 0), |invitation| (invitation.hash.as_slice(), invitation.until_ms));
        query.bind(hash).bind(until_ms as i64).bind(i64::from($staff.is_active))
    }};
}

/// Whether the change is permitted, checked in the transaction that would make it.
macro_rules! may_change {
    ($transaction:ident, $municipality:expr, $by:ident) => {{
        let count = match $by {
            ChangedBy::Administrator { login, .. } => {
                let still = sqlx::query("SELECT count(*) FROM staff WHERE municipality = $1 AND login = $2 AND role = $3 AND is_active = 1");
                Some((still.bind($municipality.as_str()).bind(login).bind(ADMINISTRATOR), 1))
            }
            ChangedBy::FirstToken => {
                let anybody =
                    sqlx::query("SELECT count(*) FROM staff WHERE municipality = $1 AND is_active = 1 AND (password <> '' OR length(invitation) = 0)");
                Some((anybody.bind($municipality.as_str()), 0))
            }
            ChangedBy::Themselves | ChangedBy::Operator => None,
        };
        match count {
            Some((count, wanted)) => count.fetch_one(&mut *$transaction).await.map_err(fault)?.get::<i64, _>(0) == wanted,
            None => true,
        }
    }};
}

/// Changes an account and ends its sessions. Must run in an exclusive transaction.
macro_rules! change_staff {
    ($transaction:ident, $municipality:expr, $staff:ident, $by:ident) => {{
        let change = sqlx::query(
            "UPDATE staff SET name = $3, role = $4, scope = $5, password = $6, invitation = $7, invitation_until_ms = $8, is_active = $9,
             version = version + 1 WHERE municipality = $1 AND login = $2 AND version = $10",
        );
        let change = bound_staff!(change, $municipality, $staff).bind($staff.version as i64);
        if !may_change!($transaction, $municipality, $by) {
            StaffChange::NotAllowed
        } else if change.execute(&mut *$transaction).await.map_err(fault)?.rows_affected() == 0 {
            StaffChange::Overtaken
        } else if !has_administrator!($transaction, $municipality, $by) {
            StaffChange::LastAdministrator
        } else {
            for end in ["DELETE FROM session WHERE municipality = $1 AND login = $2", "DELETE FROM half_session WHERE municipality = $1 AND login = $2"] {
                let end = sqlx::query(end).bind($municipality.as_str()).bind(&$staff.login);
                end.execute(&mut *$transaction).await.map_err(fault)?;
            }
            StaffChange::Done
        }
    }};
}

/// Whether an administrator who can sign in is left after a change by an administrator.
macro_rules! has_administrator {
    ($transaction:ident, $municipality:expr, $by:ident) => {
        match $by {
            ChangedBy::Administrator { has_work_accounts, .. } => {
                let left = sqlx::query(
                    "SELECT count(*) FROM staff WHERE municipality = $1 AND role = $2 AND is_active = 1
                     AND (password <> '' OR ($3 = 1 AND length(invitation) = 0))",
                );
                let left = left.bind($municipality.as_str()).bind(ADMINISTRATOR).bind(i64::from(has_work_accounts));
                left.fetch_one(&mut *$transaction).await.map_err(fault)?.get::<i64, _>(0) > 0
            }
            ChangedBy::Themselves | ChangedBy::FirstToken | ChangedBy::Operator => true,
        }
    };
}

/// Adds a session if the account still has the version. Must run in an exclusive transaction.
macro_rules! begin_session {
    ($transaction:ident, $municipality:expr, $hash:ident, $session:ident, $staff_version:ident) => {{
        let begin = sqlx::query(
            "INSERT INTO session (municipality, hash, login, began_ms, seen_ms) SELECT municipality, $2, login, $4, $5 FROM staff
             WHERE municipality = $1 AND login = $3 AND version = $6 AND is_active = 1",
        );
        let begin = begin.bind($municipality.as_str()).bind($hash.as_slice()).bind(&$session.login);
        let begin = begin.bind($session.began_ms as i64).bind($session.seen_ms as i64).bind($staff_version as i64);
        begin.execute(&mut *$transaction).await.map_err(fault)?.rows_affected() > 0
    }};
}

pub(crate) use {
    begin_session, bound_staff, change_staff, door, factor_columns, has_administrator, may_change,
    staff_columns,
};
