//! What the tests of the native program share: a folder of their own, a host on loopback, bytes on a socket.

use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use franceconnect_edge::config;
use franceconnect_edge::host::native::{self, Native};
use tokio::sync::oneshot;

/// A folder that is removed with the test.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let name = format!("native-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> &Self {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
        self
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A session key that protects nothing.
pub const KEY: &str = "9dy8pwbZg6lsvfRi5BEv8NaW41Z3hm49BVs78hfhoSA";

/// Variables of a configuration without faults; later pairs replace earlier ones.
pub fn variables(more: &[(&str, &str)]) -> Vec<(String, String)> {
    let usual = [
        ("PUBLIC_URL", "http://localhost:8787"),
        ("FC_ENVIRONMENT", "emulator"),
        ("FC_ISSUER", "http://127.0.0.1:9/api/v2"),
        ("FC_CLIENT_ID", "client"),
        ("FC_CLIENT_SECRET", "secret"),
        ("FC_SESSION_KEYS", KEY),
    ];
    usual.iter().chain(more).map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// A host that serves until it is dropped.
pub struct Server {
    pub address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    runtime: Option<tokio::runtime::Runtime>,
}

impl Server {
    pub fn start(site: &Path, more: &[(&str, &str)]) -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        let public_url = format!("http://localhost:{}", address.port());
        let mut all = vec![("PUBLIC_URL", public_url.as_str())];
        all.extend_from_slice(more);
        let variables = variables(&all);
        let config = config::read(|name| {
            variables.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.clone())
        });
        let native = Native {
            deployed: std::sync::Arc::new(config.into()),
            site: site.to_owned(),
            store: native::Store::default(),
        };
        let (stop, stopped) = oneshot::channel::<()>();
        runtime.spawn(native::serve(listener, native, async {
            let _ = stopped.await;
        }));
        Self { address, stop: Some(stop), runtime: Some(runtime) }
    }

    /// Sends the lines of a request head and a body, and reads the answer until the end.
    pub fn send(&self, head: &str, body: &[u8]) -> Answer {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let host = if head.contains("\nhost:") {
            String::new()
        } else {
            format!("host: localhost:{}\r\n", self.address.port())
        };
        let head = head.trim_end().replace('\n', "\r\n");
        let (line, rest) = head.split_once("\r\n").unwrap_or((&head, ""));
        let rest = if rest.is_empty() { String::new() } else { format!("{rest}\r\n") };
        write!(stream, "{line} HTTP/1.1\r\n{host}connection: close\r\n{rest}\r\n").unwrap();
        // The server may refuse before it has read all.
        let _ = stream.write_all(body);
        let mut bytes = Vec::new();
        let _ = stream.read_to_end(&mut bytes);
        Answer::parse(&bytes)
    }

    pub fn get(&self, path: &str) -> Answer {
        self.send(&format!("GET {path}"), b"")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.stop.take().map(|stop| stop.send(()));
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// An answer as it came over the wire.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn parse(bytes: &[u8]) -> Self {
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n").unwrap_or(bytes.len());
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default();
        Self { status, head, body: bytes.get(end + 4..).unwrap_or_default().to_vec() }
    }

    /// All values of a header.
    pub fn all(&self, name: &str) -> Vec<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.filter(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value).collect()
    }

    /// The one value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        let all = self.all(name);
        assert!(all.len() < 2, "{name} came {} times", all.len());
        all.first().copied()
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}
