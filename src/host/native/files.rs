//! Decides which file of the disk a name of the core is: the regular file at exactly that place.

use std::io::SeekFrom;
use std::path::{Path, PathBuf};

use axum::body::Body;
use axum::response::Response as HttpResponse;
use tokio::fs::{self, File};
use tokio::io::{AsyncReadExt, AsyncSeekExt};
use tokio_util::io::ReaderStream;

use super::{respond, respond_with, timestamp};
use crate::site::{FileMeta, SiteFile};
use crate::wire::Method;

/// Bytes read from a file at once.
const CHUNK: usize = 64 * 1024;
/// Longest `404.html` that is read.
const NOT_FOUND_PAGE: u64 = 1024 * 1024;

/// The folder of the site. It may appear, vanish and be built again while it is served.
pub(super) struct Files(PathBuf);

impl Files {
    pub(super) fn new(site: PathBuf) -> Self {
        Self(site)
    }

    pub(super) async fn answer(&self, site_file: &SiteFile) -> HttpResponse {
        for name in site_file.candidates() {
            if let Some((file, meta)) = self.open(&name).await {
                let answer = site_file.found(&name, meta);
                return match answer.part {
                    None => respond(answer.head),
                    Some((first, length)) => match part(file, first, length).await {
                        Some(body) => respond_with(answer.head, body),
                        None => respond(site_file.not_found()),
                    },
                };
            }
        }
        if let Some(index) = site_file.index()
            && self.open(&index).await.is_some()
        {
            return respond(site_file.add_slash());
        }
        let mut missing = site_file.not_found();
        if site_file.method() == Method::Get
            && let Some(page) = self.not_found_page().await
        {
            missing.body = page;
        }
        respond(missing)
    }

    /// Opens the regular file whose real path is the site's folder followed by `name`, letter for letter.
    ///
    /// So no symbolic link is followed, out of the site or within it, and on file systems that give one
    /// file several names (letter case, short names, Unicode forms) only the name that the gate judged
    /// reaches it.
    async fn open(&self, name: &str) -> Option<(File, FileMeta)> {
        let mut expected = fs::canonicalize(&self.0).await.ok()?;
        expected.extend(name.split('/'));
        let real = fs::canonicalize(&expected).await.ok()?;
        // Before opening: a named pipe would wait for its writer.
        if !same_name(&real, &expected) || !fs::metadata(&real).await.ok()?.is_file() {
            return None;
        }
        let file = File::open(&real).await.ok()?;
        let meta = file.metadata().await.ok().filter(std::fs::Metadata::is_file)?;
        Some((file, FileMeta { size: meta.len(), modified: meta.modified().ok().map(timestamp) }))
    }

    async fn not_found_page(&self) -> Option<Vec<u8>> {
        let (file, _) = self.open("404.html").await?;
        let mut page = Vec::new();
        file.take(NOT_FOUND_PAGE).read_to_end(&mut page).await.ok()?;
        Some(page)
    }
}

/// Compares the names as they are spelt; `Path`'s own equality skips `.` and doubled separators.
fn same_name(a: &Path, b: &Path) -> bool {
    a.as_os_str() == b.as_os_str()
}

async fn part(mut file: File, first: u64, length: u64) -> Option<Body> {
    if first > 0 {
        file.seek(SeekFrom::Start(first)).await.ok()?;
    }
    Some(Body::from_stream(ReaderStream::with_capacity(file.take(length), CHUNK)))
}
