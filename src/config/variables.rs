//! The variables there are: one table for the reader, for `check`, and for the README.

/// One variable of the configuration. Its name is the same on every host, in lower case on Spin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Variable {
    /// Upper-case name.
    pub name: &'static str,
    /// Whether the value is a secret: kept by the platform's secret store, never shown.
    pub secret: bool,
    /// What holds when the variable is absent or empty; nothing if there is no default.
    pub default: Option<&'static str>,
    /// What it decides, in French.
    pub fr: &'static str,
    /// What it decides, in English.
    pub en: &'static str,
}

macro_rules! variables {
    ($($name:ident, $secret:literal, $default:expr, $fr:literal, $en:literal;)*) => {
        $(pub(super) const $name: &str = stringify!($name);)*

        /// What holds when a variable is not set. Apart from the descriptions, which the edge never reads and so
        /// need not carry.
        pub(super) fn default_of(name: &str) -> &'static str {
            let default: Option<&'static str> = match name {
                $(stringify!($name) => $default,)*
                _ => None,
            };
            default.unwrap_or_default()
        }

        /// The names of all variables, in the order of the table.
        pub const NAMES: &[&str] = &[$(stringify!($name),)*];

        /// Every variable, in the order in which people meet them.
        pub const VARIABLES: &[Variable] = &[
            $(Variable { name: $name, secret: $secret, default: $default, fr: $fr, en: $en },)*
        ];
    };
}

variables! {
    PUBLIC_URL, false, None,
        "Adresse publique du site, sans chemin : `https://mon-service.fr`. Toutes nos adresses en viennent.",
        "Public address of the site, without a path: `https://my-service.fr`. All our own addresses come from it.";
    FC_ENVIRONMENT, false, Some("sandbox"),
        "FranceConnect : `sandbox`, `integration`, `production`, `emulator` ; FranceConnect+ : `plus-integration`, `plus-production`, `plus-emulator` ; ou `other` avec `FC_ISSUER`.",
        "FranceConnect: `sandbox`, `integration`, `production`, `emulator`; FranceConnect+: `plus-integration`, `plus-production`, `plus-emulator`; or `other` with `FC_ISSUER`.";
    FC_CLIENT_ID, false, None,
        "`client_id` remis par FranceConnect pour cet environnement.",
        "`client_id` given by FranceConnect for this environment.";
    FC_CLIENT_SECRET, true, None,
        "`client_secret` remis par FranceConnect.",
        "`client_secret` given by FranceConnect.";
    FC_CLIENT_SECRET_NEXT, true, Some(""),
        "Le prochain `client_secret`, le temps d’en changer : essayé quand FranceConnect ne reconnaît plus le premier.",
        "The next `client_secret`, while it changes: tried when FranceConnect no longer knows the first.";
    FC_SESSION_KEYS, true, None,
        "Clés de session (commande `keygen`), avec ou sans leur date, séparées par des virgules ; la première scelle, toutes ouvrent.",
        "Session keys (command `keygen`), with or without their date, separated by commas; the first seals, all open.";
    FC_OPERATOR_KEY, true, Some(""),
        "Clé (commande `keygen`) qui ouvre la page d’exploitation, `/auth/operator` ; sans elle, la page n’existe pas.",
        "Key (command `keygen`) that opens the operator’s page, `/auth/operator`; without it there is no such page.";
    FC_SCOPES, false, Some("openid given_name family_name"),
        "Données demandées, séparées par des espaces ; seulement celles de l’habilitation.",
        "Data asked for, separated by spaces; only those of the habilitation.";
    FC_HABILITATION, false, Some(""),
        "Ce que l’habilitation accorde, le niveau puis les scopes : `eidas1 openid given_name family_name` ; une virgule avant l’autre produit. Demander plus est alors une erreur.",
        "What the habilitation grants, the level and then the scopes: `eidas1 openid given_name family_name`; a comma before the other product. To ask for more is then a fault.";
    FC_PROTECTED_PATHS, false, Some(""),
        "Chemins qui demandent une connexion, séparés par des virgules, chacun suivi s’il le faut de son niveau : `/compte, /sante eidas2` ; `/` protège tout le site.",
        "Paths that need a login, separated by commas, each followed by its level if need be: `/account, /health eidas2`; `/` protects the whole site.";
    FC_OPTIONAL_PATHS, false, Some(""),
        "Chemins ouverts à tous, mais où l’origine apprend qui est connecté : `/accueil`.",
        "Paths open to all, where the origin learns who is logged in: `/welcome`.";
    FC_PUBLIC_PATHS, false, Some(""),
        "Chemins ouverts parmi ceux qui sont protégés : `/aide, /index.html`. Le plus long l’emporte, lettre pour lettre.",
        "Open paths among the protected ones: `/help, /index.html`. The longest wins, letter for letter.";
    FC_ORIGIN, false, Some(""),
        "Application derrière la porte : `https://hôte[:port]`, `http://` sur un réseau privé, ou `service:NOM` (Workers). Sans elle, le site est fait de fichiers.",
        "Application behind the gate: `https://host[:port]`, `http://` on a private network, or `service:NAME` (Workers). Without it the site is made of files.";
    FC_ORIGIN_PATHS, false, Some("/"),
        "Chemins auxquels répond l’application ; le reste est fait de fichiers.",
        "Paths that the application answers; the rest is files.";
    FC_LOGOUT_PAGE, false, Some("/"),
        "Page du site où l’on arrive après la déconnexion.",
        "Page of the site where a logout lands.";
    FC_HSTS, false, Some("31536000"),
        "Durée, en secondes, pendant laquelle les navigateurs ne demandent plus ce nom d’hôte qu’en https (`Strict-Transport-Security`, HSTS) ; `0` ne l’envoie pas. Une adresse locale ne l’envoie jamais.",
        "How long, in seconds, browsers ask for this host name on https only (`Strict-Transport-Security`, HSTS); `0` does not send it. A local address never sends it.";
    FC_SERVICE_NAME, false, Some(""),
        "Nom du service dans nos pages ; à défaut, le nom d’hôte.",
        "Name of the service on our pages; otherwise the host name.";
    FC_STYLESHEETS, false, Some(""),
        "Feuilles de style du site à lier dans nos pages, chemins séparés par des virgules.",
        "Style sheets of the site to link from our pages, paths separated by commas.";
    FC_PREFIX, false, Some("/auth"),
        "Préfixe de nos adresses : `/auth/login`, `/auth/callback`…",
        "Prefix of our addresses: `/auth/login`, `/auth/callback`…";
    FC_ID_TOKEN_ALG, false, Some("ES256"),
        "Algorithme de signature déclaré à l’inscription : `ES256` ou `RS256`.",
        "Signature algorithm declared at registration: `ES256` or `RS256`.";
    FC_ACR_VALUES, false, Some(""),
        "Niveau eIDAS exigé ; à défaut le plus bas du produit : `eidas1`, ou `eidas2` pour FranceConnect+. `none` seulement avec `FC_ENVIRONMENT=other`.",
        "eIDAS level required; otherwise the lowest of the product: `eidas1`, or `eidas2` for FranceConnect+. `none` only with `FC_ENVIRONMENT=other`.";
    FC_AMR, false, Some("false"),
        "`true` pour demander la méthode d’authentification (`amr`), si FranceConnect l’a ouverte.",
        "`true` to ask how the citizen was authenticated (`amr`), if FranceConnect opened it.";
    FC_PROMPT, false, Some(""),
        "Paramètre `prompt` : `login`, `consent` ou les deux.",
        "Parameter `prompt`: `login`, `consent` or both.";
    FC_IDP_HINT, false, Some(""),
        "Fournisseur d’identité choisi d’avance, si FranceConnect l’a ouvert.",
        "Identity provider chosen beforehand, if FranceConnect opened it.";
    FC_UI_LOCALES, false, Some(""),
        "Langues souhaitées des pages de FranceConnect, par exemple `fr`.",
        "Wanted languages of FranceConnect’s pages, for example `fr`.";
    FC_SESSION_IDLE, false, Some("1800"),
        "Durée d’une session sans activité, en secondes (60 à 86400).",
        "Life of a session without activity, in seconds (60 to 86400).";
    FC_SESSION_MAX, false, Some("28800"),
        "Durée d’une session en tout, en secondes (jusqu’à 604800).",
        "Life of a session in all, in seconds (up to 604800).";
    FC_SESSION_STORE, false, Some("cookie"),
        "Où vivent les sessions : `cookie`, ou `kv` pour un cookie qui n’en porte que la clé, le reste scellé dans le magasin.",
        "Where sessions live: `cookie`, or `kv` for a cookie that holds only their key, the rest sealed in the store.";
    FC_REVOCATION_FRESHNESS, false, Some("60"),
        "Âge, en secondes, que peut avoir la liste des sessions fermées avant d’être relue (10 à 600).",
        "Age, in seconds, that the list of ended sessions may have before it is read again (10 to 600).";
    FC_LEEWAY, false, Some("10"),
        "Écart d’horloge toléré avec FranceConnect, en secondes (0 à 60).",
        "Clock difference tolerated with FranceConnect, in seconds (0 to 60).";
    FC_ISSUER, false, Some(""),
        "Émetteur, pour `emulator`, `plus-emulator` et `other` : comparé octet par octet.",
        "Issuer, for `emulator`, `plus-emulator` and `other`: compared byte for byte.";
    FC_CLIENT_AUTH, false, Some("client_secret_post"),
        "`client_secret_post`, `private_key_jwt` si FranceConnect l’a accordé, ou `client_secret_basic` seulement avec `other`.",
        "`client_secret_post`, `private_key_jwt` if FranceConnect granted it, or `client_secret_basic` only with `other`.";
    FC_USERINFO, false, Some("jwt"),
        "`jwt` (signé), ou `json` seulement avec `other`.",
        "`jwt` (signed), or `json` only with `other`.";
    FC_PRIVATE_KEYS, true, Some(""),
        "Clés privées (commande `keygen jwks`), un JWK Set : celles qui déchiffrent les jetons de FranceConnect+, celle de `private_key_jwt`. La plus récente est la première ; les moitiés publiques sont à `/auth/jwks.json`.",
        "Private keys (command `keygen jwks`), a JWK Set: those that decrypt FranceConnect+’s tokens, the one of `private_key_jwt`. The newest comes first; the public halves are at `/auth/jwks.json`.";
    FC_ASSERTION_KEYS, true, Some(""),
        "Clés qui signent ce que l’origine apprend d’un visiteur (`FC-Assertion`), un JWK Set de clés ES256 (commande `keygen jwks --alg ES256`), pour cela seul : la première signe, toutes sont publiées à `/auth/jwks.json`.",
        "Keys that sign what the origin learns of a visitor (`FC-Assertion`), a JWK Set of ES256 keys (command `keygen jwks --alg ES256`), for this alone: the first signs, all are published at `/auth/jwks.json`.";
    FC_ASSERTION_AUDIENCE, false, Some(""),
        "À qui l’assertion s’adresse (`aud`) ; à défaut `FC_ORIGIN`, tel quel.",
        "For whom the assertion is (`aud`); otherwise `FC_ORIGIN` as it stands.";
    FC_ASSERTION_LIFE, false, Some("300"),
        "Durée d’une assertion, en secondes (30 à 3600).",
        "Life of an assertion, in seconds (30 to 3600).";
    FC_ASSERTION_CLAIMS, false, Some(""),
        "Données d’identité que l’assertion porte, outre `sub`, `acr`, `amr`, `auth_time`, `idp` et `sid`, séparées par des espaces.",
        "Claims of the identity that the assertion carries besides `sub`, `acr`, `amr`, `auth_time`, `idp` and `sid`, separated by spaces.";
    FC_IDENTITY_HEADERS, false, Some(""),
        "En-têtes sans signature pour l’origine : `X-User: sub, X-Family-Name: family_name`. Seulement si rien d’autre ne peut joindre l’origine.",
        "Headers for the origin without a signature: `X-User: sub, X-Family-Name: family_name`. Only if nothing else can reach the origin.";
    FC_ENCRYPTION_ALG, false, Some(""),
        "Chiffrement déclaré à l’inscription : `ECDH-ES` (celui de FranceConnect+ à défaut) ou `RSA-OAEP-256`.",
        "Encryption declared at registration: `ECDH-ES` (the default with FranceConnect+) or `RSA-OAEP-256`.";
    FC_PLUS_CLIENT_ID, false, Some(""),
        "Second client, chez FranceConnect+, pour les chemins qui demandent `eidas2` ou `eidas3` ; l’environnement suit `FC_ENVIRONMENT`.",
        "Second client, at FranceConnect+, for paths that need `eidas2` or `eidas3`; its environment follows `FC_ENVIRONMENT`.";
    FC_PLUS_CLIENT_SECRET, true, Some(""),
        "`client_secret` de ce second client.",
        "`client_secret` of that second client.";
    FC_PLUS_CLIENT_SECRET_NEXT, true, Some(""),
        "Comme `FC_CLIENT_SECRET_NEXT`, pour ce second client.",
        "As `FC_CLIENT_SECRET_NEXT`, for that second client.";
    FC_PLUS_CLIENT_AUTH, false, Some("client_secret_post"),
        "Comme `FC_CLIENT_AUTH`, pour ce second client.",
        "As `FC_CLIENT_AUTH`, for that second client.";
    FC_PLUS_ISSUER, false, Some(""),
        "Émetteur de ce second client, avec `FC_ENVIRONMENT=emulator`.",
        "Issuer of that second client, with `FC_ENVIRONMENT=emulator`.";
    FC_PLUS_SCOPES, false, Some(""),
        "Données demandées à FranceConnect+ ; à défaut `FC_SCOPES`.",
        "Data asked of FranceConnect+; otherwise `FC_SCOPES`.";
    FC_PLUS_AMR, false, Some("false"),
        "Comme `FC_AMR`, pour ce second client.",
        "As `FC_AMR`, for that second client.";
    FC_PLUS_IDP_HINT, false, Some(""),
        "Comme `FC_IDP_HINT`, pour ce second client.",
        "As `FC_IDP_HINT`, for that second client.";
    FC_SECTOR_REDIRECT_URIS, false, Some(""),
        "Adresses de retour des autres sites qui partagent ce client, séparées par des virgules : publiées avec la nôtre à `/auth/sector-identifier.json`.",
        "Callbacks of the other sites that share this client, separated by commas: published with ours at `/auth/sector-identifier.json`.";
    FC_ALLOWED_ORIGINS, false, Some(""),
        "Avec `other` : origines de points d’accès différentes de celle de l’émetteur, séparées par des virgules.",
        "With `other`: origins of endpoints that differ from the issuer’s, separated by commas.";
    FC_SERVICES, true, Some(""),
        "Plusieurs services, chacun sous son nom d’hôte : un document JSON (commande `services json`), ou `store` s’il est scellé dans le magasin (commande `services seal`), ou `store:VERSION` pour n’en prendre aucun de plus ancien.",
        "Many services, each under its host name: a JSON document (command `services json`), or `store` if it stands sealed in the store (command `services seal`), or `store:VERSION` to take none that is older.";
}
