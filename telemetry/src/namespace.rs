//! The namespace that the metrics of one environment are in.

use std::fmt;

/// A namespace that CloudWatch takes, and that says whose metrics are in it: `Shop/dev`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApplicationNamespace(String);

impl ApplicationNamespace {
    /// Checks a namespace: `<application>/<environment>`, at most 255 of `A-Za-z0-9._#:-`,
    /// and not one of AWS's own.
    pub fn new(name: impl Into<String>) -> Result<Self, InvalidNamespace> {
        let name = name.into();
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._#:-".contains(&byte);
        let part = |part: &str| !part.is_empty() && part.bytes().all(allowed);
        let two = |(application, environment): (&str, &str)| {
            part(application) && part(environment) && application != "AWS"
        };
        let valid = name.len() <= 255 && !name.starts_with(':');
        if valid && name.split_once('/').is_some_and(two) {
            Ok(Self(name))
        } else {
            Err(InvalidNamespace(name))
        }
    }

    /// The namespace as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ApplicationNamespace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A namespace that CloudWatch would refuse.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "metric namespace {0:?} is not valid: use `<application>/<environment>` of at most 255 letters, \
     digits and `._#:-`, not `AWS/...`"
)]
pub struct InvalidNamespace(String);

/// What it says: a program prints the error that its `main` returns like this.
impl fmt::Debug for InvalidNamespace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::ApplicationNamespace;

    #[test]
    fn a_namespace_is_checked() {
        for good in ["Shop/dev", "A.b_c#d:e/f-1"] {
            assert_eq!(ApplicationNamespace::new(good).unwrap().as_str(), good);
        }
        let long = format!("Shop/{}", "a".repeat(251));
        for bad in [
            "",
            "Shop",
            "Shop/",
            "/dev",
            "Shop/dev/eu",
            "AWS/Lambda",
            ":a/dev",
            "Shop/a b",
            "Shop/\"",
            "Shop/dév",
            &long,
        ] {
            let error = ApplicationNamespace::new(bad).unwrap_err();
            assert!(format!("{error:?}").contains("use `<application>/<environment>`"));
        }
    }
}
