//! Decides which scopes exist and which claims of the identity each opens; the table of FranceConnect is here,
//! that of FranceConnect+ in a file of its own.
//!
//! Written again on purpose: the relying party has its own table, and neither may lean on the other.

mod plus;

use crate::emulator::product::Product;

/// Scope → claims of the userinfo answer, `sub` apart.
const IDENTITY: &[(&str, &[&str])] = &[
    ("openid", &[]),
    (
        "profile",
        &["given_name", "given_name_array", "family_name", "birthdate", "gender", "preferred_username"],
    ),
    ("birth", &["birthplace", "birthcountry"]),
    (
        "identite_pivot",
        &[
            "given_name",
            "given_name_array",
            "family_name",
            "birthdate",
            "gender",
            "birthplace",
            "birthcountry",
        ],
    ),
    ("given_name", &["given_name", "given_name_array"]),
    ("family_name", &["family_name"]),
    ("birthdate", &["birthdate"]),
    ("gender", &["gender"]),
    ("birthplace", &["birthplace"]),
    ("birthcountry", &["birthcountry"]),
    ("preferred_username", &["preferred_username"]),
    ("email", &["email"]),
    ("idp_birthdate", &["idp_birthdate"]),
    ("idp_id", &["idp_id"]),
    ("amr", &["amr"]),
];

/// Data providers: their name, a prefix and the words that follow it in their scopes. These open nothing in userinfo
/// here, since the emulator holds no tax or health data, but asking for one of them must not be refused. The first
/// [`PLUS_PROVIDERS`] are those of FranceConnect+ too.
const DATA_PROVIDERS: &[(&str, &str, &str)] = &[
    (
        "Direction générale des finances publiques (DGFiP)",
        "dgfip_",
        "rfr annee_n_moins_1 annee_n_moins_2 annee_n_moins_3 annee_n_moins_2_si_indispo_n_moins_1 nbpart sitfam \
         aft nbpac inddeficit pariso decl pac locaux_th nmUsaDec1 nmNaiDec1 prnmDec1 dateNaisDec1 nmUsaDec2 \
         nmNaiDec2 prnmDec2 dateNaisDec2 locaux_th_ident locaux_th_Nat locaux_th_Tax locaux_th_Aff pac_nbPac \
         mntRevbareme indiIFI RevDecl_Cat1_Tspr RevDecl_Cat1_RentOn RevDecl_Cat2_Rcm RevDecl_Cat3_PMV \
         RevDecl_Cat4_Ref RevDecl_Cat5_NonSal RevNets_Cat1_Tspr RevNets_Cat1_RentOn RevNets_Cat2_Rcm \
         RevNets_Cat3_PMV RevNets_Cat4_Ref RevNets_Cat5_NonSal PaDeduc_EnfMaj PaDeduc_Autres EpargRetrDeduc",
    ),
    (
        HEALTH,
        "cnam_",
        "beneficiaires contrats caisse exonerations medecin_traitant presence_medecin_traitant paiements_ij",
    ),
    (HEALTH, "", "droits_assurance_maladie"),
    (
        "Centre national des œuvres universitaires et scolaires (CNOUS)",
        "cnous_",
        "statut_boursier echelon_bourse email periode_versement statut_bourse ville_etudes identite",
    ),
    (
        "Ministère de l’Enseignement supérieur (MESRI)",
        "mesri_",
        "identite admissions admission_inscrit admission_regime_formation admission_commune_etudes \
         admission_etablissement_etude",
    ),
    (
        "Allocations familiales et Mutualité sociale agricole (CNAF, MSA)",
        "",
        "allocation_adulte_handicape allocation_soutien_familial prime_activite \
         prime_activite_majoration cnaf_quotient_familial cnaf_allocataires cnaf_enfants cnaf_adresse \
         revenu_solidarite_active revenu_solidarite_active_majoration",
    ),
    ("Direction de la sécurité sociale (DSS)", "", "complementaire_sante_solidaire"),
    ("Direction du service national et de la jeunesse (DSNJ)", "", "dsnj_statut_service_national"),
    ("France Travail", "", "api_fc-liste-paiementsv1 api_fc-statutaugmentev1"),
    (
        "Agence nationale des titres sécurisés (ANTS)",
        "ants_extrait_immatriculation_vehicule_",
        "identite_particulier adresse_particulier statut_rattachement donnees_immatriculation_vehicule \
         caracteristiques_techniques_vehicule",
    ),
    ("Ministère de l’Intérieur", "", "mi_siv_carte_grise"),
    (
        "Agence du service civique",
        "gip_mds_service_civique_",
        "statut_actuel statut_passe organisme_accueil dates",
    ),
];

/// The provider with scopes of both forms.
const HEALTH: &str = "Caisse nationale de l’assurance maladie (CNAM)";

/// How many of the data providers FranceConnect+ has: taxes, health insurance, student grants.
const PLUS_PROVIDERS: usize = 4;

/// What the citizen is told about each claim, in French and in English, in the order of the information page.
const LABELS: &[(&str, &str, &str)] = &[
    ("gender", "Sexe", "Gender"),
    ("family_name", "Nom de naissance", "Birth name"),
    ("preferred_username", "Nom d’usage", "Usage name"),
    ("given_name", "Prénoms", "First names"),
    ("birthdate", "Date de naissance", "Date of birth"),
    ("birthplace", "Lieu de naissance", "Place of birth"),
    ("birthcountry", "Pays de naissance", "Country of birth"),
    ("email", "Adresse électronique", "E-mail address"),
    (
        "idp_birthdate",
        "Date de naissance connue du fournisseur d’identité",
        "Date of birth known to the identity provider",
    ),
    ("idp_id", "Identifiant du fournisseur d’identité", "Identifier of the identity provider"),
    ("amr", "Moyens d’authentification", "Means of authentication"),
];

impl Product {
    fn identity(self) -> &'static [(&'static str, &'static [&'static str])] {
        match self {
            Self::Standard => IDENTITY,
            Self::Plus => plus::IDENTITY,
        }
    }

    fn rows(self) -> impl Iterator<Item = &'static (&'static str, &'static str, &'static str)> {
        DATA_PROVIDERS.iter().take(if self == Self::Plus { PLUS_PROVIDERS } else { usize::MAX })
    }

    /// Each scope of a data provider, with the provider's name.
    fn data(self) -> impl Iterator<Item = (&'static str, String)> {
        self.rows().flat_map(|(name, prefix, words)| {
            words.split_whitespace().map(move |word| (*name, format!("{prefix}{word}")))
        })
    }

    /// Whether this product knows `scope`; unknown ones are ignored, not refused.
    pub(in crate::emulator) fn has_scope(self, scope: &str) -> bool {
        let has = |(_, prefix, words): &(&str, &str, &str)| {
            scope.strip_prefix(prefix).is_some_and(|rest| words.split_whitespace().any(|word| word == rest))
        };
        self.identity().iter().any(|(known, _)| *known == scope) || self.rows().any(has)
    }

    /// Every scope, for the discovery document.
    pub(in crate::emulator) fn scopes(self) -> impl Iterator<Item = String> {
        let identity = self.identity().iter().map(|(scope, _)| (*scope).to_owned());
        identity.chain(self.data().map(|(_, scope)| scope))
    }

    /// The claims that `scopes` open, each once.
    pub(in crate::emulator) fn claims(self, scopes: &[String]) -> Vec<&'static str> {
        let mut claims: Vec<&'static str> = Vec::new();
        let opened = self.identity().iter().filter(|(scope, _)| scopes.iter().any(|asked| asked == scope));
        for &claim in opened.flat_map(|(_, claims)| claims.iter()) {
            if !claims.contains(&claim) {
                claims.push(claim);
            }
        }
        claims
    }

    /// What `scopes` ask of data providers, each with its scopes, as the information page lists them.
    pub(in crate::emulator) fn providers(self, scopes: &[String]) -> Vec<(&'static str, Vec<String>)> {
        let mut providers: Vec<(&'static str, Vec<String>)> = Vec::new();
        for (name, scope) in self.data().filter(|(_, scope)| scopes.contains(scope)) {
            match providers.iter_mut().find(|(known, _)| *known == name) {
                Some((_, asked)) => asked.push(scope),
                None => providers.push((name, vec![scope])),
            }
        }
        providers
    }

    /// Whether `scopes` ask for nothing about the person: the login is anonymous.
    pub(in crate::emulator) fn anonymous(self, scopes: &[String]) -> bool {
        self.claims(scopes).is_empty() && self.providers(scopes).is_empty()
    }

    /// Every claim of an identity, for the discovery document.
    pub(in crate::emulator) fn every_claim(self) -> Vec<&'static str> {
        let scopes: Vec<String> = self.identity().iter().map(|(scope, _)| (*scope).to_owned()).collect();
        self.claims(&scopes)
    }

    /// What the information page lists for `scopes`: each claim with its French and English words.
    pub(in crate::emulator) fn labels(
        self,
        scopes: &[String],
    ) -> Vec<(&'static str, &'static str, &'static str)> {
        let opened = self.claims(scopes);
        LABELS.iter().chain(plus::LABELS).filter(|(claim, ..)| opened.contains(claim)).copied().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOTH: [Product; 2] = [Product::Standard, Product::Plus];

    #[test]
    fn every_listed_claim_has_words() {
        for claim in BOTH.into_iter().flat_map(Product::every_claim) {
            // An array of first names says nothing that the first names do not say.
            let shown = LABELS.iter().chain(plus::LABELS).any(|(known, ..)| *known == claim);
            assert!(claim.ends_with("given_name_array") || shown, "{claim}");
        }
    }

    #[test]
    fn scopes_do_not_repeat() {
        for product in BOTH {
            let mut scopes: Vec<String> = product.scopes().collect();
            let count = scopes.len();
            scopes.sort();
            scopes.dedup();
            assert_eq!(scopes.len(), count);
        }
    }

    #[test]
    fn data_providers_are_those_of_the_product() {
        for (scope, standard, plus) in [
            ("dgfip_rfr", true, true),
            ("cnam_caisse", true, true),
            ("droits_assurance_maladie", true, true),
            ("cnous_email", true, true),
            ("mesri_identite", true, false),
            ("mi_siv_carte_grise", true, false),
            ("idp_birthdate", true, false),
            ("rnipp_birth", false, true),
            ("offline_access", false, false),
        ] {
            let known = BOTH.map(|product| product.has_scope(scope));
            assert_eq!(known, [standard, plus], "{scope}");
        }
    }
}
