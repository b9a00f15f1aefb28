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
    ($($variant:ident = $word:literal, $outcome:ident $(on $family:ident)?, $what:literal, $fr:literal;)*) => {
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
                let (outcome, what, fr) = match self {
                    $(Self::$variant => (Outcome::$outcome, $what, $fr),)*
                };
                let name = match (of, self) {
                    $((Sealed::IdToken, Self::$variant) => concat!("id_token_jwe.", $word),)*
                    $((Sealed::UserInfo, Self::$variant) => concat!("userinfo_jwe.", $word),)*
                };
                let stage = match of {
                    Sealed::IdToken => Stage::IdToken,
                    Sealed::UserInfo => Stage::UserInfo,
                };
                Facts { name, stage, outcome, what, fr }
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
    PlainJws = "plain_jws", Stops, "the signed token, not encrypted", "le jeton signé, sans chiffrement";
    BareClaims = "bare_claims", Stops, "the claims inside, not signed",
        "les claims à l’intérieur, sans signature";
    InnerEmpty = "inner_empty", Stops, "nothing inside", "rien à l’intérieur";
    InnerNotUtf8 = "inner_not_utf8", Stops, "bytes inside that are no UTF-8",
        "à l’intérieur, des octets qui ne sont pas de l’UTF-8";
    InnerJson = "inner_json", Stops, "the signed token inside in JSON serialization",
        "à l’intérieur, le jeton signé en sérialisation JSON";
    InnerForeign = "inner_foreign", Stops, "a stranger's signature inside",
        "à l’intérieur, la signature d’un inconnu";
    InnerLineBreak = "inner_line_break", Either, "a line break after the signed token inside",
        "à l’intérieur, un saut de ligne après le jeton signé";
    JweInJwe = "jwe_in_jwe", Stops, "encrypted twice", "chiffré deux fois";
    JwsInJws = "jws_in_jws", Stops, "signed twice inside", "signé deux fois à l’intérieur";
    JweInJws = "jwe_in_jws", Stops, "encrypted first and signed afterwards", "chiffré d’abord, signé ensuite";
    DepthFive = "depth_five", Stops, "encrypted five times", "chiffré cinq fois";
    Replayed = "replayed", Stops, "encrypted for another login", "chiffré pour une autre connexion";
    Huge = "huge", Stops, "a megabyte inside", "un mégaoctet à l’intérieur";

    AlgRsa15 = "alg_rsa1_5", Stops, "`alg` is `RSA1_5`", "`alg` vaut `RSA1_5`";
    AlgOaepOther = "alg_oaep_other", Stops on Rsa, "OAEP with the other hash", "OAEP avec l’autre condensat";
    AlgUnregistered = "alg_unregistered", Stops, "another algorithm of FranceConnect+, with a key of yours if there is one",
        "un autre algorithme de FranceConnect+, avec une de vos clés s’il y en a une";
    AlgDir = "alg_dir", Stops, "`alg` is `dir`, keyed with the client secret",
        "`alg` vaut `dir`, la clé étant le secret du client";
    AlgA256Kw = "alg_a256kw", Stops, "`alg` is `A256KW`, keyed with the client secret",
        "`alg` vaut `A256KW`, la clé étant le secret du client";
    AlgA256GcmKw = "alg_a256gcmkw", Stops, "`alg` is `A256GCMKW`, keyed with the client secret",
        "`alg` vaut `A256GCMKW`, la clé étant le secret du client";
    AlgEcdhA256Kw = "alg_ecdh_es_a256kw", Stops on Ecdh, "`alg` is `ECDH-ES+A256KW`",
        "`alg` vaut `ECDH-ES+A256KW`";
    AlgEcdhA128Kw = "alg_ecdh_es_a128kw", Stops on Ecdh, "`alg` is `ECDH-ES+A128KW`",
        "`alg` vaut `ECDH-ES+A128KW`";
    AlgPbes2 = "alg_pbes2", Stops, "`alg` is `PBES2-HS256+A128KW`, the client secret being the password",
        "`alg` vaut `PBES2-HS256+A128KW`, le mot de passe étant le secret du client";
    AlgPbes2Huge = "alg_pbes2_huge", Stops, "`alg` is `PBES2-HS256+A128KW`, a thousand million rounds",
        "`alg` vaut `PBES2-HS256+A128KW`, avec un milliard de tours";
    AlgNone = "alg_none", Stops, "`alg` is `none`, the content key zeros",
        "`alg` vaut `none`, la clé du contenu étant des zéros";
    AlgMissing = "alg_missing", Stops, "no `alg`", "pas de `alg`";
    AlgCase = "alg_case", Stops, "`alg` in other case", "`alg` avec majuscules et minuscules inversées";
    AlgNumber = "alg_number", Stops, "`alg` is a number", "`alg` est un nombre";
    AlgArray = "alg_array", Stops, "`alg` in an array", "`alg` dans un tableau";

    KeyNotEmpty = "key_not_empty", Stops on Ecdh, "an encrypted key beside the one agreed on",
        "une clé chiffrée à côté de la clé convenue";
    KeyEmpty = "key_empty", Stops on Rsa, "no encrypted key", "pas de clé chiffrée";
    KeyShort = "key_short", Stops on Rsa, "the encrypted key without its last byte",
        "la clé chiffrée sans son dernier octet";
    KeyLong = "key_long", Stops on Rsa, "a zero before the encrypted key", "un zéro avant la clé chiffrée";
    KeyGarbage = "key_garbage", Stops on Rsa, "an encrypted key that nothing was encrypted to",
        "une clé chiffrée qui ne chiffre rien";
    KeyBeyondModulus = "key_beyond_modulus", Stops on Rsa, "an encrypted key not below the modulus",
        "une clé chiffrée qui n’est pas inférieure au module";
    KeyZero = "key_zero", Stops on Rsa, "an encrypted key of zeros", "une clé chiffrée de zéros";
    KeyForeign = "key_foreign", Stops, "encrypted to somebody else, under your `kid`",
        "chiffré pour quelqu’un d’autre, sous votre `kid`";
    KeyLast = "key_last", Succeeds, "encrypted to the last of your fitting keys",
        "chiffré avec la dernière de vos clés qui conviennent";
    CekSixteen = "cek_16", Stops on Rsa, "a content key of 16 bytes", "une clé de contenu de 16 octets";
    CekShort = "cek_31", Stops on Rsa, "a content key of 31 bytes", "une clé de contenu de 31 octets";
    CekLong = "cek_64", Stops on Rsa, "a content key of 64 bytes", "une clé de contenu de 64 octets";
    CekEmpty = "cek_empty", Stops on Rsa, "an empty content key", "une clé de contenu vide";
    OaepLabel = "oaep_label", Stops on Rsa, "OAEP with a label", "OAEP avec une étiquette";
    OaepMask = "oaep_mask", Stops on Rsa, "OAEP whose mask is of the other hash",
        "OAEP dont le masque vient de l’autre condensat";

    EpkMissing = "epk_missing", Stops on Ecdh, "no `epk`", "pas de `epk`";
    EpkNull = "epk_null", Stops on Ecdh, "`epk` is null", "`epk` est nul";
    EpkText = "epk_text", Stops on Ecdh, "`epk` is text", "`epk` est un texte";
    EpkArray = "epk_array", Stops on Ecdh, "`epk` in an array", "`epk` dans un tableau";
    EpkP384 = "epk_p384", Stops on Ecdh, "`epk` on P-384", "`epk` sur P-384";
    EpkX25519 = "epk_x25519", Stops on Ecdh, "`epk` of X25519", "`epk` de X25519";
    EpkCrvOther = "epk_crv_other", Stops on Ecdh, "the right `epk`, said to be on another curve",
        "le bon `epk`, dit sur une autre courbe";
    EpkCrvMissing = "epk_crv_missing", Stops on Ecdh, "`epk` without `crv`", "`epk` sans `crv`";
    EpkKtyOther = "epk_kty_other", Stops on Ecdh, "the right `epk`, said to be of another type",
        "le bon `epk`, dit d’un autre type";
    EpkKtyMissing = "epk_kty_missing", Stops on Ecdh, "`epk` without `kty`", "`epk` sans `kty`";
    EpkYMissing = "epk_y_missing", Stops on Ecdh, "`epk` without `y`", "`epk` sans `y`";
    EpkOffCurve = "epk_off_curve", Stops on Ecdh, "`epk` of order two on another curve",
        "`epk` d’ordre deux sur une autre courbe";
    EpkBeyondField = "epk_beyond_field", Stops on Ecdh, "`epk` with a coordinate beyond the field",
        "`epk` avec une coordonnée hors du corps";
    EpkShort = "epk_short", Stops on Ecdh, "`epk` with a coordinate of 31 bytes",
        "`epk` avec une coordonnée de 31 octets";
    EpkLong = "epk_long", Stops on Ecdh, "`epk` with a coordinate of 33 bytes",
        "`epk` avec une coordonnée de 33 octets";
    EpkZero = "epk_zero", Stops on Ecdh, "`epk` of zeros", "`epk` de zéros";
    EpkPadded = "epk_padded", Stops on Ecdh, "`epk` in base64 with padding",
        "`epk` en base64 avec remplissage";
    EpkNumber = "epk_number", Stops on Ecdh, "a coordinate of `epk` is a number",
        "une coordonnée de `epk` est un nombre";
    EpkPrivate = "epk_private", Stops on Ecdh, "`epk` with its private member", "`epk` avec son membre privé";
    EpkExtra = "epk_extra", Either on Ecdh, "`epk` with `kid`, `use` and `alg`",
        "`epk` avec `kid`, `use` et `alg`";
    PartyInfo = "apu_apv", Succeeds on Ecdh, "`apu` and `apv`, correctly used",
        "`apu` et `apv`, correctement utilisés";
    PartyEmpty = "apu_apv_empty", Either on Ecdh, "`apu` and `apv` that are empty", "`apu` et `apv` vides";
    PartyLong = "apu_long", Either on Ecdh, "an `apu` of 4 kB, correctly used",
        "un `apu` de 4 ko, correctement utilisé";
    ApuNumber = "apu_number", Stops on Ecdh, "`apu` is a number", "`apu` est un nombre";
    ApvArray = "apv_array", Stops on Ecdh, "`apv` is an array", "`apv` est un tableau";
    ApuNotBase64 = "apu_not_base64", Stops on Ecdh, "`apu` is not base64url", "`apu` n’est pas du base64url";
    ApuUnused = "apu_unused", Stops on Ecdh, "`apu` that the key was not derived with",
        "un `apu` qui n’a pas servi à dériver la clé";
    ApvUnused = "apv_unused", Stops on Ecdh, "`apv` that the key was not derived with",
        "un `apv` qui n’a pas servi à dériver la clé";
    KdfAlgorithm = "kdf_algorithm", Stops on Ecdh, "a key derived for `ECDH-ES` instead of `A256GCM`",
        "une clé dérivée pour `ECDH-ES` au lieu de `A256GCM`";
    KdfNone = "kdf_none", Stops on Ecdh, "the shared secret itself is the key",
        "le secret partagé lui-même sert de clé";

    EncA128Gcm = "enc_a128gcm", Stops, "`enc` is `A128GCM`", "`enc` vaut `A128GCM`";
    EncA256Cbc = "enc_a256cbc_hs512", Stops, "`enc` is `A256CBC-HS512`", "`enc` vaut `A256CBC-HS512`";
    EncA128Cbc = "enc_a128cbc_hs256", Stops, "`enc` is `A128CBC-HS256`", "`enc` vaut `A128CBC-HS256`";
    EncNone = "enc_none", Stops, "`enc` is `none`, the content readable",
        "`enc` vaut `none`, le contenu étant lisible";
    EncMissing = "enc_missing", Stops, "no `enc`", "pas de `enc`";
    EncCase = "enc_case", Stops, "`enc` in lower case", "`enc` en minuscules";
    EncNumber = "enc_number", Stops, "`enc` is a number", "`enc` est un nombre";
    CtyMissing = "cty_missing", Stops, "no `cty`", "pas de `cty`";
    CtyLower = "cty_lower", Succeeds, "`cty` is `jwt`", "`cty` vaut `jwt`";
    CtyMediaType = "cty_media_type", Either, "`cty` is `application/jwt`", "`cty` vaut `application/jwt`";
    CtyJson = "cty_json", Either, "`cty` is `JSON`", "`cty` vaut `JSON`";
    CtyEmpty = "cty_empty", Stops, "an empty `cty`", "`cty` vide";
    CtyNumber = "cty_number", Stops, "`cty` is a number", "`cty` est un nombre";
    Zip = "zip", Stops, "`zip` is `DEF`, the content compressed",
        "`zip` vaut `DEF`, le contenu étant compressé";
    ZipPlain = "zip_plain", Stops, "`zip` is `DEF`, the content not compressed",
        "`zip` vaut `DEF`, le contenu n’étant pas compressé";
    Crit = "crit", Stops, "`crit` names an extension nobody knows",
        "`crit` nomme une extension que personne ne connaît";
    CritEmpty = "crit_empty", Stops, "`crit` is empty", "`crit` est vide";
    B64False = "b64_false", Stops, "`b64` is false", "`b64` est faux";
    KidUnknown = "kid_unknown", Either, "a `kid` nobody knows", "un `kid` que personne ne connaît";
    KidMissing = "kid_missing", Succeeds, "no `kid`", "pas de `kid`";
    KidEmpty = "kid_empty", Either, "an empty `kid`", "`kid` vide";
    KidPath = "kid_path", Either, "`kid` climbs directories", "`kid` remonte les dossiers";
    KidNumber = "kid_number", Stops, "`kid` is a number", "`kid` est un nombre";
    TypJwt = "typ_jwt", Succeeds, "`typ` is `JWT`", "`typ` vaut `JWT`";
    TypOther = "typ_other", Either, "`typ` is `at+jwt`", "`typ` vaut `at+jwt`";
    OuterIss = "outer_iss", Either, "`iss` of another provider in the header",
        "`iss` d’un autre fournisseur dans l’en-tête";
    OuterAud = "outer_aud", Either, "`aud` of another client in the header",
        "`aud` d’un autre client dans l’en-tête";
    OuterSub = "outer_sub", Either, "`sub` of somebody else in the header",
        "`sub` de quelqu’un d’autre dans l’en-tête";
    OuterExp = "outer_exp", Either, "`exp` five minutes after 1970 in the header",
        "`exp` cinq minutes après 1970 dans l’en-tête";
    OuterNumber = "outer_number", Either, "`iss` is a number in the header",
        "`iss` est un nombre dans l’en-tête";
    OuterMissing = "outer_missing", Either, "neither `iss` nor `aud` in the header",
        "ni `iss` ni `aud` dans l’en-tête";
    Jku = "jku", Either, "the address of a stranger's keys in the header",
        "l’adresse des clés d’un inconnu dans l’en-tête";
    HeaderExtra = "header_extra", Either, "header members nobody knows",
        "des membres de l’en-tête que personne ne connaît";
    HeaderDuplicate = "header_duplicate", Stops, "`enc` twice in the header",
        "`enc` deux fois dans l’en-tête";
    HeaderArray = "header_array", Stops, "the header is an array", "l’en-tête est un tableau";
    HeaderText = "header_text", Stops, "the header is no JSON", "l’en-tête n’est pas du JSON";
    HeaderEmpty = "header_empty", Stops, "the header is empty", "l’en-tête est vide";
    HeaderTrailing = "header_trailing", Stops, "other text after the header",
        "un autre texte après l’en-tête";
    HeaderBom = "header_bom", Stops, "a byte order mark before the header",
        "une marque d’ordre des octets avant l’en-tête";
    HeaderHuge = "header_huge", Stops, "a header of 1 MB", "un en-tête de 1 Mo";
    HeaderRespaced = "header_respaced", Stops, "a header written anew after encryption",
        "un en-tête réécrit après le chiffrement";

    IvBit = "iv_bit", Stops, "a bit of the IV flipped", "un bit de l’IV inversé";
    IvEleven = "iv_11", Stops, "an IV of 11 bytes, correctly used",
        "un IV de 11 octets, correctement utilisé";
    IvSixteen = "iv_16", Stops, "an IV of 16 bytes, correctly used",
        "un IV de 16 octets, correctement utilisé";
    IvLong = "iv_long", Stops, "four bytes more after the IV", "quatre octets de plus après l’IV";
    IvEmpty = "iv_empty", Stops, "no IV", "pas d’IV";
    CiphertextBit = "ciphertext_bit", Stops, "a bit of the ciphertext flipped",
        "un bit du texte chiffré inversé";
    CiphertextCut = "ciphertext_cut", Stops, "the ciphertext without its last byte",
        "le texte chiffré sans son dernier octet";
    CiphertextEmpty = "ciphertext_empty", Stops, "no ciphertext", "pas de texte chiffré";
    TagBit = "tag_bit", Stops, "a bit of the tag flipped", "un bit du sceau inversé";
    TagFifteen = "tag_15", Stops, "a tag of 15 bytes", "un sceau de 15 octets";
    TagTwelve = "tag_12", Stops, "a tag of 12 bytes", "un sceau de 12 octets";
    TagFour = "tag_4", Stops, "a tag of 4 bytes", "un sceau de 4 octets";
    TagEmpty = "tag_empty", Stops, "no tag", "pas de sceau";
    TagLong = "tag_17", Stops, "a tag of 17 bytes", "un sceau de 17 octets";

    PartsFour = "parts_four", Stops, "four parts", "quatre parties";
    PartsSix = "parts_six", Stops, "six parts", "six parties";
    PartsEmpty = "parts_empty", Stops, "five parts, all empty", "cinq parties, toutes vides";
    Padded = "padded", Stops, "base64 with padding", "du base64 avec remplissage";
    TrailingBits = "trailing_bits", Stops, "bits left over in the tag's base64",
        "des bits en trop dans le base64 du sceau";
    WhiteSpace = "white_space", Stops, "a line break in the token", "un saut de ligne dans le jeton";
    LineBreak = "line_break", Either, "a line break after the token", "un saut de ligne après le jeton";
    JsonFlattened = "json_flattened", Stops, "flattened JSON serialization", "la sérialisation JSON aplatie";
    JsonGeneral = "json_general", Stops, "general JSON serialization", "la sérialisation JSON générale";
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
