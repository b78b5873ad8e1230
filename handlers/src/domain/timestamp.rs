//! Time as the API and the tables write it: ISO 8601, milliseconds, UTC.

use std::{fmt, str::FromStr, time::Duration};

use serde::{Serialize, Serializer};

/// A moment in milliseconds since 1970, written like `2026-11-24T21:00:00.000Z`.
///
/// The text always has the same length, so it sorts as the moments do: the
/// tables' sort keys rely on that.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

/// First and last moment that are taken: the text has four digits for the year, and a date
/// outside these years is a mistake.
const RANGE: std::ops::RangeInclusive<i64> = 946_684_800_000..=4_102_444_799_999;

impl Timestamp {
    /// The machine's time.
    pub fn from_system_clock() -> Self {
        Self::from_millis(jiff::Timestamp::now().as_millisecond())
    }

    /// A moment from milliseconds since 1970; outside the years 2000 to 2099 the nearest of these.
    pub fn from_millis(millis: i64) -> Self {
        Self(millis.clamp(*RANGE.start(), *RANGE.end()))
    }

    /// Milliseconds since 1970.
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// Time from `earlier` to this moment, zero if that is later.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0 - earlier.0).unwrap_or(0))
    }
}

impl std::ops::Add<Duration> for Timestamp {
    type Output = Self;

    fn add(self, duration: Duration) -> Self {
        Self::from_millis(
            self.0
                .saturating_add(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)),
        )
    }
}

impl std::ops::Sub<Duration> for Timestamp {
    type Output = Self;

    fn sub(self, duration: Duration) -> Self {
        Self::from_millis(
            self.0
                .saturating_sub(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)),
        )
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let timestamp = jiff::Timestamp::from_millisecond(self.0).map_err(|_| fmt::Error)?;
        write!(f, "{timestamp:.3}")
    }
}

impl FromStr for Timestamp {
    type Err = String;

    /// Reads a date and time with an offset; anything finer than a millisecond is cut off.
    fn from_str(text: &str) -> Result<Self, String> {
        let form = || {
            "must be a date and time such as 2026-11-24T21:00:00.000Z, in the years 2000 to 2099"
                .to_owned()
        };
        let parsed: jiff::Timestamp = text.parse().map_err(|_| form())?;
        let millis = parsed.as_millisecond();
        if RANGE.contains(&millis) {
            Ok(Self(millis))
        } else {
            Err(form())
        }
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_offsets_and_cuts_below_milliseconds() {
        let timestamp: Timestamp = "2026-11-24T22:00:00.123456+01:00".parse().unwrap();
        assert_eq!(timestamp.to_string(), "2026-11-24T21:00:00.123Z");
    }

    #[test]
    fn refuses_what_is_no_moment() {
        for text in [
            "",
            "yesterday",
            "2026-13-01T00:00:00Z",
            "2026-01-01T00:00:00",
            "1999-12-31T23:59:59Z",
            "9999-01-01T00:00:00Z",
        ] {
            assert!(text.parse::<Timestamp>().is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn text_round_trips_and_sorts_like_the_moments(a in RANGE, b in RANGE) {
            let (a, b) = (Timestamp(a), Timestamp(b));
            prop_assert_eq!(a.to_string().parse::<Timestamp>().unwrap(), a);
            prop_assert_eq!(a.to_string().cmp(&b.to_string()), a.cmp(&b));
        }
    }
}
