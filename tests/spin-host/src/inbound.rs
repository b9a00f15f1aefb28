//! Decides which component answers a request, and what Spin tells it in `spin-*` headers.

use std::{collections::BTreeMap, net::SocketAddr, str};

use http_body_util::{BodyExt as _, Full};
use hyper::{
    Request, Response, StatusCode, Uri,
    body::Incoming,
    header::{HOST, HeaderName, HeaderValue},
    http::uri::{Authority, Scheme},
};
use wasmtime::{Result, ensure, error::Context as _};
use wasmtime_wasi_http::{Error, WasiBody, handler::ProxyHandler};

use crate::{
    component::{Compiled, Reuse, engine},
    key_value::Contents,
    manifest::App,
    outbound,
};

/// The application, ready to answer.
pub struct Site {
    routes: Vec<(String, String)>,
    components: BTreeMap<String, ProxyHandler<Compiled>>,
}

impl Site {
    pub fn load(app: App, contents: Contents, reuse: Reuse) -> Result<Self> {
        let (engine, tls) = (engine()?, outbound::authorities()?);
        let mut components = BTreeMap::new();
        for (name, grants) in app.components {
            let component = Compiled::load(&engine, grants, contents.clone(), tls.clone(), reuse)
                .with_context(|| format!("component {name:?}"))?;
            components.insert(name, component);
        }
        let routes = app.routes;
        Ok(Self { routes, components })
    }

    /// An `Err` closes the connection without an answer, as Spin does where it cannot tell the host.
    pub async fn answer(
        &self,
        mut request: Request<Incoming>,
        client: SocketAddr,
    ) -> Result<Response<WasiBody>> {
        if let Some(page) = request.uri().path().strip_prefix("/.well-known/spin/") {
            return Ok(match page {
                "health" => plain(StatusCode::OK, "OK"),
                _ => plain(StatusCode::NOT_FOUND, ""),
            });
        }
        let Some((route, component, rest)) = self.route(request.uri().path()) else {
            return Ok(plain(StatusCode::NOT_FOUND, ""));
        };
        let full_url = make_absolute(&mut request)?;
        let utf8 = |value: &HeaderValue| str::from_utf8(value.as_bytes()).is_ok();
        if !request.headers().values().all(utf8) {
            return Ok(plain(StatusCode::INTERNAL_SERVER_ERROR, ""));
        }
        let prefix = route.strip_suffix("/...").unwrap_or(route);
        for (name, value) in [
            ("spin-path-info", rest.as_str()),
            ("spin-full-url", &full_url),
            ("spin-matched-route", route),
            ("spin-base-path", "/"),
            ("spin-raw-component-route", route),
            ("spin-component-route", prefix),
            ("spin-client-addr", &client.to_string()),
        ] {
            // Spin appends: of two, the first is the client's word and the last is Spin's.
            let name = HeaderName::from_static(name);
            request.headers_mut().append(name, HeaderValue::from_bytes(value.as_bytes())?);
        }
        let request = request.map(|body| body.map_err(Error::from).boxed_unsync());
        Ok(component.handle((), request).await.unwrap_or_else(|error| {
            eprintln!("500: {error:#}");
            plain(StatusCode::INTERNAL_SERVER_ERROR, "")
        }))
    }

    /// Route as written, its component, and the path after it; exact routes first, then the longest.
    fn route(&self, path: &str) -> Option<(&str, &ProxyHandler<Compiled>, String)> {
        let fits = |route: &&(String, String)| match route.0.strip_suffix("/...") {
            Some(prefix) => {
                let rest = path.strip_prefix(prefix);
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            }
            None => route.0 == path,
        };
        let rank = |route: &&(String, String)| (!route.0.ends_with("/..."), route.0.len());
        let (route, name) = self.routes.iter().filter(fits).max_by_key(rank)?;
        let rest =
            route.strip_suffix("/...").and_then(|prefix| path.strip_prefix(prefix)).unwrap_or_default();
        Some((route, self.components.get(name)?, rest.to_owned()))
    }
}

/// Gives the address scheme and authority, which must be one and the same in `Host` and request line.
fn make_absolute(request: &mut Request<Incoming>) -> Result<String> {
    let host = request.headers().get(HOST);
    let host: Option<Authority> = host.map(|host| host.as_bytes().try_into()).transpose()?;
    let mut parts = request.uri().clone().into_parts();
    if let (Some(said), Some(addressed)) = (&host, &parts.authority) {
        ensure!(said == addressed, "Host is not that of the request line");
    }
    parts.authority = host.or(parts.authority);
    ensure!(parts.authority.is_some(), "no Host");
    parts.scheme = Some(Scheme::HTTP);
    *request.uri_mut() = Uri::from_parts(parts)?;
    Ok(request.uri().to_string())
}

fn plain(status: StatusCode, text: &'static str) -> Response<WasiBody> {
    let body = Full::from(text).map_err(|never| match never {});
    let mut response = Response::new(body.boxed_unsync());
    *response.status_mut() = status;
    response
}
