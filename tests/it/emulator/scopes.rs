//! What each scope opens, on both products, and the form of what it opens.

use super::plus::{self, Plus};
use super::{NOW, authorize, code, emulator, identity, json_of, names, token};
use franceconnect_edge::emulator::{
    Citizens, Client, Emulator, Encryption, Product, Request, Settings, accounts,
};
use serde_json::{Value, json};

/// The members of the token itself.
const TOKEN: [&str; 5] = ["aud", "exp", "iat", "iss", "sub"];

const PIVOT: &str = "given_name family_name birthdate gender birthplace birthcountry";
const RNIPP: &str = "rnipp_given_name rnipp_given_name_array rnipp_family_name rnipp_birthdate rnipp_gender \
                     rnipp_birthplace rnipp_birthcountry";

/// Scope and claims of FranceConnect.
fn standard() -> Vec<(&'static str, String)> {
    let mut table = vec![
        ("", String::new()),
        ("profile", "given_name given_name_array family_name birthdate gender preferred_username".to_owned()),
        ("birth", "birthplace birthcountry".to_owned()),
        ("identite_pivot", format!("{PIVOT} given_name_array")),
        ("given_name", "given_name given_name_array".to_owned()),
    ];
    for claim in
        "family_name birthdate gender birthplace birthcountry preferred_username email idp_birthdate \
                  idp_id amr"
            .split(' ')
            .filter(|claim| !claim.is_empty())
    {
        table.push((claim, claim.to_owned()));
    }
    table.push((
        "profile birth email idp_birthdate",
        format!("{PIVOT} given_name_array preferred_username email idp_birthdate"),
    ));
    table
}

/// Scope and claims of FranceConnect+.
fn high() -> Vec<(&'static str, String)> {
    let twins = |names: &str| {
        names.split(' ').map(|name| format!("{name} rnipp_{name}")).collect::<Vec<_>>().join(" ")
    };
    let mut table = vec![
        ("", String::new()),
        ("profile", "given_name family_name birthdate gender preferred_username".to_owned()),
        ("birth", "birthplace birthcountry".to_owned()),
        ("identite_pivot", PIVOT.to_owned()),
        ("rnipp_given_name", "given_name rnipp_given_name rnipp_given_name_array".to_owned()),
        ("rnipp_family_name", twins("family_name")),
        ("rnipp_gender", twins("gender")),
        ("rnipp_birthdate", twins("birthdate")),
        ("rnipp_birthplace", twins("birthplace")),
        ("rnipp_birthcountry", twins("birthcountry")),
        (
            "rnipp_profile",
            format!(
                "{} rnipp_given_name_array preferred_username",
                twins("given_name family_name birthdate gender")
            ),
        ),
        ("rnipp_birth", twins("birthplace birthcountry")),
        ("rnipp_identite_pivot", format!("{PIVOT} {RNIPP}")),
        ("given_name_array idp_birthdate idp_id", String::new()),
        ("identite_pivot preferred_username email", format!("{PIVOT} preferred_username email")),
    ];
    for claim in
        "given_name family_name birthdate gender birthplace birthcountry preferred_username email amr"
            .split(' ')
    {
        table.push((claim, claim.to_owned()));
    }
    table
}

fn check(scope: &str, claims: &str, userinfo: &Value) {
    let mut expected: Vec<&str> = claims.split_whitespace().chain(TOKEN).collect();
    expected.sort_unstable();
    assert_eq!(names(userinfo), expected, "{scope}");
}

#[test]
fn each_scope_of_franceconnect_opens_its_claims() {
    let mut emulator = emulator();
    for (scope, claims) in standard() {
        // Somebody who has a usage name.
        let (id_token, userinfo) =
            identity(&mut emulator, &[("scope", &format!("openid {scope}"))], "avec_nom_dusage");
        check(scope, &claims, &userinfo);
        assert_eq!(
            names(&id_token),
            ["acr", "aud", "auth_time", "exp", "iat", "iss", "nonce", "sub"],
            "{scope}"
        );
    }
    let all = "openid profile birth email idp_birthdate";
    let (_, userinfo) = identity(&mut emulator, &[("scope", all)], "test");
    assert_eq!(names(&userinfo).len(), 15);
}

#[test]
fn each_scope_of_franceconnect_plus_opens_its_claims() {
    let mut plus = Plus::new(Encryption::EcdhEs);
    for (scope, claims) in high() {
        let (_, userinfo) = plus.identity(&[("scope", &format!("openid {scope}"))], "avec_nom_dusage");
        check(scope, &claims, &userinfo);
    }
    let (_, userinfo) = plus.identity(&[("scope", "openid profile birth email")], "test");
    assert_eq!(names(&userinfo).len(), 13);
}

/// Scopes of data providers: a prefix, the words after it, whether FranceConnect+ has them.
const PROVIDERS: [(&str, &str, bool); 12] = [
    (
        "dgfip_",
        "rfr annee_n_moins_1 annee_n_moins_2 annee_n_moins_3 annee_n_moins_2_si_indispo_n_moins_1 nbpart sitfam aft \
         nbpac inddeficit pariso decl pac locaux_th nmUsaDec1 nmNaiDec1 prnmDec1 dateNaisDec1 nmUsaDec2 nmNaiDec2 \
         prnmDec2 dateNaisDec2 locaux_th_ident locaux_th_Nat locaux_th_Tax locaux_th_Aff pac_nbPac mntRevbareme \
         indiIFI RevDecl_Cat1_Tspr RevDecl_Cat1_RentOn RevDecl_Cat2_Rcm RevDecl_Cat3_PMV RevDecl_Cat4_Ref \
         RevDecl_Cat5_NonSal RevNets_Cat1_Tspr RevNets_Cat1_RentOn RevNets_Cat2_Rcm RevNets_Cat3_PMV RevNets_Cat4_Ref \
         RevNets_Cat5_NonSal PaDeduc_EnfMaj PaDeduc_Autres EpargRetrDeduc",
        true,
    ),
    ("", "droits_assurance_maladie", true),
    (
        "cnam_",
        "beneficiaires contrats caisse exonerations medecin_traitant presence_medecin_traitant paiements_ij",
        true,
    ),
    (
        "cnous_",
        "statut_boursier echelon_bourse email periode_versement statut_bourse ville_etudes identite",
        true,
    ),
    (
        "mesri_",
        "identite admissions admission_inscrit admission_regime_formation admission_commune_etudes \
         admission_etablissement_etude",
        false,
    ),
    (
        "",
        "allocation_adulte_handicape allocation_soutien_familial prime_activite prime_activite_majoration \
         cnaf_quotient_familial cnaf_allocataires cnaf_enfants cnaf_adresse revenu_solidarite_active \
         revenu_solidarite_active_majoration",
        false,
    ),
    ("", "complementaire_sante_solidaire", false),
    ("", "dsnj_statut_service_national", false),
    ("", "api_fc-liste-paiementsv1 api_fc-statutaugmentev1", false),
    (
        "ants_extrait_immatriculation_vehicule_",
        "identite_particulier adresse_particulier statut_rattachement donnees_immatriculation_vehicule \
         caracteristiques_techniques_vehicule",
        false,
    ),
    ("", "mi_siv_carte_grise", false),
    ("gip_mds_service_civique_", "statut_actuel statut_passe organisme_accueil dates", false),
];

#[test]
fn scopes_of_data_providers_are_granted_and_open_nothing_here() {
    let scopes = |plus_only: bool| -> Vec<String> {
        let rows = PROVIDERS.iter().filter(|(_, _, plus)| *plus || !plus_only);
        rows.flat_map(|(prefix, words, _)| {
            words.split_whitespace().map(move |word| format!("{prefix}{word}"))
        })
        .collect()
    };
    let mut emulator = emulator();
    let asked = format!("openid {}", scopes(false).join(" "));
    let code = code(&mut emulator, NOW, &[("scope", &asked)], "test");
    assert_eq!(json_of(&token(&mut emulator, NOW, &[("code", &code)]))["scope"], asked);
    let (_, userinfo) = identity(&mut emulator, &[("scope", &asked)], "test");
    check(&asked, "", &userinfo);

    let mut plus = Plus::new(Encryption::EcdhEs);
    let url = format!("{}/.well-known/openid-configuration", plus::ISSUER);
    let listed = json_of(&plus.handle(NOW, &Request::get(&url)))["scopes_supported"].clone();
    let has = |scope: &String| listed.as_array().unwrap().contains(&json!(scope));
    let (high, all) = (scopes(true), scopes(false));
    assert!(high.iter().all(has));
    assert!(!all.iter().filter(|scope| !high.contains(scope)).any(has));
}

#[test]
fn what_a_client_does_not_know_is_left_out_of_what_it_is_granted() {
    let mut emulator = emulator();
    let asked = "openid  inconnu email openid offline_access email";
    let code = code(&mut emulator, NOW, &[("scope", asked)], "test");
    assert_eq!(json_of(&token(&mut emulator, NOW, &[("code", &code)]))["scope"], "openid email");
    assert!(emulator.handle(NOW, &Request::get(&authorize(&[("scope", asked)]))).status == 303);
}

#[test]
fn services_of_one_entity_share_subjects() {
    let entity = Some("d".repeat(32));
    let with = |id: &str| Client { entity_id: entity.clone(), ..super::client(id) };
    let mut settings = emulator().settings().clone();
    settings.clients.extend([with("un"), with("deux")]);
    let mut standard = Emulator::new(settings);
    let mut sub = |id: &str| identity(&mut standard, &[("client_id", id)], "test").1["sub"].clone();
    let shared = sub("un");
    assert_eq!(sub("deux"), shared);
    assert_ne!(sub("client"), shared, "an entity of its own");
    let mut plus = Plus::with(Encryption::EcdhEs, |client| client.entity_id = entity.clone());
    assert_eq!(plus.identity(&[], "test").1["sub"], shared);
}

#[test]
fn a_europeans_subject_is_the_foreign_identifiers() {
    let citizen = |login: &str, id: &str, names: &str| {
        format!("[[citizen]]\nlogin = \"{login}\"\nlike = \"eidas_belge\"\nforeign_id = \"{id}\"\n{names}\n")
    };
    let married = "family_name = \"MARTIN\"";
    let file = [
        citizen("avant", "BE/FR/1", ""),
        citizen("apres", "BE/FR/1", married),
        citizen("autre", "BE/FR/2", ""),
    ];
    let citizens = Citizens::read(&file.concat()).unwrap_or_else(|flaws| panic!("{flaws:?}"));
    let mut plus = Plus::new(Encryption::EcdhEs);
    let settings = Settings { citizens, ..plus.emulator.settings().clone() };
    plus.emulator = Emulator::new(settings);
    let [before, after, other] =
        ["avant", "apres", "autre"].map(|login| plus.identity(&[("client_id", "amr")], login).1);
    assert_ne!(before["family_name"], after["family_name"]);
    assert_eq!(before["sub"], after["sub"]);
    assert_ne!(before["sub"], other["sub"]);
}

#[test]
fn claims_have_their_forms() {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let date = |text: &str, unknown: bool| {
        let parts: Vec<&str> = text.split('-').collect();
        let whole =
            parts.iter().map(|part| part.len()).eq([4, 2, 2]) && parts.iter().all(|part| digits(part));
        whole && (unknown || !parts.contains(&"00"))
    };
    let place = |text: &str| text.len() == 5 && digits(&text.replacen(['A', 'B'], "0", 1));
    let check = |login: &str, claims: &Value, unknown: bool| {
        let text = |name: &str| claims[name].as_str().unwrap_or_default();
        let sub = text("sub").strip_suffix("v1").unwrap();
        assert!(sub.len() == 64 && sub.bytes().all(|b| b"0123456789abcdef".contains(&b)), "{login}: {sub}");
        assert!(date(text("birthdate"), unknown), "{login}: {claims}");
        let country = text("birthcountry");
        let born_here = country == "99100";
        assert!(!born_here || place(text("birthplace")), "{login}: {claims}");
        assert!(country.len() == 5 && country.starts_with("99") && digits(country), "{login}: {claims}");
        assert!(["male", "female", "unspecified"].contains(&text("gender")), "{login}: {claims}");
        if let Some(list) = claims["given_name_array"].as_array() {
            let joined: Vec<&str> = list.iter().map(|name| name.as_str().unwrap()).collect();
            assert_eq!(joined.join(" "), text("given_name"), "{login}");
        }
    };
    for account in accounts().of(Product::Standard).filter(|account| account.error.is_none()) {
        let mut emulator = emulator();
        let scope = [("scope", "openid identite_pivot idp_birthdate")];
        let (_, userinfo) = identity(&mut emulator, &scope, &account.login);
        check(&account.login, &userinfo, false);
        assert!(date(userinfo["idp_birthdate"].as_str().unwrap(), true), "{userinfo}");
    }
    for account in accounts().of(Product::Plus).filter(|account| account.error.is_none()) {
        if account.foreign_id.is_none() {
            let (_, userinfo) = Plus::new(Encryption::EcdhEs).identity(&[], &account.login);
            check(&account.login, &userinfo, true);
        }
    }
}
