//! JUnit's XML, as Jenkins' and GitHub's reporters read it.

use super::Check;

/// A suite with a case for everything that was checked, and one that passes if there is
/// nothing, since reporters take an empty suite for a failure.
pub fn junit(command: &str, checked: &[Check]) -> String {
    let failures = checked
        .iter()
        .filter(|checked| checked.problem.is_some())
        .count();
    let cases: String = checked.iter().map(case).collect();
    let (cases, tests) = match cases.is_empty() {
        true => (format!("    <testcase name=\"{command}\"/>\n"), 1),
        false => (cases, checked.len()),
    };
    let counts = format!("tests=\"{tests}\" failures=\"{failures}\"");
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites {counts}>\n  \
         <testsuite name=\"dashboards {command}\" {counts}>\n{cases}  </testsuite>\n</testsuites>\n"
    )
}

fn case(checked: &Check) -> String {
    let name = format!(
        "classname=\"{}\" name=\"{} [{}]\"",
        escaped(&checked.file),
        escaped(&checked.place),
        escaped(&checked.rule)
    );
    match &checked.problem {
        None => format!("    <testcase {name}/>\n"),
        Some(problem) => format!(
            "    <testcase {name}><failure message=\"{}\">{}</failure></testcase>\n",
            escaped(problem.lines().next().unwrap_or_default().trim()),
            escaped(problem)
        ),
    }
}

/// Text without what is markup, and without what XML 1.0 has no character for.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' | '\t' => escaped.push(character),
            control if control.is_control() => escaped.push('\u{fffd}'),
            other => escaped.push(other),
        }
    }
    escaped
}
