//! A copy of the database while it is in use.

use super::{SqliteStore, fault};
use crate::StoreFault;
use sqlx::{ConnectOptions, Connection};
use std::path::Path;
use vault::private::make_file;

impl SqliteStore {
    /// Copies the current database into a new file. The file is complete without a log, and
    /// contains nothing that was deleted. Readers and writers continue meanwhile. Fails if `to`
    /// exists with content, or cannot be written.
    pub async fn copy_to(&self, to: &Path) -> Result<(), StoreFault> {
        let failed = |error| StoreFault::Failed(format!("{}: {error}", to.display()));
        let Some(name) = to.to_str() else {
            return Err(StoreFault::Failed(format!("{} is not a name in UTF-8", to.display())));
        };
        // Created first, so that only its owner can ever read it. SQLite accepts an empty file.
        let file = make_file(to).map_err(failed)?;
        let options = self.options.clone().read_only(true).create_if_missing(false);
        let mut connection = options.connect().await.map_err(fault)?;
        let copy = sqlx::query("VACUUM INTO ?").bind(name).execute(&mut connection).await;
        connection.close().await.map_err(fault)?;
        copy.map_err(fault)?;
        // SQLite does not flush the file; the caller must.
        file.sync_all().map_err(failed)
    }
}
