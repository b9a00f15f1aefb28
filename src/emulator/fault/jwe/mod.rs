//! Decides the lies of encryption, for the ID Token and for userinfo alike: what each is called and what a correct
//! relying party makes of it. The files below hold what each does, in the order in which a token is made: what is
//! inside, how the content key travels, the header, the content, the text.

mod agreement;
mod content;
mod header;
mod inside;
mod management;
mod text;
mod transport;

use super::Fault;
use super::signature::Pen;
use super::table::{Facts, Outcome, Stage};
use crate::emulator::client::Encryption;
use crate::emulator::client::recipient::Recipient;
use crate::emulator::token::jwe;
use crate::secret::Chance;
use serde_json::{Map, Value};

/// The two tokens that are encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sealed {
    /// The ID Token.
    IdToken,
    /// The userinfo answer.
    UserInfo,
}

/// The families of key management that a lie may be about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    /// `ECDH-ES`.
    Ecdh,
    /// `RSA-OAEP` and `RSA-OAEP-256`.
    Rsa,
}

impl Family {
    pub(super) fn of(encryption: Encryption) -> Self {
        match encryption {
            Encryption::EcdhEs => Self::Ecdh,
            Encryption::RsaOaep | Encryption::RsaOaep256 => Self::Rsa,
        }
    }
}

/// What there is to make an encrypted token of.
pub(in crate::emulator) struct Letter<'a> {
    /// Which of the two it is.
    pub(in crate::emulator) of: Sealed,
    /// The signed token, as it ought to be encrypted.
    pub(in crate::emulator) token: &'a str,
    /// Its claims.
    pub(in crate::emulator) claims: &'a Map<String, Value>,
    /// What signed it.
    pub(in crate::emulator) pen: &'a Pen<'a>,
    /// Whom it is for.
    pub(in crate::emulator) client_id: &'a str,
    /// The keys it may be encrypted to, the right one first.
    pub(in crate::emulator) to: &'a [Recipient],
    /// Every key that the client publishes.
    pub(in crate::emulator) keys: &'a [Value],
    /// The encrypted token of an earlier login, if there was one.
    pub(in crate::emulator) earlier: Option<&'a String>,
}

macro_rules! encryptions {
    (@only) => { None };
    (@only $family:ident) => { Some(Family::$family) };
    ($($variant:ident = $word:literal, $outcome:ident $(on $family:ident)?, $what:literal;)*) => {
        /// How a token is encrypted.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Jwe { $(#[doc = $what] $variant,)* }

        /// Every lie about either token.
        pub(super) const ALL: &[Fault] = &[
            $(Fault::Jwe(Sealed::IdToken, Jwe::$variant),)*
            $(Fault::Jwe(Sealed::UserInfo, Jwe::$variant),)*
        ];

        impl Jwe {
            pub(super) fn facts(self, of: Sealed) -> Facts {
                let (name, outcome, what) = match (of, self) {
                    $((Sealed::IdToken, Self::$variant) =>
                        (concat!("id_token_jwe.", $word), Outcome::$outcome, $what),)*
                    $((Sealed::UserInfo, Self::$variant) =>
                        (concat!("userinfo_jwe.", $word), Outcome::$outcome, $what),)*
                };
                let stage = match of {
                    Sealed::IdToken => Stage::IdToken,
                    Sealed::UserInfo => Stage::UserInfo,
                };
                Facts { name, stage, outcome, what }
            }

            /// The only family of key management that it can be told with.
            pub(super) fn only(self) -> Option<Family> {
                match self {
                    $(Self::$variant => encryptions!(@only $($family)?),)*
                }
            }
        }
    };
}

encryptions! {
    PlainJws = "plain_jws", Stops, "the signed token, not encrypted";
    BareClaims = "bare_claims", Stops, "the claims inside, not signed";
    InnerEmpty = "inner_empty", Stops, "nothing inside";
    InnerNotUtf8 = "inner_not_utf8", Stops, "bytes inside that are no UTF-8";
    InnerJson = "inner_json", Stops, "the signed token inside in JSON serialization";
    InnerForeign = "inner_foreign", Stops, "a stranger's signature inside";
    InnerLineBreak = "inner_line_break", Either, "a line break after the signed token inside";
    JweInJwe = "jwe_in_jwe", Stops, "encrypted twice";
    JwsInJws = "jws_in_jws", Stops, "signed twice inside";
    JweInJws = "jwe_in_jws", Stops, "encrypted first and signed afterwards";
    DepthFive = "depth_five", Stops, "encrypted five times";
    Replayed = "replayed", Stops, "encrypted for another login";
    Huge = "huge", Stops, "a megabyte inside";

    AlgRsa15 = "alg_rsa1_5", Stops, "`alg` is `RSA1_5`";
    AlgOaepOther = "alg_oaep_other", Stops on Rsa, "OAEP with the other hash";
    AlgUnregistered = "alg_unregistered", Stops, "another algorithm of FranceConnect+, with a key of yours if there is one";
    AlgDir = "alg_dir", Stops, "`alg` is `dir`, keyed with the client secret";
    AlgA256Kw = "alg_a256kw", Stops, "`alg` is `A256KW`, keyed with the client secret";
    AlgA256GcmKw = "alg_a256gcmkw", Stops, "`alg` is `A256GCMKW`, keyed with the client secret";
    AlgEcdhA256Kw = "alg_ecdh_es_a256kw", Stops on Ecdh, "`alg` is `ECDH-ES+A256KW`";
    AlgEcdhA128Kw = "alg_ecdh_es_a128kw", Stops on Ecdh, "`alg` is `ECDH-ES+A128KW`";
    AlgPbes2 = "alg_pbes2", Stops, "`alg` is `PBES2-HS256+A128KW`, the client secret being the password";
    AlgPbes2Huge = "alg_pbes2_huge", Stops, "`alg` is `PBES2-HS256+A128KW`, a thousand million rounds";
    AlgNone = "alg_none", Stops, "`alg` is `none`, the content key zeros";
    AlgMissing = "alg_missing", Stops, "no `alg`";
    AlgCase = "alg_case", Stops, "`alg` in other case";
    AlgNumber = "alg_number", Stops, "`alg` is a number";
    AlgArray = "alg_array", Stops, "`alg` in an array";

    KeyNotEmpty = "key_not_empty", Stops on Ecdh, "an encrypted key beside the one agreed on";
    KeyEmpty = "key_empty", Stops on Rsa, "no encrypted key";
    KeyShort = "key_short", Stops on Rsa, "the encrypted key without its last byte";
    KeyLong = "key_long", Stops on Rsa, "a zero before the encrypted key";
    KeyGarbage = "key_garbage", Stops on Rsa, "an encrypted key that nothing was encrypted to";
    KeyBeyondModulus = "key_beyond_modulus", Stops on Rsa, "an encrypted key not below the modulus";
    KeyZero = "key_zero", Stops on Rsa, "an encrypted key of zeros";
    KeyForeign = "key_foreign", Stops, "encrypted to somebody else, under your `kid`";
    KeyLast = "key_last", Succeeds, "encrypted to the last of your fitting keys";
    CekSixteen = "cek_16", Stops on Rsa, "a content key of 16 bytes";
    CekShort = "cek_31", Stops on Rsa, "a content key of 31 bytes";
    CekLong = "cek_64", Stops on Rsa, "a content key of 64 bytes";
    CekEmpty = "cek_empty", Stops on Rsa, "an empty content key";
    OaepLabel = "oaep_label", Stops on Rsa, "OAEP with a label";
    OaepMask = "oaep_mask", Stops on Rsa, "OAEP whose mask is of the other hash";

    EpkMissing = "epk_missing", Stops on Ecdh, "no `epk`";
    EpkNull = "epk_null", Stops on Ecdh, "`epk` is null";
    EpkText = "epk_text", Stops on Ecdh, "`epk` is text";
    EpkArray = "epk_array", Stops on Ecdh, "`epk` in an array";
    EpkP384 = "epk_p384", Stops on Ecdh, "`epk` on P-384";
    EpkX25519 = "epk_x25519", Stops on Ecdh, "`epk` of X25519";
    EpkCrvOther = "epk_crv_other", Stops on Ecdh, "the right `epk`, said to be on another curve";
    EpkCrvMissing = "epk_crv_missing", Stops on Ecdh, "`epk` without `crv`";
    EpkKtyOther = "epk_kty_other", Stops on Ecdh, "the right `epk`, said to be of another type";
    EpkKtyMissing = "epk_kty_missing", Stops on Ecdh, "`epk` without `kty`";
    EpkYMissing = "epk_y_missing", Stops on Ecdh, "`epk` without `y`";
    EpkOffCurve = "epk_off_curve", Stops on Ecdh, "`epk` of order two on another curve";
    EpkBeyondField = "epk_beyond_field", Stops on Ecdh, "`epk` with a coordinate beyond the field";
    EpkShort = "epk_short", Stops on Ecdh, "`epk` with a coordinate of 31 bytes";
    EpkLong = "epk_long", Stops on Ecdh, "`epk` with a coordinate of 33 bytes";
    EpkZero = "epk_zero", Stops on Ecdh, "`epk` of zeros";
    EpkPadded = "epk_padded", Stops on Ecdh, "`epk` in base64 with padding";
    EpkNumber = "epk_number", Stops on Ecdh, "a coordinate of `epk` is a number";
    EpkPrivate = "epk_private", Stops on Ecdh, "`epk` with its private member";
    EpkExtra = "epk_extra", Either on Ecdh, "`epk` with `kid`, `use` and `alg`";
    PartyInfo = "apu_apv", Succeeds on Ecdh, "`apu` and `apv`, correctly used";
    PartyEmpty = "apu_apv_empty", Either on Ecdh, "`apu` and `apv` that are empty";
    PartyLong = "apu_long", Either on Ecdh, "an `apu` of 4 kB, correctly used";
    ApuNumber = "apu_number", Stops on Ecdh, "`apu` is a number";
    ApvArray = "apv_array", Stops on Ecdh, "`apv` is an array";
    ApuNotBase64 = "apu_not_base64", Stops on Ecdh, "`apu` is not base64url";
    ApuUnused = "apu_unused", Stops on Ecdh, "`apu` that the key was not derived with";
    ApvUnused = "apv_unused", Stops on Ecdh, "`apv` that the key was not derived with";
    KdfAlgorithm = "kdf_algorithm", Stops on Ecdh, "a key derived for `ECDH-ES` instead of `A256GCM`";
    KdfNone = "kdf_none", Stops on Ecdh, "the shared secret itself is the key";

    EncA128Gcm = "enc_a128gcm", Stops, "`enc` is `A128GCM`";
    EncA256Cbc = "enc_a256cbc_hs512", Stops, "`enc` is `A256CBC-HS512`";
    EncA128Cbc = "enc_a128cbc_hs256", Stops, "`enc` is `A128CBC-HS256`";
    EncNone = "enc_none", Stops, "`enc` is `none`, the content readable";
    EncMissing = "enc_missing", Stops, "no `enc`";
    EncCase = "enc_case", Stops, "`enc` in lower case";
    EncNumber = "enc_number", Stops, "`enc` is a number";
    CtyMissing = "cty_missing", Stops, "no `cty`";
    CtyLower = "cty_lower", Succeeds, "`cty` is `jwt`";
    CtyMediaType = "cty_media_type", Either, "`cty` is `application/jwt`";
    CtyJson = "cty_json", Either, "`cty` is `JSON`";
    CtyEmpty = "cty_empty", Stops, "an empty `cty`";
    CtyNumber = "cty_number", Stops, "`cty` is a number";
    Zip = "zip", Stops, "`zip` is `DEF`, the content compressed";
    ZipPlain = "zip_plain", Stops, "`zip` is `DEF`, the content not compressed";
    Crit = "crit", Stops, "`crit` names an extension nobody knows";
    CritEmpty = "crit_empty", Stops, "`crit` is empty";
    B64False = "b64_false", Stops, "`b64` is false";
    KidUnknown = "kid_unknown", Either, "a `kid` nobody knows";
    KidMissing = "kid_missing", Succeeds, "no `kid`";
    KidEmpty = "kid_empty", Either, "an empty `kid`";
    KidPath = "kid_path", Either, "`kid` climbs directories";
    KidNumber = "kid_number", Stops, "`kid` is a number";
    TypJwt = "typ_jwt", Succeeds, "`typ` is `JWT`";
    TypOther = "typ_other", Either, "`typ` is `at+jwt`";
    OuterIss = "outer_iss", Either, "`iss` of another provider in the header";
    OuterAud = "outer_aud", Either, "`aud` of another client in the header";
    OuterSub = "outer_sub", Either, "`sub` of somebody else in the header";
    OuterExp = "outer_exp", Either, "`exp` five minutes after 1970 in the header";
    OuterNumber = "outer_number", Either, "`iss` is a number in the header";
    OuterMissing = "outer_missing", Either, "neither `iss` nor `aud` in the header";
    Jku = "jku", Either, "the address of a stranger's keys in the header";
    HeaderExtra = "header_extra", Either, "header members nobody knows";
    HeaderDuplicate = "header_duplicate", Stops, "`enc` twice in the header";
    HeaderArray = "header_array", Stops, "the header is an array";
    HeaderText = "header_text", Stops, "the header is no JSON";
    HeaderEmpty = "header_empty", Stops, "the header is empty";
    HeaderTrailing = "header_trailing", Stops, "other text after the header";
    HeaderBom = "header_bom", Stops, "a byte order mark before the header";
    HeaderHuge = "header_huge", Stops, "a header of 1 MB";
    HeaderRespaced = "header_respaced", Stops, "a header written anew after encryption";

    IvBit = "iv_bit", Stops, "a bit of the IV flipped";
    IvEleven = "iv_11", Stops, "an IV of 11 bytes, correctly used";
    IvSixteen = "iv_16", Stops, "an IV of 16 bytes, correctly used";
    IvLong = "iv_long", Stops, "four bytes more after the IV";
    IvEmpty = "iv_empty", Stops, "no IV";
    CiphertextBit = "ciphertext_bit", Stops, "a bit of the ciphertext flipped";
    CiphertextCut = "ciphertext_cut", Stops, "the ciphertext without its last byte";
    CiphertextEmpty = "ciphertext_empty", Stops, "no ciphertext";
    TagBit = "tag_bit", Stops, "a bit of the tag flipped";
    TagFifteen = "tag_15", Stops, "a tag of 15 bytes";
    TagTwelve = "tag_12", Stops, "a tag of 12 bytes";
    TagFour = "tag_4", Stops, "a tag of 4 bytes";
    TagEmpty = "tag_empty", Stops, "no tag";
    TagLong = "tag_17", Stops, "a tag of 17 bytes";

    PartsFour = "parts_four", Stops, "four parts";
    PartsSix = "parts_six", Stops, "six parts";
    PartsEmpty = "parts_empty", Stops, "five parts, all empty";
    Padded = "padded", Stops, "base64 with padding";
    TrailingBits = "trailing_bits", Stops, "bits left over in the tag's base64";
    WhiteSpace = "white_space", Stops, "a line break in the token";
    LineBreak = "line_break", Either, "a line break after the token";
    JsonFlattened = "json_flattened", Stops, "flattened JSON serialization";
    JsonGeneral = "json_general", Stops, "general JSON serialization";
}

impl Jwe {
    /// The token of this letter.
    pub(in crate::emulator) fn seal(self, letter: &Letter<'_>, chance: &mut Chance) -> Option<String> {
        if self == Self::PlainJws {
            return Some(letter.token.to_owned());
        }
        if let (Self::Replayed, Sealed::IdToken, Some(earlier)) = (self, letter.of, letter.earlier) {
            return Some(earlier.clone());
        }
        let plaintext = self.inside(letter, chance)?;
        let managed = self.manage(letter, chance)?;
        let kid = letter.to.first()?.kid.as_str();
        let members = jwe::header(&managed, kid, letter.pen.issuer, letter.client_id);
        let header = self.header(members, letter);
        let mut parts = self.content(header, &managed, &plaintext, chance)?;
        self.spoil(&mut parts);
        if self == Self::JweInJws {
            return inside::signed(&parts.compact(), letter.pen);
        }
        Some(self.written(&parts))
    }
}
