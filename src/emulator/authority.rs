//! Decides what https stands on: a certificate authority of this machine's own, made at its first use and kept in a
//! folder of the user's, and a certificate for each start.
//!
//! It may vouch for loopback only (RFC 5280 §4.2.1.10), and nobody below it for anything: whoever steals its key can
//! pass for this machine at this machine.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, DnType, ExtendedKeyUsagePurpose, GeneralSubtree, IsCa,
    Issuer, KeyPair, KeyUsagePurpose, NameConstraints, PublicKeyData, SanType,
};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// The certificate's file, which clients are told to trust.
const CERTIFICATE: &str = "ca.pem";
/// The private key's file.
const KEY: &str = "ca-key.pem";
/// The kinds of block in these files (RFC 7468 §5.1, §10).
const CERTIFICATE_LABEL: &str = "CERTIFICATE";
const KEY_LABEL: &str = "PRIVATE KEY";

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// Life of the authority: whoever trusts it does so once.
const YEARS: u32 = 10 * 365;
/// Life of a certificate, drawn again at each start.
const DAYS: u32 = 30;

/// Which certificate is presented: the right one, or one that every client must refuse (RFC 9525 §6, RFC 5280 §6.1).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Presented {
    /// For `localhost` and loopback, of the authority.
    #[default]
    Right,
    /// The same, over since yesterday.
    Expired,
    /// For another name of loopback.
    OtherName,
    /// The same as the right one, of an authority that nobody knows.
    UnknownAuthority,
}

/// An authority that has its key.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    path: PathBuf,
}

impl Authority {
    /// The authority kept in `folder`, which is made with it when there is none.
    ///
    /// # Errors
    /// Those of the file system; and `InvalidData` when a file is not what was written there, or the certificate is not
    /// of the key.
    pub fn at(folder: &Path) -> io::Result<Self> {
        make_folder(folder)?;
        let written = kept(&folder.join(KEY), 0o600, || {
            Ok(pem(KEY_LABEL, KeyPair::generate().map_err(io::Error::other)?.serialized_der()))
        })?;
        let key = PrivatePkcs8KeyDer::from_pem_slice(written.as_bytes()).map_err(invalid)?;
        let key = KeyPair::try_from(&key).map_err(invalid)?;
        let public = key.subject_public_key_info();
        let params = authority(&public);
        let path = folder.join(CERTIFICATE);
        let written = kept(&path, 0o644, || {
            let certificate = params.self_signed(&key).map_err(io::Error::other)?;
            Ok(pem(CERTIFICATE_LABEL, certificate.der()))
        })?;
        let certificate = CertificateDer::from_pem_slice(written.as_bytes()).map_err(invalid)?;
        if !certificate.windows(public.len()).any(|part| part == public) {
            return Err(invalid(format!("{CERTIFICATE} is not of {KEY}")));
        }
        Ok(Self { issuer: Issuer::new(params, key), path })
    }

    /// The certificate that clients are told to trust.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// TLS for `localhost` and loopback, with the certificate `presented`.
    ///
    /// # Errors
    /// When a key cannot be drawn, which is a failure of the system.
    pub fn server(&self, presented: Presented) -> io::Result<ServerConfig> {
        let key = KeyPair::generate().map_err(io::Error::other)?;
        let mut params = server();
        let stranger = KeyPair::generate().map_err(io::Error::other)?;
        let stranger = Issuer::new(authority(&stranger.subject_public_key_info()), stranger);
        match presented {
            Presented::Right | Presented::UnknownAuthority => {}
            Presented::Expired => {
                let yesterday = SystemTime::now().checked_sub(DAY).unwrap_or(SystemTime::UNIX_EPOCH);
                params.not_before = yesterday.checked_sub(DAY).unwrap_or(yesterday).into();
                params.not_after = yesterday.into();
            }
            Presented::OtherName => {
                let other = "autre.localhost".try_into().map_err(io::Error::other)?;
                params.subject_alt_names = vec![SanType::DnsName(other)];
            }
        }
        let issuer = if presented == Presented::UnknownAuthority { &stranger } else { &self.issuer };
        let certificate = params.signed_by(&key, issuer).map_err(io::Error::other)?;
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let config = config.map_err(io::Error::other)?.with_no_client_auth();
        let mut config = config.with_single_cert(vec![certificate.into()], key).map_err(io::Error::other)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(config)
    }
}

/// The authority of the key `public`; that each has its own name keeps a client that trusts two from mistaking them.
fn authority(public: &[u8]) -> CertificateParams {
    let mark: String =
        crate::secret::fingerprint::<3>(public).iter().map(|byte| format!("{byte:02x}")).collect();
    let mut params = lasting(YEARS);
    params.distinguished_name.push(DnType::CommonName, format!("franceconnect-edge emulator {mark}"));
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    params.name_constraints = Some(NameConstraints {
        permitted_subtrees: vec![
            // With every name below it (RFC 5280 §4.2.1.10).
            GeneralSubtree::DnsName("localhost".to_owned()),
            GeneralSubtree::IpAddress(CidrSubnet::V4([127, 0, 0, 0], [255, 0, 0, 0])),
            GeneralSubtree::IpAddress(CidrSubnet::V6(Ipv6Addr::LOCALHOST.octets(), [255; 16])),
        ],
        excluded_subtrees: Vec::new(),
    });
    params
}

/// Without `*.localhost`: a star above a single label is nothing to most clients, and rustls then takes none of the
/// other names either.
fn server() -> CertificateParams {
    let mut params = lasting(DAYS);
    params.distinguished_name.push(DnType::CommonName, "localhost");
    let addresses = [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)];
    let name = "localhost".try_into().ok().map(SanType::DnsName);
    params.subject_alt_names = name.into_iter().chain(addresses.map(SanType::IpAddress)).collect();
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    params
}

/// A certificate from yesterday, as clocks differ, for so many days.
fn lasting(days: u32) -> CertificateParams {
    let now = SystemTime::now();
    let mut params = CertificateParams::default();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.not_before = now.checked_sub(DAY).unwrap_or(now).into();
    params.not_after = now.checked_add(DAY.saturating_mul(days)).unwrap_or(now).into();
    params
}

/// What the file at `path` says, written first if there is none: whole, whoever else does so at the same time.
fn kept(path: &Path, mode: u32, make: impl FnOnce() -> io::Result<String>) -> io::Result<String> {
    match fs::read_to_string(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        known => return restrict(path, mode).and(known),
    }
    let mut chance = [0; 8];
    getrandom::fill(&mut chance).map_err(io::Error::other)?;
    let draft = path.with_extension(format!("{:x}", u64::from_be_bytes(chance)));
    write(&draft, mode, &make()?)?;
    // Unlike a renaming, this takes nobody else's away.
    let linked = fs::hard_link(&draft, path);
    let _ = fs::remove_file(&draft);
    match linked {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error),
        _ => fs::read_to_string(path),
    }
}

#[cfg(unix)]
fn make_folder(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

#[cfg(not(unix))]
fn make_folder(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).create(folder)
}

#[cfg(unix)]
fn restrict(path: &Path, mode: u32) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let now = fs::metadata(path)?.permissions().mode() & 0o777;
    if now & !mode == 0 { Ok(()) } else { fs::set_permissions(path, fs::Permissions::from_mode(mode)) }
}

#[cfg(not(unix))]
fn restrict(_: &Path, _: u32) -> io::Result<()> {
    Ok(())
}

fn write(path: &Path, mode: u32, text: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode);
    #[cfg(not(unix))]
    let _ = mode;
    options.open(path)?.write_all(text.as_bytes())
}

/// RFC 7468 §3.
fn pem(label: &str, der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let lines = text.as_bytes().chunks(64).map(|line| String::from_utf8_lossy(line) + "\n");
    format!("-----BEGIN {label}-----\n{}-----END {label}-----\n", lines.collect::<String>())
}

fn invalid(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, error)
}
