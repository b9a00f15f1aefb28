//! Decides where a component may send requests (`allowed_outbound_hosts`) and sends them: no redirects, no pooling.

use std::{env, future::Future, io, ops::RangeInclusive, sync::Arc, time::Duration};

use futures::stream;
use http_body_util::{BodyExt as _, StreamBody};
use hyper::{
    Request, Response, Uri,
    client::conn::http1,
    header::{HOST, HeaderValue},
    http::uri::Scheme,
};
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, ServerName, pem::PemObject as _},
};
use tokio::{net::TcpStream, time::timeout};
use tokio_rustls::TlsConnector;
use wasmtime::{Result, bail, ensure, error::Context as _};
use wasmtime_wasi_http::{
    DEFAULT_FORBIDDEN_HEADERS, Error, ForbiddenHeaderFilter, RequestOptions, WasiBody, WasiHttpHooks,
    io::TokioIo,
};

/// What a component that sets no time of its own is given, for each of the three.
const PATIENCE: Duration = Duration::from_secs(600);

/// One entry of `allowed_outbound_hosts`: `scheme://host[:port]`.
#[derive(Debug)]
pub struct AllowedHost {
    /// None is `*`.
    scheme: Option<String>,
    /// `*`, `*.domain`, a name or an address.
    host: String,
    ports: RangeInclusive<u16>,
}

impl AllowedHost {
    pub fn parse(entry: &str) -> Result<Self> {
        let wrong = || format!("allowed_outbound_hosts: {entry:?}");
        let (scheme, rest) = entry.trim().split_once("://").with_context(wrong)?;
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        ensure!(!rest.contains(['/', '{', '@']), "{}: host and port only", wrong());
        let (host, port) = match rest.rsplit_once(':') {
            Some((host, port)) if !rest.ends_with(']') => (host, port),
            _ => (rest, ""),
        };
        let name = host.strip_prefix("*.").unwrap_or(host);
        if name.is_empty() || ["self", "self.alt"].contains(&host) || (host != "*" && name.contains('*')) {
            bail!("{}: not a host this program knows", wrong());
        }
        let ports = match (port, scheme) {
            ("", "http") => 80..=80,
            ("", "https") => 443..=443,
            ("*", _) => 0..=u16::MAX,
            (port, _) => {
                let port = port.parse::<u16>().with_context(wrong)?;
                port..=port
            }
        };
        Ok(Self {
            scheme: (scheme != "*").then(|| scheme.to_owned()),
            host: host.to_ascii_lowercase(),
            ports,
        })
    }

    fn allows(&self, uri: &Uri) -> bool {
        let (Some(scheme), Some(host)) = (uri.scheme_str(), uri.host()) else {
            return false;
        };
        let host = host.to_ascii_lowercase();
        let host_fits = match self.host.strip_prefix('*') {
            Some(suffix) => host.ends_with(suffix),
            None => host == self.host,
        };
        host_fits
            && self.scheme.as_deref().is_none_or(|ours| ours == scheme)
            && self.ports.contains(&port(uri))
    }
}

fn port(uri: &Uri) -> u16 {
    let default = if uri.scheme() == Some(&Scheme::HTTPS) { 443 } else { 80 };
    uri.port_u16().unwrap_or(default)
}

/// The certificate authorities that https believes: the public ones and those of `SSL_CERT_FILE`.
pub fn authorities() -> Result<Arc<ClientConfig>> {
    let mut roots = RootCertStore::from_iter(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    if let Some(file) = env::var_os("SSL_CERT_FILE") {
        let read = CertificateDer::pem_file_iter(&file)
            .and_then(|certificates| certificates.collect::<Result<Vec<_>, _>>());
        roots.add_parsable_certificates(read.with_context(|| format!("SSL_CERT_FILE {file:?}"))?);
    }
    let config = ClientConfig::builder().with_root_certificates(roots);
    Ok(Arc::new(config.with_no_client_auth()))
}

/// What one instance may send, and how.
pub struct Outbound {
    pub grants: Arc<crate::manifest::Grants>,
    pub tls: Arc<ClientConfig>,
}

type Sent<T> = Box<dyn Future<Output = Result<T, Error>> + Send>;

impl WasiHttpHooks for Outbound {
    /// `Host` is let through to the component, as Spin does; the others mean something on one connection only.
    fn forbidden_header_filter(&mut self) -> ForbiddenHeaderFilter {
        Arc::new(|name| name != HOST && DEFAULT_FORBIDDEN_HEADERS.contains(name))
    }

    fn send_request(
        &mut self,
        request: Request<WasiBody>,
        options: Option<RequestOptions>,
        _received: Sent<()>,
    ) -> Sent<(Response<WasiBody>, Sent<()>)> {
        let allowed = self.grants.hosts.iter().any(|host| host.allows(request.uri()));
        if !allowed {
            // Without path and query: logs are searched for secrets.
            let to = request.uri().authority().map_or("", |authority| authority.as_str());
            eprintln!("{}: not in allowed_outbound_hosts: {to}", self.grants.name);
            return Box::new(async { Err(Error::HttpRequestDenied) });
        }
        let tls = self.tls.clone();
        Box::new(async move {
            let response = send(request, options, tls).await?;
            Ok((response, Box::new(async { Ok(()) }) as Sent<()>))
        })
    }
}

async fn send(
    mut request: Request<WasiBody>,
    options: Option<RequestOptions>,
    tls: Arc<ClientConfig>,
) -> Result<Response<WasiBody>, Error> {
    let within =
        |choose: fn(RequestOptions) -> Option<Duration>| options.and_then(choose).unwrap_or(PATIENCE);
    let uri = request.uri().clone();
    let authority = uri.authority().ok_or(Error::HttpRequestUriInvalid)?;
    let name = authority.host().trim_matches(['[', ']']);
    let stream = timeout(within(|options| options.connect_timeout), TcpStream::connect((name, port(&uri))))
        .await
        .map_err(|_| Error::ConnectionTimeout)?
        .map_err(Error::Connect)?;

    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    *request.uri_mut() = path.parse().map_err(|_| Error::HttpRequestUriInvalid)?;
    let named = authority.as_str().rsplit('@').next().unwrap_or_default();
    let named = HeaderValue::try_from(named).map_err(|_| Error::HttpRequestUriInvalid)?;
    request.headers_mut().insert(HOST, named);

    let first_byte = within(|options| options.first_byte_timeout);
    let response = if uri.scheme() == Some(&Scheme::HTTPS) {
        let server =
            ServerName::try_from(name.to_owned()).map_err(|error| Error::Tls(io::Error::other(error)))?;
        let stream = TlsConnector::from(tls).connect(server, stream).await;
        timeout(first_byte, exchange(stream.map_err(Error::Tls)?, request)).await
    } else {
        timeout(first_byte, exchange(stream, request)).await
    };
    let response = response.map_err(|_| Error::ConnectionReadTimeout)??;

    let pause = within(|options| options.between_bytes_timeout);
    Ok(response.map(|body| {
        let frames = stream::unfold(body, move |mut body| async move {
            let frame = match timeout(pause, body.frame()).await {
                Ok(frame) => frame?.map_err(Error::from),
                Err(_) => Err(Error::ConnectionReadTimeout),
            };
            Some((frame, body))
        });
        StreamBody::new(frames).boxed_unsync()
    }))
}

async fn exchange(
    stream: impl tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
    request: Request<WasiBody>,
) -> Result<Response<hyper::body::Incoming>, Error> {
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    Ok(sender.send_request(request).await?)
}

#[cfg(test)]
mod tests {
    use super::AllowedHost;

    #[test]
    fn an_entry_allows_its_scheme_host_and_port_only() {
        for (entry, uri, expected) in [
            ("https://a.fr", "https://a.fr/x", true),
            ("https://a.fr/", "https://A.fr:443", true),
            ("https://a.fr", "https://a.fr:8443", false),
            ("https://a.fr", "http://a.fr", false),
            ("https://a.fr", "https://xa.fr", false),
            ("https://a.fr", "https://a.fr@evil.example", false),
            ("https://*.a.fr", "https://b.a.fr", true),
            ("https://*.a.fr", "https://a.fr", false),
            ("https://*.a.fr", "https://ba.fr", false),
            ("http://127.0.0.1:*", "http://127.0.0.1:8080", true),
            ("http://127.0.0.1:*", "http://127.0.0.2:8080", false),
            ("http://[::1]:80", "http://[::1]/", true),
            ("*://*:*", "http://a.fr:1", true),
        ] {
            let allows = AllowedHost::parse(entry).unwrap().allows(&uri.parse().unwrap());
            assert_eq!(allows, expected, "{entry} {uri}");
        }
        for entry in ["a.fr", "https://", "https://a.fr/x", "ftp://a.fr", "https://a.*", "https://self"] {
            assert!(AllowedHost::parse(entry).is_err(), "{entry}");
        }
    }
}
