//! Decides how a `client_id` is written into wrangler.toml: in the place of the one line that is there for it, or not at
//! all.

/// `text` with `id` as the value of `variable` for `env`; nothing where there is not exactly one line for it in the
/// table of the environment, or where anything else would change.
pub fn with_client_id(text: &str, env: Option<&str>, variable: &str, id: &str) -> Option<String> {
    let head = env.map_or("[vars]".to_owned(), |env| format!("[env.{env}.vars]"));
    let mut inside = false;
    let mut changed = 0;
    let lines = text.split('\n').map(|line| {
        let bare = line.trim();
        if bare.starts_with('[') {
            inside = bare.split('#').next().unwrap_or_default().trim() == head;
        }
        let named = bare.split_once('=').is_some_and(|(name, _)| name.trim() == variable);
        if !(inside && named) {
            return line.to_owned();
        }
        changed += 1;
        let end = if line.ends_with('\r') { "\r" } else { "" };
        format!("{variable} = \"{id}\"{end}")
    });
    let after = lines.collect::<Vec<_>>().join("\n");
    let (before, read): (toml::Table, toml::Table) =
        (toml::from_str(text).ok()?, toml::from_str(&after).ok()?);
    (changed == 1 && with(before, env, variable, id)? == read).then_some(after)
}

/// The same change, made to what the file says instead of to its text.
fn with(mut document: toml::Table, env: Option<&str>, variable: &str, id: &str) -> Option<toml::Table> {
    let mut table = &mut document;
    if let Some(env) = env {
        table = table.get_mut("env")?.as_table_mut()?.get_mut(env)?.as_table_mut()?;
    }
    table.get_mut("vars")?.as_table_mut()?.insert(variable.to_owned(), id.into());
    Some(document)
}
