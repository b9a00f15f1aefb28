//! Decides how a file of the site is had from the mounted folder: found, opened, and streamed in pieces.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::UNIX_EPOCH;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use spin_sdk::http::{BoxBody, Response as Outgoing, box_body};

use crate::site::{FileMeta, SiteFile};
use crate::time::Timestamp;
use crate::wire::Method;

/// Most of a file that is held in memory at a time.
const PIECE: u64 = 64 * 1024;

/// The answer for `file`.
pub(super) fn send(file: &SiteFile) -> Outgoing<BoxBody> {
    for name in file.candidates() {
        let Some((opened, meta)) = open(&name) else { continue };
        let answer = file.found(&name, meta);
        let Some((first, length)) = answer.part else { return super::send(answer.head) };
        // A file that ceases to be readable between the two is one that is not there.
        let Some(part) = Part::new(opened, first, length) else { break };
        return super::head(answer.head.status, answer.head.headers, box_body(part));
    }
    if file.index().is_some_and(|index| open(&index).is_some()) {
        return super::send(file.add_slash());
    }
    let mut missing = file.not_found();
    if file.method() == Method::Get
        && let Ok(page) = std::fs::read("/404.html")
    {
        missing.body = page;
    }
    super::send(missing)
}

/// The regular file at a path relative to the mount; the sandbox keeps links from leading out of it.
fn open(name: &str) -> Option<(File, FileMeta)> {
    let opened = File::open(Path::new("/").join(name)).ok()?;
    let known = opened.metadata().ok().filter(std::fs::Metadata::is_file)?;
    let modified = known.modified().ok().and_then(|at| at.duration_since(UNIX_EPOCH).ok());
    let modified = modified.and_then(|since| i64::try_from(since.as_secs()).ok());
    Some((opened, FileMeta { size: known.len(), modified: modified.map(Timestamp::from_unix) }))
}

/// A run of bytes of a file, read as it is sent.
struct Part {
    file: File,
    left: u64,
}

impl Part {
    fn new(mut file: File, first: u64, length: u64) -> Option<Self> {
        file.seek(SeekFrom::Start(first)).ok()?;
        Some(Self { file, left: length })
    }

    /// The next bytes; a file that has become shorter is an error, for its length was promised.
    fn piece(&mut self) -> io::Result<Bytes> {
        let mut piece = Vec::new();
        self.file.by_ref().take(self.left.min(PIECE)).read_to_end(&mut piece)?;
        if piece.is_empty() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.left = self.left.saturating_sub(piece.len() as u64);
        Ok(piece.into())
    }
}

impl Body for Part {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        // Reading from a mount never waits.
        Poll::Ready((self.left > 0).then(|| self.piece().map(Frame::data)))
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}
