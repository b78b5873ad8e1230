//! A page whose tables are computed: the text around them is written by hand.

use crate::model::Library;

/// Where a table begins: its name stands between the two.
const BEGIN: (&str, &str) = ("<!-- table: ", " -->");
/// Where it ends.
const END: &str = "<!-- end of table -->";

/// Why a page cannot be filled.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PageError {
    /// The page asks for a table that there is not.
    #[error("there is no table {0}")]
    Unknown(String),
    /// A table has no end before the next one or the page's end.
    #[error("no line {END} follows the table {0}")]
    Endless(String),
    /// The page has no place for a table.
    #[error("no line {}{}{}", BEGIN.0, .0, BEGIN.1)]
    Missing(&'static str),
}

/// The page with its tables as they should be now.
///
/// # Errors
/// If its places and the tables are not the same.
pub fn fill(page: &str, library: &Library) -> Result<String, PageError> {
    let mut filled = String::with_capacity(page.len());
    let mut missing: Vec<_> = library.tables.iter().map(|(name, _)| *name).collect();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        filled.push_str(line);
        filled.push('\n');
        let Some(name) = begins(line) else { continue };
        let table = library.tables.iter().find(|(known, _)| *known == name);
        let (known, table) = table.ok_or_else(|| PageError::Unknown(name.to_owned()))?;
        lines
            .by_ref()
            .take_while(|line| begins(line).is_none())
            .find(|line| *line == END)
            .ok_or_else(|| PageError::Endless(name.to_owned()))?;
        filled.push_str(&format!("\n{}\n{END}\n", table(library)));
        missing.retain(|name| name != known);
    }
    match missing.first() {
        Some(name) => Err(PageError::Missing(name)),
        None => Ok(filled),
    }
}

/// The name of the table that begins at a line.
fn begins(line: &str) -> Option<&str> {
    line.strip_prefix(BEGIN.0)?.strip_suffix(BEGIN.1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::library;

    fn places(names: &[&str]) -> String {
        let place = |name: &&str| format!("{}{name}{}\nold\n{END}\n", BEGIN.0, BEGIN.1);
        let places: String = names.iter().map(place).collect();
        format!("# Title\n\n{places}\nText.\n")
    }

    fn every() -> Vec<&'static str> {
        library().tables.iter().map(|(name, _)| *name).collect()
    }

    #[test]
    fn tables_are_replaced_and_nothing_else() {
        let filled = fill(&places(&every()), &library()).unwrap();
        assert!(filled.starts_with("# Title\n\n") && filled.ends_with("\nText.\n"));
        assert!(!filled.contains("\nold\n"), "{filled}");
        assert_eq!(fill(&filled, &library()).as_ref(), Ok(&filled));
    }

    #[test]
    fn places_and_tables_are_the_same() {
        let names = every();
        let missing = fill(&places(&names[1..]), &library());
        assert_eq!(missing, Err(PageError::Missing(names[0])));
        let unknown = fill(&places(&["weather"]), &library());
        assert_eq!(unknown, Err(PageError::Unknown("weather".to_owned())));
        let endless = places(&names).replacen(END, "", 1);
        let endless = fill(&endless, &library());
        assert_eq!(endless, Err(PageError::Endless(names[0].to_owned())));
    }
}
