//! Event lines in a folder, so that they are there again after a restart.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead as _, BufReader, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

const CURRENT: &str = "events.jsonl";
const OLDER: &str = "events.old.jsonl";

/// Appends lines to a file; when that is full, it takes the place of an older one.
///
/// What was appended survives the end of the process, however it ends. It is not forced
/// to the disk, so a power failure may lose the last seconds.
#[derive(Debug)]
pub struct Journal {
    folder: PathBuf,
    file: File,
    bytes: u64,
    max_bytes: u64,
}

impl Journal {
    /// Opens the journal in a folder, which is created if it does not exist, and hands over
    /// every line that it holds, such as to [`Events::record`](super::Events::record). Both
    /// files together take at most about `max_bytes`; a last line without its end is cut off.
    ///
    /// # Errors
    /// If the folder or a file in it cannot be read or written.
    pub fn open(folder: &Path, max_bytes: u64, mut take: impl FnMut(&[u8])) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        match File::open(folder.join(OLDER)) {
            Ok(older) => each_line(&older, &mut take)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        let mut file = append(&folder.join(CURRENT))?;
        let bytes = whole_lines(&file)?;
        file.set_len(bytes)?;
        file.rewind()?;
        each_line(&file, &mut take)?;
        Ok(Self {
            folder: folder.to_owned(),
            file,
            bytes,
            max_bytes,
        })
    }

    /// Appends whole lines.
    ///
    /// # Errors
    /// If they cannot be written; nothing of them is kept then.
    pub fn append(&mut self, lines: &[u8]) -> io::Result<()> {
        let length = lines.len() as u64;
        if self.bytes + length > self.max_bytes / 2 {
            fs::rename(self.folder.join(CURRENT), self.folder.join(OLDER))?;
            self.file = append(&self.folder.join(CURRENT))?;
            self.bytes = 0;
        }
        if let Err(error) = self.file.write_all(lines) {
            // Half a line must not become the beginning of the next one.
            self.file.set_len(self.bytes)?;
            return Err(error);
        }
        self.bytes += length;
        Ok(())
    }
}

fn append(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .read(true)
        .append(true)
        .create(true)
        .open(path)
}

fn each_line(file: &File, take: &mut impl FnMut(&[u8])) -> io::Result<()> {
    let mut lines = BufReader::new(file);
    let mut line = Vec::new();
    while lines.read_until(b'\n', &mut line)? > 0 {
        if !line.trim_ascii().is_empty() {
            take(line.trim_ascii_end());
        }
        line.clear();
    }
    Ok(())
}

/// How many bytes of the file are whole lines.
fn whole_lines(mut file: &File) -> io::Result<u64> {
    const BLOCK: u64 = 4_096;
    let mut end = file.metadata()?.len();
    let mut block = Vec::new();
    while end > 0 {
        let start = end.saturating_sub(BLOCK);
        block.clear();
        file.seek(SeekFrom::Start(start))?;
        file.take(end - start).read_to_end(&mut block)?;
        if let Some(last) = block.iter().rposition(|byte| *byte == b'\n') {
            return Ok(start + last as u64 + 1);
        }
        end = start;
    }
    Ok(0)
}
