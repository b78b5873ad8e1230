//! The namespace that an environment's metrics are in.

use std::fmt;

/// A namespace that CloudWatch takes, such as `Sentori/dev`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApplicationNamespace(String);

impl ApplicationNamespace {
    /// Checks a namespace: 1 to 255 of `A-Za-z0-9._#:/-`, and not one of AWS's own.
    pub fn new(name: impl Into<String>) -> Result<Self, InvalidNamespace> {
        let name = name.into();
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._#:/-".contains(&byte);
        let valid = (1..=255).contains(&name.len())
            && name.bytes().all(allowed)
            && !name.starts_with([':'])
            && !name.starts_with("AWS/");
        if valid {
            Ok(Self(name))
        } else {
            Err(InvalidNamespace(name))
        }
    }

    /// The namespace of one environment: `Sentori/<environment>`.
    pub fn of_environment(environment: &str) -> Result<Self, InvalidNamespace> {
        if environment.is_empty() {
            return Err(InvalidNamespace("Sentori/".to_owned()));
        }
        Self::new(format!("Sentori/{environment}"))
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidNamespace(String);

impl fmt::Display for InvalidNamespace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "metric namespace {:?} is not valid: use `<application>/<environment>` of at most 255 \
             letters, digits and `._#:/-`, not starting with `AWS/`",
            self.0
        )
    }
}

impl std::error::Error for InvalidNamespace {}

#[cfg(test)]
mod tests {
    use super::ApplicationNamespace;

    #[test]
    fn a_namespace_is_checked() {
        for good in ["Sentori/dev", "a", "A.b_c#d:e/f-1"] {
            assert_eq!(ApplicationNamespace::new(good).unwrap().as_str(), good);
        }
        let long = "a".repeat(256);
        for bad in [
            "",
            "AWS/Lambda",
            ":a",
            "Sentori dev",
            "Sentori/\"",
            "dév",
            &long,
        ] {
            assert!(ApplicationNamespace::new(bad).is_err(), "{bad:?}");
        }
        assert!(ApplicationNamespace::of_environment("").is_err());
    }
}
