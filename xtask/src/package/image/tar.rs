//! Tar archives (POSIX ustar) whose bytes depend on their entries alone: no times, no names of
//! users, no order of a file system.

/// The size of a header, and what contents are filled up to.
const BLOCK: usize = 512;
/// The longest path that a header holds without an extension.
const PATH_BYTES_MAX: usize = 100;

/// A file or a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TarEntry {
    /// Relative, with `/` between names and none at its end.
    pub(super) path: String,
    pub(super) mode: u32,
    /// The user and group that own it.
    pub(super) owner: u32,
    /// `None` for a folder.
    pub(super) bytes: Option<Vec<u8>>,
}

impl TarEntry {
    pub(super) fn file(path: &str, mode: u32, bytes: Vec<u8>) -> Self {
        Self { path: path.into(), mode, owner: 0, bytes: Some(bytes) }
    }

    pub(super) fn folder(path: &str, mode: u32, owner: u32) -> Self {
        Self { path: path.into(), mode, owner, bytes: None }
    }
}

/// Writes an archive with these entries in this order.
pub(super) fn write(entries: &[TarEntry]) -> Result<Vec<u8>, String> {
    let mut archive = Vec::new();
    for entry in entries {
        archive.extend(header(entry)?);
        let bytes = entry.bytes.as_deref().unwrap_or_default();
        archive.extend(bytes);
        archive.resize(archive.len().next_multiple_of(BLOCK), 0);
    }
    archive.resize(archive.len() + 2 * BLOCK, 0);
    Ok(archive)
}

fn header(entry: &TarEntry) -> Result<[u8; BLOCK], String> {
    let is_folder = entry.bytes.is_none();
    let path = if is_folder { format!("{}/", entry.path) } else { entry.path.clone() };
    if path.len() > PATH_BYTES_MAX || entry.path.split('/').any(|name| matches!(name, "" | "..")) {
        return Err(format!("{path} is no path for an archive"));
    }
    let mut header = [0; BLOCK];
    let mut put = |at: usize, bytes: &[u8]| header[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, path.as_bytes());
    put(100, format!("{:07o}", entry.mode).as_bytes());
    put(108, format!("{:07o}", entry.owner).as_bytes());
    put(116, format!("{:07o}", entry.owner).as_bytes());
    let size = entry.bytes.as_ref().map_or(0, Vec::len);
    put(124, format!("{size:011o}").as_bytes());
    put(136, b"00000000000");
    // The checksum counts itself as spaces.
    put(148, b"        ");
    put(156, if is_folder { b"5" } else { b"0" });
    put(257, b"ustar\x0000");
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    Ok(header)
}

/// Reads an archive that [`write`] wrote, and checks its headers.
pub(super) fn read(archive: &[u8]) -> Result<Vec<TarEntry>, String> {
    let mut entries = Vec::new();
    let mut rest = archive;
    while let Some((head, after)) = rest.split_first_chunk::<BLOCK>() {
        if head.iter().all(|byte| *byte == 0) {
            return Ok(entries);
        }
        let number = |from: usize, to: usize| {
            let digits = std::str::from_utf8(&head[from..to]).unwrap_or_default();
            u32::from_str_radix(digits.trim_matches(['\0', ' ']), 8)
                .map_err(|_| "a header of the archive is damaged".to_string())
        };
        let size = number(124, 136)? as usize;
        let name = head[..PATH_BYTES_MAX].split(|byte| *byte == 0).next().unwrap_or_default();
        let path = String::from_utf8_lossy(name).trim_end_matches('/').to_string();
        let is_folder = head[156] == b'5';
        let bytes = after.get(..size).ok_or("the archive is cut off")?.to_vec();
        let (mode, owner) = (number(100, 108)?, number(108, 116)?);
        let entry = TarEntry { path, mode, owner, bytes: (!is_folder).then_some(bytes) };
        if header(&entry)? != *head {
            return Err(format!("the header of {} is not as it is written here", entry.path));
        }
        entries.push(entry);
        rest = after.get(size.next_multiple_of(BLOCK)..).ok_or("the archive is cut off")?;
    }
    Err("the archive has no end".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_archive_reads_back_and_damage_is_noticed() {
        let entries = [
            TarEntry::folder("var/lib", 0o755, 65_532),
            TarEntry::file("usr/bin/a", 0o755, vec![7; 513]),
            TarEntry::file("etc/empty", 0o644, Vec::new()),
        ];
        let archive = write(&entries).unwrap();
        assert_eq!(read(&archive).unwrap(), entries);
        assert!(read(&archive[..archive.len() - 2 * BLOCK]).is_err(), "without its end");
        let mut changed = archive.clone();
        changed[3] ^= 1;
        assert!(read(&changed).is_err(), "with another path");
        for path in ["../etc/passwd", "/etc/passwd", "a//b", &"n".repeat(101)] {
            assert!(write(&[TarEntry::file(path, 0o644, Vec::new())]).is_err(), "{path}");
        }
    }
}
