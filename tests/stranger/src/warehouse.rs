//! The business: articles, orders and picking.

use serde::{Deserialize, Serialize};

/// Articles and what a piece costs, in cents.
pub const PRICES: [(&str, u32); 3] = [("lamp", 4_900), ("chair", 12_900), ("table", 34_900)];
/// Pieces that one person carries.
const CARRIED: u32 = 20;

/// What somebody wants.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Order {
    /// Made by whoever orders, so that ordering twice is noticed.
    pub id: String,
    /// What.
    pub article: String,
    /// How many.
    pub pieces: u32,
}

impl Order {
    /// What it costs, in cents.
    pub fn total(&self) -> Result<u32, String> {
        let price = PRICES.iter().find(|(article, _)| *article == self.article);
        let (_, price) = price.ok_or_else(|| format!("article: there is no {}", self.article))?;
        if self.pieces == 0 {
            return Err("pieces: order at least one".to_owned());
        }
        price
            .checked_mul(self.pieces)
            .ok_or_else(|| "pieces: nobody has so many".to_owned())
    }

    /// How many times somebody walks to pick it.
    pub fn walks(&self) -> Result<u32, String> {
        self.total()?;
        Ok(self.pieces.div_ceil(CARRIED))
    }
}
