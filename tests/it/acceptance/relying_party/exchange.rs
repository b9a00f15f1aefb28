//! What the relying party does with a code: tokens, keys, identity, account.

use axum::http::HeaderMap;
use jsonwebtoken::{DecodingKey, Validation, decode, decode_header, jwk::JwkSet};
use serde_json::Value;
use std::time::Duration;

use super::super::{CLIENT_ID, SECRET};
use super::flaw::Flaw;
use super::{Party, User};

impl Party {
    async fn keys(&self) -> Option<JwkSet> {
        let kept = self.keys.lock().unwrap().clone().filter(|_| self.is(Flaw::KeysForEver));
        if kept.is_some() {
            return kept;
        }
        let text = self.client.get(format!("{}/jwks", self.issuer)).send().await.ok()?.text().await.ok()?;
        let keys: JwkSet = serde_json::from_str(&text).ok()?;
        *self.keys.lock().unwrap() = Some(keys.clone());
        Some(keys)
    }

    async fn verified(&self, token: &str) -> Option<Value> {
        let mut rules = Validation::new(jsonwebtoken::Algorithm::ES256);
        rules.leeway = 5;
        rules.set_issuer(&[&self.issuer]);
        rules.set_audience(&[CLIENT_ID]);
        rules.validate_aud = !self.is(Flaw::AudienceUnchecked);
        rules.validate_exp = !self.is(Flaw::ExpiryUnchecked);
        if self.is(Flaw::IssuerUnchecked) {
            rules.iss = None;
        }
        if self.is(Flaw::SignatureUnchecked) {
            rules.insecure_disable_signature_validation();
            rules.algorithms =
                vec![decode_header(token).map_or(jsonwebtoken::Algorithm::ES256, |head| head.alg)];
            let key = DecodingKey::from_secret(&[]);
            return decode(token, &key, &rules).ok().map(|read| read.claims);
        }
        let kid = decode_header(token).ok()?.kid?;
        let keys = self.keys().await?;
        let key = DecodingKey::from_jwk(keys.find(&kid)?).ok()?;
        let claims: Value = decode(token, &key, &rules).ok()?.claims;
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
        let ahead = claims["iat"].as_u64().is_some_and(|iat| iat > now + 60);
        (!ahead || self.is(Flaw::ExpiryUnchecked)).then_some(claims)
    }

    pub(super) async fn exchange(
        &self,
        code: &str,
        nonce: &str,
        headers: &HeaderMap,
    ) -> Result<User, &'static str> {
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &format!("{}/retour", self.site)),
            ("client_id", CLIENT_ID),
            ("client_secret", SECRET),
        ];
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let kind = "application/x-www-form-urlencoded";
        let sent = self.client.post(format!("{}/token", self.issuer)).header("content-type", kind).body(body);
        let answer = sent.send().await.map_err(|_| "jeton")?;
        if answer.status() != 200 {
            return Err("jeton");
        }
        let answer: Value =
            serde_json::from_str(&answer.text().await.map_err(|_| "jeton")?).map_err(|_| "jeton")?;
        let id_token = answer["id_token"].as_str().ok_or("jeton")?;
        let claims = self.verified(id_token).await.ok_or("id_token")?;
        if claims["nonce"] != *nonce && !self.is(Flaw::NonceUnchecked) {
            return Err("nonce");
        }
        if claims["acr"] != "eidas1" && !self.is(Flaw::LevelUnchecked) {
            return Err("acr");
        }
        // Late for the first ones only, or the test would be.
        if self.is(Flaw::UserInfoLate) && self.known_states.lock().unwrap().len() < 4 {
            tokio::time::sleep(Duration::from_millis(6500)).await;
        }
        let access_token = answer["access_token"].as_str().ok_or("jeton")?;
        let asked = self.client.get(format!("{}/userinfo", self.issuer)).bearer_auth(access_token);
        let told = asked.send().await.map_err(|_| "userinfo")?;
        if told.status() != 200 {
            return Err("userinfo");
        }
        let told = told.text().await.map_err(|_| "userinfo")?;
        let plain = serde_json::from_str(&told).ok().filter(|_| self.is(Flaw::PlainUserInfo));
        let person = match plain {
            Some(plain) => plain,
            None => self.verified(&told).await.ok_or("userinfo")?,
        };
        let other = person["sub"] != claims["sub"];
        if other && !matches!(self.flaw, Flaw::SubjectUncompared | Flaw::SubjectUncomparedAndUnnamed) {
            return Err("sub");
        }
        if other && self.is(Flaw::SubjectUncomparedAndUnnamed) {
            return Ok(User { name: String::new(), number: 0 });
        }
        if self.is(Flaw::UsageNameNeeded) && person["preferred_username"].as_str().is_none() {
            return Err("preferred_username");
        }
        self.change(headers, |browser| {
            id_token.clone_into(&mut browser.id_token);
            access_token.clone_into(&mut browser.access_token);
        });
        let text = |name: &str| person[name].as_str().unwrap_or_default().to_owned();
        let key = match self.flaw {
            Flaw::EmailAsKey | Flaw::EmailAsKeyAndRenamed => text("email"),
            Flaw::EmailInKey => text("sub") + &text("email"),
            // What the provider of the second identity puts before addresses stands for its name.
            Flaw::ProviderInKey => format!("{} {}", text("sub"), text("email").starts_with("courriel.")),
            _ => text("sub"),
        };
        let name = format!("{} {}", text("given_name"), text("family_name"));
        let mut users = self.users.lock().unwrap();
        let number = users.len() + 1001;
        let user = users.entry(key).or_insert_with(|| User { name: name.clone(), number });
        if self.is(Flaw::EmailAsKeyAndRenamed) {
            user.name = name;
        }
        Ok(user.clone())
    }
}
