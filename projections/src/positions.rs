//! Positions as the arrays that a statement takes.

use event_store::Position;

/// One array a column; transaction ids as text, because sqlx knows no xid8.
#[derive(Debug, Default)]
pub(crate) struct Positions {
    pub(crate) epoch: Vec<i32>,
    pub(crate) transaction_id: Vec<String>,
    pub(crate) position: Vec<i64>,
}

impl Positions {
    pub(crate) fn push(&mut self, position: Position) {
        self.epoch.push(position.epoch);
        self.transaction_id
            .push(position.transaction_id.to_string());
        self.position.push(position.position);
    }
}

impl FromIterator<Position> for Positions {
    fn from_iter<I: IntoIterator<Item = Position>>(positions: I) -> Self {
        let mut columns = Self::default();
        for position in positions {
            columns.push(position);
        }
        columns
    }
}
