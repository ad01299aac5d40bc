//! The process that writes the pages of one edition, from the server's side. It ends with this
//! value, and does not outlive the server: it ends when its input does.

use super::wire::{PageQuestion, PageStart, READY, read, write, write_value};
use crate::editions::EditionFiles;
use document::PageFrame;
use domain::Language;
use std::io::{BufReader, Error, ErrorKind, Result, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Duration;

/// How long a process may take to read its edition: 0.1 s, and in a test on a busy machine far
/// more.
const START_TIME: Duration = Duration::from_secs(20);
/// How long it may take for a page: some milliseconds, and in a test on a busy machine far more. A
/// process that takes longer is ended, and the next request starts another.
const PAGE_TIME: Duration = Duration::from_secs(3);

pub(super) struct PageProcess {
    /// The hash of the edition's catalogue.
    pub(super) edition: [u8; 32],
    child: Child,
    /// `None` while the edition is written to it.
    input: Option<ChildStdin>,
    answers: Receiver<Vec<u8>>,
}

/// A page as a document.
pub(super) struct WrittenPage {
    pub(super) html: Vec<u8>,
    pub(super) brotli: Vec<u8>,
}

impl PageProcess {
    /// Starts a process for an edition, and waits until it has read it.
    pub(super) fn start(
        program: &Path,
        edition: &EditionFiles,
        frames: &[(Language, PageFrame)],
    ) -> Result<Self> {
        // Nothing of the server's settings, secrets among them, is in its environment.
        let mut child = Command::new(program)
            .arg0("community-hub")
            .arg("render")
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let input = child.stdin.take().ok_or(ErrorKind::BrokenPipe)?;
        let output = child.stdout.take().ok_or(ErrorKind::BrokenPipe)?;
        let (sender, answers) = sync_channel(2);
        let mut process = Self { edition: edition.hash, child, input: None, answers };
        std::thread::Builder::new()
            .name("page-answers".into())
            .spawn(|| pass_on(output, sender))?;
        let start = PageStart {
            frames: frames.iter().map(|(of, frame)| (*of, frame.html().into())).collect(),
            texts: edition.texts.iter().map(|texts| texts.language).collect(),
        };
        let bundle = edition.bundle.clone();
        let texts: Vec<_> = edition.texts.iter().map(|texts| texts.bytes.clone()).collect();
        // On a thread of its own, because a process that reads nothing would hold this one for
        // ever. It ends with the process.
        let writing = std::thread::spawn(move || -> Result<ChildStdin> {
            let mut input = input;
            write_value(&mut input, &start)?;
            write(&mut input, &bundle)?;
            texts.iter().try_for_each(|texts| write(&mut input, texts))?;
            input.flush()?;
            Ok(input)
        });
        if process.next(START_TIME)? != READY {
            return Err(Error::new(ErrorKind::InvalidData, "the edition cannot be read"));
        }
        let written = writing.join().map_err(|_| Error::other("the writing thread panicked"))?;
        process.input = Some(written?);
        Ok(process)
    }

    /// Asks for a page; `None` if there is no such page. After an error the process is of no use.
    pub(super) fn page(&mut self, question: &PageQuestion) -> Result<Option<WrittenPage>> {
        let input = self.input.as_mut().ok_or(ErrorKind::BrokenPipe)?;
        write_value(input, question)?;
        input.flush()?;
        let (html, brotli) = (self.next(PAGE_TIME)?, self.next(PAGE_TIME)?);
        Ok((!html.is_empty()).then_some(WrittenPage { html, brotli }))
    }

    fn next(&self, time: Duration) -> Result<Vec<u8>> {
        let silent = |_| Error::new(ErrorKind::TimedOut, "the page process did not answer");
        self.answers.recv_timeout(time).map_err(silent)
    }
}

impl Drop for PageProcess {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Passes on what the process says, until it or its owner ends.
fn pass_on(output: ChildStdout, answers: SyncSender<Vec<u8>>) {
    let mut output = BufReader::new(output);
    while let Ok(answer) = read(&mut output) {
        if answers.send(answer).is_err() {
            return;
        }
    }
}
