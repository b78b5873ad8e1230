//! The data folder: one database file, and a lock so that two servers never
//! write to it at once.

use std::fs::{self, File, TryLockError};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::Error;

/// The first bytes of every SQLite file, by its published file format.
const SQLITE_MAGIC: &[u8; 16] = b"SQLite format 3\0";

/// A data folder that this process holds. The lock ends with the value, or
/// with the process however it ends: the operating system keeps it.
#[derive(Debug)]
pub(super) struct DataFolder {
    path: PathBuf,
    _lock: File,
}

impl DataFolder {
    /// Creates `path` if it is missing and locks it.
    pub(super) fn open(path: &Path) -> Result<Self, Error> {
        let unusable = |source| Error::DataFolder {
            path: path.to_owned(),
            source,
        };
        fs::create_dir_all(path).map_err(unusable)?;
        let lock = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(path.join("lock"))
            .map_err(unusable)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(Error::DataLocked {
                    path: path.to_owned(),
                });
            }
            Err(TryLockError::Error(source)) => return Err(unusable(source)),
        }
        // Absolute, because SQLite would read a name such as `file:x` as a URI.
        let path = path.canonicalize().map_err(unusable)?;
        Ok(Self { path, _lock: lock })
    }

    /// The database file, which may not exist yet.
    ///
    /// # Errors
    /// If there is a file that cannot be read or is not a SQLite database.
    pub(super) fn database(&self) -> Result<PathBuf, Error> {
        let path = self.path.join("store.db");
        let mut head = Vec::new();
        match File::open(&path).and_then(|file| file.take(16).read_to_end(&mut head)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(path),
            Err(source) => Err(Error::DataFolder { path, source }),
            // SQLite itself leaves an empty file behind when it is stopped
            // before its first write.
            Ok(_) if head.is_empty() => Ok(path),
            Ok(_) if head == SQLITE_MAGIC => checked(path),
            Ok(_) => Err(Error::NotADatabase { path }),
        }
    }
}

/// A table that the embedded DynamoDB makes first of all.
const OWN_TABLE: &str = "_tables";

/// Above this, a damage further inside is found when it is read: looking at everything would keep
/// the server from starting for seconds.
const LOOKED_THROUGH: u64 = 256 * 1024 * 1024;

/// Looks into a database without writing to it: it must be whole, and the embedded DynamoDB's.
fn checked(path: PathBuf) -> Result<PathBuf, Error> {
    match look_into(&path) {
        Ok(Content::Own) => Ok(path),
        Ok(Content::Foreign) => Err(Error::NotADatabase { path }),
        Ok(Content::Damage(reason)) => Err(Error::DamagedDatabase { path, reason }),
        Err(rusqlite::Error::SqliteFailure(failure, reason))
            if matches!(
                failure.code,
                rusqlite::ErrorCode::DatabaseCorrupt | rusqlite::ErrorCode::NotADatabase
            ) =>
        {
            let reason = reason.unwrap_or_else(|| failure.to_string());
            Err(Error::DamagedDatabase { path, reason })
        }
        // Whatever else it is, opening the database says it better.
        Err(_) => Ok(path),
    }
}

enum Content {
    Own,
    Foreign,
    Damage(String),
}

fn look_into(path: &Path) -> rusqlite::Result<Content> {
    let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY;
    let database = rusqlite::Connection::open_with_flags(path, flags)?;
    let mut tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'")?;
    let tables = tables.query_map([], |row| row.get::<_, String>(0))?;
    let tables = tables.collect::<rusqlite::Result<Vec<_>>>()?;
    if !tables.is_empty() && !tables.iter().any(|table| table == OWN_TABLE) {
        return Ok(Content::Foreign);
    }
    if path
        .metadata()
        .is_ok_and(|file| file.len() > LOOKED_THROUGH)
    {
        return Ok(Content::Own);
    }
    let check = "PRAGMA quick_check(1)";
    let found: String = database.query_row(check, [], |row| row.get(0))?;
    Ok(if found == "ok" {
        Content::Own
    } else {
        Content::Damage(found.replace('\n', " "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_folder_is_created_and_has_no_database() {
        let dir = tempfile::tempdir().unwrap();
        let folder = DataFolder::open(&dir.path().join("a/b")).unwrap();
        assert!(!folder.database().unwrap().exists());
    }

    #[test]
    fn a_folder_has_one_holder_at_a_time() {
        let dir = tempfile::tempdir().unwrap();
        let first = DataFolder::open(dir.path()).unwrap();
        let second = DataFolder::open(dir.path());
        assert!(
            matches!(second, Err(Error::DataLocked { .. })),
            "{second:?}"
        );
        drop(first);
        DataFolder::open(dir.path()).unwrap();
    }

    #[test]
    fn a_file_that_is_not_a_database_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("store.db"), "a diary, not a database").unwrap();
        let error = DataFolder::open(dir.path())
            .unwrap()
            .database()
            .unwrap_err();
        assert!(matches!(error, Error::NotADatabase { .. }), "{error}");
        assert!(error.to_string().contains("store.db"), "{error}");
    }

    #[test]
    fn the_database_of_another_program_is_refused_and_left_as_it_is() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("store.db");
        let other = rusqlite::Connection::open(&path).unwrap();
        other
            .execute_batch("CREATE TABLE notes (text); INSERT INTO notes VALUES ('mine')")
            .unwrap();
        drop(other);
        let before = fs::read(&path).unwrap();
        let folder = DataFolder::open(dir.path()).unwrap();
        let error = folder.database().unwrap_err();
        assert!(matches!(error, Error::NotADatabase { .. }), "{error}");
        assert_eq!(fs::read(&path).unwrap(), before);
    }

    #[test]
    fn a_damaged_database_is_named_and_left_as_it_is() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("store.db");
        drop(dynoxide::Database::new(path.to_str().unwrap()).unwrap());
        let folder = DataFolder::open(dir.path()).unwrap();
        folder.database().unwrap();
        let whole = fs::read(&path).unwrap();
        for (from, to) in [(100, 200), (whole.len() / 2, whole.len())] {
            let mut damaged = whole.clone();
            damaged[from..to].fill(0xa5);
            fs::write(&path, &damaged).unwrap();
            let error = folder.database().unwrap_err();
            assert!(matches!(error, Error::DamagedDatabase { .. }), "{error}");
            assert_eq!(fs::read(&path).unwrap(), damaged);
        }
        fs::write(&path, &whole[..whole.len() / 2]).unwrap();
        let error = folder.database().unwrap_err();
        assert!(matches!(error, Error::DamagedDatabase { .. }), "{error}");
    }

    #[test]
    fn a_file_in_place_of_the_folder_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("file");
        fs::write(&path, "").unwrap();
        let error = DataFolder::open(&path).unwrap_err();
        assert!(
            error.to_string().contains(&path.display().to_string()),
            "{error}"
        );
    }
}
