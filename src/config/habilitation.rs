//! Reads what FranceConnect granted, and holds a registration to it: neither more data nor a higher level.

use super::reader::Reader;
use super::variables::FC_HABILITATION;
use crate::franceconnect::{Level, Product, Scopes};

/// The level granted at `product`, if a habilitation is recorded. `scopes` and `asked` are what is asked for.
pub(super) fn held(
    reader: &mut Reader<'_>,
    product: Product,
    scopes: Option<&Scopes>,
    asked: Option<Level>,
) -> Option<Level> {
    let recorded = reader.given(FC_HABILITATION)?;
    let mut granted = None;
    for one in recorded.split(',') {
        let (level, data) = one.trim().split_once(' ').unwrap_or_default();
        let read =
            Level::parse(level).and_then(|level| Some((level, Scopes::parse(data, level.product()).ok()?)));
        match read {
            None => {
                reader.faults.add(
                    FC_HABILITATION,
                    "n’a pas la forme « eidas1 openid family_name … », une virgule entre deux produits.",
                    "is not of the form \"eidas1 openid family_name …\", with a comma between two products.",
                );
                return None;
            }
            Some(one) if one.0.product() == product => granted = Some(one),
            Some(_) => {}
        }
    }
    if let (Some((_, granted)), Some(scopes)) = (&granted, scopes) {
        let granted = granted.claims();
        if scopes.claims().iter().any(|claim| !granted.contains(claim)) {
            reader.faults.add(
                FC_HABILITATION,
                "ne donne pas toutes les données de FC_SCOPES ou de FC_PLUS_SCOPES.",
                "does not grant all data of FC_SCOPES or of FC_PLUS_SCOPES.",
            );
        }
    }
    let level = granted.map(|(level, _)| level);
    exceeded(reader, level, asked);
    level
}

/// Notes that a level is asked for which was not granted.
pub(super) fn exceeded(reader: &mut Reader<'_>, granted: Option<Level>, asked: Option<Level>) {
    if asked > granted {
        reader.faults.add(
            FC_HABILITATION,
            "ne donne pas le niveau que demande FC_ACR_VALUES, FC_PROTECTED_PATHS ou un second client.",
            "does not grant the level that FC_ACR_VALUES, FC_PROTECTED_PATHS or a second client asks for.",
        );
    }
}
