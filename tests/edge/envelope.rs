//! The lies of FranceConnect+ about encryption, one of each kind: no session, no crash, a page that says so, and the
//! next login works. All of them are told to the core in `tests/it/faults.rs`.

use franceconnect_edge::emulator::Fault;

use crate::faults::{log_in_under, the_next_login_works};
use crate::platform::Platform;
use crate::provider::Registration;
use crate::world::World;

/// Where the content key is agreed on: what is inside, how the key travels, the header, the content, the text.
const AGREED: &[&str] = &[
    "id_token_jwe.plain_jws",
    "id_token_jwe.bare_claims",
    "id_token_jwe.inner_not_utf8",
    "id_token_jwe.inner_foreign",
    "id_token_jwe.jwe_in_jwe",
    "id_token_jwe.replayed",
    "id_token_jwe.huge",
    "id_token_jwe.alg_unregistered",
    "id_token_jwe.alg_pbes2_huge",
    "id_token_jwe.alg_none",
    "id_token_jwe.key_not_empty",
    "id_token_jwe.epk_off_curve",
    "id_token_jwe.apu_apv",
    "id_token_jwe.zip",
    "id_token_jwe.outer_aud",
    "id_token_jwe.header_duplicate",
    "id_token_jwe.tag_bit",
    "id_token_jwe.tag_4",
    "id_token_jwe.json_flattened",
    "userinfo_jwe.plain_jws",
    "userinfo_jwe.inner_foreign",
    "userinfo_jwe.key_foreign",
    "userinfo_jwe.epk_missing",
    "userinfo_jwe.enc_a128gcm",
    "userinfo_jwe.cty_missing",
    "userinfo_jwe.crit",
    "userinfo_jwe.kid_missing",
    "userinfo_jwe.header_huge",
    "userinfo_jwe.iv_16",
    "userinfo_jwe.parts_six",
];

/// Where it is encrypted to an RSA key.
const TRANSPORTED: &[&str] = &[
    "id_token_jwe.alg_rsa1_5",
    "id_token_jwe.alg_oaep_other",
    "id_token_jwe.key_empty",
    "id_token_jwe.key_beyond_modulus",
    "id_token_jwe.key_garbage",
    "id_token_jwe.cek_16",
    "id_token_jwe.oaep_label",
    "userinfo_jwe.key_short",
    "userinfo_jwe.ciphertext_bit",
];

fn told(platform: Platform, encryption: &'static str, names: &[&str]) {
    let world = World::plus(platform, Registration { encryption, ..Registration::default() }, |_| {});
    the_next_login_works(&world, "nothing");
    for name in names {
        let fault = Fault::from_name(name).unwrap_or_else(|| panic!("there is no fault {name}"));
        log_in_under(&world, fault);
        the_next_login_works(&world, name);
    }
}

pub fn of_an_agreed_key(platform: Platform) {
    told(platform, "ECDH-ES", AGREED);
}

pub fn of_a_transported_key(platform: Platform) {
    told(platform, "RSA-OAEP-256", TRANSPORTED);
}
