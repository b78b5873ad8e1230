//! How trace ids are written.

use opentelemetry::trace::TraceId;

/// How a trace id is written in events and logs: as the trace's back end searches for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum IdFormat {
    /// 32 hexadecimal digits.
    #[default]
    W3c,
    /// X-Ray's `1-<8 digits>-<24 digits>`.
    Xray,
}

impl IdFormat {
    /// The id as text.
    pub(crate) fn text(self, id: TraceId) -> String {
        let hex = id.to_string();
        match self {
            Self::W3c => hex,
            Self::Xray => format!("1-{}-{}", &hex[..8], &hex[8..]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_written_as_their_back_end_searches_for_them() {
        let id = TraceId::from_hex("5759e988bd862e3fe1be46a994272793").unwrap();
        assert_eq!(IdFormat::W3c.text(id), "5759e988bd862e3fe1be46a994272793");
        assert_eq!(
            IdFormat::Xray.text(id),
            "1-5759e988-bd862e3fe1be46a994272793"
        );
    }
}
