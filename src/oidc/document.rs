//! What every answer of the provider must be before its content counts: status, media type.

use super::{Failure, FetchAnswer, Fetched, Unreachable};

/// The codes with which one endpoint's answers fail.
#[derive(Debug, Clone, Copy)]
pub(super) struct Codes {
    pub(super) unreachable: &'static str,
    pub(super) status: &'static str,
    pub(super) content_type: &'static str,
}

/// The answer itself, or the failure that nothing came.
pub(super) fn arrived(answer: FetchAnswer, codes: Codes) -> Result<Fetched, Failure> {
    answer.result.map_err(|why| {
        let meaning = match why {
            Unreachable::Timeout => "no complete answer in time",
            Unreachable::TooLarge => "the answer is larger than allowed",
            Unreachable::Network => "DNS, connection, TLS, or the platform's outbound rules refused the call",
        };
        Failure::unreachable(codes.unreachable, meaning)
    })
}

/// A 200 answer of one of the media types; parameters and case of the type do not count.
pub(super) fn document(answer: FetchAnswer, types: &[&str], codes: Codes) -> Result<Vec<u8>, Failure> {
    let fetched = arrived(answer, codes)?;
    if fetched.status != 200 {
        return Err(Failure::unreachable(
            codes.status,
            "the answer is not a 200; redirects are not followed",
        ));
    }
    if !is_type(&fetched, types) {
        return Err(Failure::refusal(codes.content_type, "the answer is of another media type"));
    }
    Ok(fetched.body)
}

/// Whether the content type is one of `types`.
pub(super) fn is_type(fetched: &Fetched, types: &[&str]) -> bool {
    let essence =
        fetched.content_type.as_deref().and_then(|value| value.split(';').next()).unwrap_or_default();
    types.iter().any(|kind| essence.trim().eq_ignore_ascii_case(kind))
}
