//! Addresses of dashboards.

/// The address of a dashboard within Grafana: `/d/<uid>/<slug>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DashboardLink {
    /// Stable id, at most 40 characters.
    pub uid: &'static str,
    /// The readable part of the path.
    pub slug: &'static str,
}

impl DashboardLink {
    /// The dashboard with this uid and slug.
    ///
    /// # Panics
    /// When it is compiled, if Grafana refuses the uid or a browser would leave the folder:
    /// letters, digits, `-` and `_`, 40 at most in a uid.
    pub const fn new(uid: &'static str, slug: &'static str) -> Self {
        assert!(
            is_plain(uid) && uid.len() <= 40,
            "a uid has 1 to 40 letters, digits, - and _"
        );
        assert!(is_plain(slug), "a slug has letters, digits, - and _");
        Self { uid, slug }
    }
}

const fn is_plain(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if !bytes[at].is_ascii_alphanumeric() && bytes[at] != b'-' && bytes[at] != b'_' {
            return false;
        }
        at += 1;
    }
    !bytes.is_empty()
}
