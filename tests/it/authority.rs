//! What the emulator's https stands on: one port for both, an authority that is made once and vouches for loopback only.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::sync::{Arc, Barrier};
use std::time::{Duration, Instant};

use franceconnect_edge::emulator::Authority;
use rcgen::{CertificateParams, Issuer, KeyPair};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, ServerConfig, ServerConnection, Stream};

use crate::cli::{program, text};
use crate::cli_emulate::emulate;
use crate::cli_run::{Running, get, ready};
use crate::native_support::Folder;

/// A client that trusts the certificate at `path` and no other.
fn trusting(path: &Path) -> Arc<ClientConfig> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(path).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    Arc::new(config.with_root_certificates(roots).with_no_client_auth())
}

/// What a client that takes `ca` gets from an https address on loopback.
fn get_secure(ca: &Path, url: &str) -> Result<String, String> {
    let rest = url.strip_prefix("https://").unwrap();
    let (authority, path) = rest.split_once('/').unwrap();
    let (host, port) = authority.rsplit_once(':').unwrap();
    let name = ServerName::try_from(host.trim_matches(['[', ']']).to_owned()).unwrap();
    let mut socket = TcpStream::connect(("127.0.0.1", port.parse().unwrap())).unwrap();
    let mut client = ClientConnection::new(trusting(ca), name).unwrap();
    let mut stream = Stream::new(&mut client, &mut socket);
    let request = format!("GET /{path} HTTP/1.1\r\nhost: {authority}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).map_err(|error| error.to_string())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).map_err(|error| error.to_string())?;
    Ok(answer)
}

#[cfg(unix)]
#[test]
fn one_port_speaks_http_and_https_each_with_issuers_of_its_own() {
    let folder = Folder::new();
    let (running, lines) = Running::start(emulate(&folder, &[]));
    let (plain, all) = (ready(&lines), lines.join("\n"));
    let port = plain.trim_end_matches("/api/v2").rsplit_once(':').unwrap().1.to_owned();
    // Whoever connects and says nothing keeps nobody else waiting.
    let began = Instant::now();
    let _silent: Vec<TcpStream> =
        (0..5).map(|_| TcpStream::connect(format!("127.0.0.1:{port}")).unwrap()).collect();
    let ca = folder.path().join("ca/ca.pem");
    assert!(all.contains("ca/ca.pem"), "{all}");
    for path in ["/api/v2", "/plus/api/v2"] {
        let (http, https) =
            (format!("http://127.0.0.1:{port}{path}"), format!("https://localhost:{port}{path}"));
        for issuer in [&http, &https] {
            assert!(all.contains(&format!("  issuer: {issuer}\n")), "{issuer}: {all}");
        }
        let document = "/.well-known/openid-configuration";
        assert!(get(&format!("{http}{document}")).contains(&format!("\"issuer\":\"{http}\"")));
        for host in ["localhost", "127.0.0.1", "[::1]"] {
            let told = get_secure(&ca, &format!("https://{host}:{port}{path}{document}")).unwrap();
            assert!(told.contains(&format!("\"issuer\":\"{https}\"")), "{told}");
        }
    }
    assert!(began.elapsed() < Duration::from_secs(8));
    assert_eq!(running.signal("TERM").code(), Some(0));
}

/// Certificates that every client must refuse, as this one does; http is there all the same.
#[cfg(unix)]
#[test]
fn bad_certificates_are_presented_on_request() {
    let folder = Folder::new();
    for (presented, refusal) in
        [("expired", "expired"), ("other-name", "not valid for name"), ("unknown-authority", "UnknownIssuer")]
    {
        let (running, lines) = Running::start(emulate(&folder, &["--certificate", presented]));
        let document = format!("{}/.well-known/openid-configuration", ready(&lines));
        assert!(get(&document).starts_with("HTTP/1.1 200"));
        let secure = document.replace("http://127.0.0.1", "https://localhost");
        let told = get_secure(&folder.path().join("ca/ca.pem"), &secure).unwrap_err();
        assert!(told.contains(refusal), "{presented}: {told}");
        assert_eq!(running.signal("TERM").code(), Some(0));
    }
}

#[cfg(unix)]
#[test]
fn the_authority_is_made_once_and_its_key_is_for_its_owner() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    let ca = folder.path().join("ca");
    let started = |word: &str| {
        let (running, lines) = Running::start(emulate(&folder, &[]));
        let https = ready(&lines).replace("http://127.0.0.1", "https://localhost");
        assert!(get_secure(&ca.join("ca.pem"), &format!("{https}/jwks")).is_ok(), "{word}");
        running.signal("TERM");
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&ca.join("ca-key.pem")), mode(&ca)), (0o600, 0o700), "{word}");
        (fs::read(ca.join("ca.pem")).unwrap(), fs::read(ca.join("ca-key.pem")).unwrap())
    };
    let first = started("first");
    fs::set_permissions(ca.join("ca-key.pem"), fs::Permissions::from_mode(0o644)).unwrap();
    assert_eq!(started("second"), first);
    assert_eq!(fs::read_dir(&ca).unwrap().count(), 2, "no draft is left");
}

#[test]
fn many_who_make_the_authority_at_once_have_the_same() {
    let (folder, many) = (Folder::new(), 8);
    for round in 0..20 {
        let (ca, together) = (folder.path().join(round.to_string()), Barrier::new(many));
        let maker = || {
            together.wait();
            Authority::at(&ca).map(|known| fs::read(known.path()).unwrap())
        };
        let made: Vec<_> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..many).map(|_| scope.spawn(maker)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap().unwrap()).collect()
        });
        assert!(made.iter().all(|known| *known == made[0]));
    }
}

/// Its name constraints: a client that trusts it believes it about loopback, and about nothing else.
#[test]
fn whoever_steals_the_authority_can_be_nobody_else() {
    let folder = Folder::new();
    let authority = Authority::at(folder.path()).unwrap();
    let key = PrivatePkcs8KeyDer::from_pem_file(folder.path().join("ca-key.pem")).unwrap();
    let key = KeyPair::try_from(&key).unwrap();
    let mut name = CertificateParams::default();
    // The name in the certificate, which is the only thing besides the key that the thief's must say.
    let mark =
        String::from_utf8_lossy(&CertificateDer::from_pem_file(authority.path()).unwrap()).into_owned();
    let at = mark.find("franceconnect-edge emulator ").unwrap();
    name.distinguished_name = rcgen::DistinguishedName::new();
    name.distinguished_name.push(rcgen::DnType::CommonName, &mark[at..at + 34]);
    let issuer = Issuer::new(name, key);
    let believed = |host: &str| {
        let leaf = KeyPair::generate().unwrap();
        let certificate =
            CertificateParams::new([host.to_owned()]).unwrap().signed_by(&leaf, &issuer).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config =
            ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        let leaf = PrivateKeyDer::Pkcs8(leaf.serialize_der().into());
        let config = config.with_no_client_auth().with_single_cert(vec![certificate.into()], leaf).unwrap();
        let mut server = ServerConnection::new(Arc::new(config)).unwrap();
        let to = ServerName::try_from(host.to_owned()).unwrap();
        let mut client = ClientConnection::new(trusting(authority.path()), to).unwrap();
        for _ in 0..4 {
            let mut flight = Vec::new();
            client.write_tls(&mut flight).unwrap();
            server.read_tls(&mut &flight[..]).unwrap();
            server.process_new_packets().unwrap();
            flight.clear();
            server.write_tls(&mut flight).unwrap();
            client.read_tls(&mut &flight[..]).unwrap();
            if let Err(error) = client.process_new_packets() {
                return Err(error.to_string());
            }
        }
        Ok(())
    };
    for host in ["localhost", "franceconnect.localhost", "127.0.0.2", "::1"] {
        assert_eq!(believed(host), Ok(()), "{host}");
    }
    for host in ["app.franceconnect.gouv.fr", "localhost.example", "192.0.2.1", "::2"] {
        assert!(
            believed(host).unwrap_err().contains("NameConstraintViolation"),
            "{host}: {:?}",
            believed(host)
        );
    }
}

#[cfg(unix)]
#[test]
fn without_an_authority_there_is_http_and_a_reason() {
    let folder = Folder::new();
    folder.write("franceconnect-edge/ca-key.pem", "not a key");
    // The folder that was asked for must do; that of the user need not.
    let mut command = program(folder.path());
    let refused =
        command.args(["emulate", "--listen", "127.0.0.1:0", "--ca", "franceconnect-edge"]).output().unwrap();
    assert_eq!(refused.status.code(), Some(1));
    assert!(text(&refused.stderr).contains("--ca"), "{}", text(&refused.stderr));
    let mut command = program(folder.path());
    command.args(["emulate", "--listen", "127.0.0.1:0"]).env("XDG_DATA_HOME", folder.path());
    let (running, lines) = Running::start(command);
    assert!(!lines.join("\n").contains("https://localhost"), "{lines:?}");
    assert!(get(&format!("{}/jwks", ready(&lines))).contains("\"keys\""));
    assert_eq!(running.signal("TERM").code(), Some(0));
    // A certificate of another key would make every client fail, and say nothing of why.
    for name in ["one", "two"] {
        Authority::at(&folder.path().join(name)).unwrap();
    }
    fs::copy(folder.path().join("one/ca.pem"), folder.path().join("two/ca.pem")).unwrap();
    assert!(Authority::at(&folder.path().join("two")).is_err());
}
