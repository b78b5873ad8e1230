//! Hashes that are the same on every machine and in every version: numbers of panels and colours
//! of series follow from them.

/// FNV-1a of 32 bits.
pub(crate) fn fnv1a(bytes: impl Iterator<Item = u8>) -> u32 {
    bytes.fold(2_166_136_261, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(16_777_619)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of the authors' list of test vectors.
    #[test]
    fn published_hashes() {
        let of = |text: &str| fnv1a(text.bytes());
        assert_eq!(
            ["", "a", "foobar"].map(of),
            [0x811c_9dc5, 0xe40c_292c, 0xbf9c_f968]
        );
    }
}
