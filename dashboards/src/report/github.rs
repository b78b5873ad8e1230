//! GitHub's workflow commands: an annotation for each problem.
//!
//! Source: <https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions>

use super::Check;

/// One `::error` a line; nothing if all is well.
pub fn github(checked: &[Check]) -> String {
    let line = |checked: &Check| {
        let problem = checked.problem.as_ref()?;
        let file = match checked.file.as_str() {
            "" => String::new(),
            file => format!("file={},", property(file)),
        };
        let title = property(&format!("{} [{}]", checked.place, checked.rule));
        Some(format!(
            "::error {file}title={title}::{}\n",
            message(problem)
        ))
    };
    checked.iter().filter_map(line).collect()
}

fn message(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

fn property(text: &str) -> String {
    message(text).replace(':', "%3A").replace(',', "%2C")
}
