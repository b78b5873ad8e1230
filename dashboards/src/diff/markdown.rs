//! Changes as Markdown, for a pull request.

use std::fmt::Write as _;

use super::{Change, ChangeKind, Snapshot, changes, cost};

/// The changes from `old` to `new`, and what they do to the price.
pub fn markdown(old: &Snapshot, new: &Snapshot) -> String {
    let mut text = String::new();
    let changes = changes(old, new);
    for in_file in changes.chunk_by(|one, other| one.file == other.file) {
        // Writing to a String does not fail.
        let _ = writeln!(text, "### {}\n", in_file[0].file);
        for of_one in in_file.chunk_by(|one, other| one.subject == other.subject) {
            subject(&mut text, of_one);
        }
        text.push('\n');
    }
    cost::section(&mut text, &old.dollars, &new.dollars);
    if text.is_empty() {
        text.push_str("No change in meaning.\n");
    }
    text
}

fn subject(text: &mut String, changes: &[Change]) {
    let _ = write!(text, "- **{}**", changes[0].subject);
    let _ = match &changes[0].what {
        ChangeKind::Changed { .. } => writeln!(text),
        what => writeln!(text, " {what}"),
    };
    for change in changes {
        if let ChangeKind::Changed { .. } = change.what {
            let _ = writeln!(text, "  - {}", change.what);
        }
    }
}

impl std::fmt::Display for ChangeKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let or_nothing = |text: &Option<String>| text.clone().unwrap_or("nothing".to_owned());
        match self {
            Self::New => f.write_str("is new"),
            Self::Gone => f.write_str("is gone"),
            Self::Renamed { from } => write!(f, "was {from}"),
            Self::Changed {
                fact,
                before,
                after,
            } => {
                let (before, after) = difference(&or_nothing(before), &or_nothing(after));
                write!(f, "{fact}: `{before}` became `{after}`")
            }
        }
    }
}

/// Long texts without what they begin and end with alike, such as a formula's other terms.
pub(super) fn difference(old: &str, new: &str) -> (String, String) {
    const LONG: usize = 120;
    const AROUND: usize = 20;
    if old.len().min(new.len()) < LONG {
        return (old.to_owned(), new.to_owned());
    }
    let (left, right): (Vec<char>, Vec<char>) = (old.chars().collect(), new.chars().collect());
    let alike = |pairs: &mut dyn Iterator<Item = (&char, &char)>| {
        pairs.take_while(|(left, right)| left == right).count()
    };
    let start = alike(&mut left.iter().zip(&right));
    let rest = (left.len().min(right.len())) - start;
    let end = alike(&mut left.iter().rev().zip(right.iter().rev())).min(rest);
    let (start, end) = (start.saturating_sub(AROUND), end.saturating_sub(AROUND));
    let middle = |text: &[char]| {
        let middle: String = text[start..text.len() - end].iter().collect();
        let (before, after) = (
            if start > 0 { "…" } else { "" },
            if end > 0 { "…" } else { "" },
        );
        format!("{before}{middle}{after}")
    };
    (middle(&left), middle(&right))
}
