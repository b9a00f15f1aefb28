//! From named variables to one value, with every fault named at once.

/// A configuration with no fault in it.
#[derive(Debug)]
pub struct Config {}

/// Everything that is wrong with the variables.
#[derive(Debug)]
pub struct Faults {}

/// Reads the configuration; `variable` returns the value under an upper-case name, absent if unset.
///
/// # Errors
/// Every fault at once.
pub fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Config, Faults> {
    let _ = variable("PUBLIC_URL");
    Ok(Config {})
}
