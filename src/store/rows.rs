//! Many rows with few statements: as an import writes them, each table once a window.
//!
//! Invariant: pieces have one of [`SIZES`], so that a table needs as many prepared statements and no more.

use sha2::{Digest, Sha256};
use sqlx::AssertSqlSafe;

use super::{
    Result,
    columns::{clean, value_rows},
    engine::{Connection, Engine, Row, Value, query, query_as},
    failure::Context,
};

/// Rows of one statement. What a live mail writes at once is one of the small ones.
const SIZES: [usize; 9] = [256, 64, 16, 6, 5, 4, 3, 2, 1];
/// A place that is longer is kept by its hash: a B-tree row of PostgreSQL holds 2,704 bytes.
const PLACE_BYTES_MAX: usize = 1000;

/// `INSERT INTO {into} VALUES … {behind}` for rows of `columns` values each.
pub(super) async fn insert(
    connection: &mut Connection,
    (into, columns): (&str, usize),
    behind: &str,
    values: Vec<Value<'_>>,
    doing: &str,
) -> Result<()> {
    let mut rest = values.len() / columns.max(1);
    let mut values = values.into_iter();
    while rest > 0 {
        let rows = piece(rest);
        let list = values_list(connection.engine(), rows, columns);
        let mut statement = query(AssertSqlSafe(format!("INSERT INTO {into} VALUES {list} {behind}")));
        for value in values.by_ref().take(rows * columns) {
            statement = statement.bind(value);
        }
        statement.execute(&mut *connection).await.context(doing)?;
        rest -= rows;
    }
    Ok(())
}

/// The same, with the rows that `behind` gives back; in no order that could be relied on.
pub(super) async fn insert_returning<T: Row>(
    connection: &mut Connection,
    (into, columns): (&str, usize),
    behind: &str,
    values: Vec<Value<'_>>,
    doing: &str,
) -> Result<Vec<T>> {
    let mut rest = values.len() / columns.max(1);
    let mut values = values.into_iter();
    let mut given = Vec::with_capacity(rest);
    while rest > 0 {
        let rows = piece(rest);
        let list = values_list(connection.engine(), rows, columns);
        let mut statement = query_as(AssertSqlSafe(format!("INSERT INTO {into} VALUES {list} {behind}")));
        for value in values.by_ref().take(rows * columns) {
            statement = statement.bind(value);
        }
        given.extend(statement.fetch_all(&mut *connection).await.context(doing)?);
        rest -= rows;
    }
    Ok(given)
}

/// One statement `{before} (VALUES …) {behind}` for each piece; the rows that they changed.
pub(super) async fn update(
    connection: &mut Connection,
    (before, columns): (&str, usize),
    behind: &str,
    values: Vec<Value<'_>>,
    doing: &str,
) -> Result<u64> {
    let mut rest = values.len() / columns.max(1);
    let mut values = values.into_iter();
    let mut changed = 0;
    while rest > 0 {
        let rows = piece(rest);
        let list = values_list(connection.engine(), rows, columns);
        let mut statement = query(AssertSqlSafe(format!("{before} (VALUES {list}) {behind}")));
        for value in values.by_ref().take(rows * columns) {
            statement = statement.bind(value);
        }
        changed += statement.execute(&mut *connection).await.context(doing)?.rows_affected();
        rest -= rows;
    }
    Ok(changed)
}

/// SQLite looks for the name of each numbered parameter among all of them (`sqlite3VListNumToName`), which took a third of the
/// time of an import; a `?` has no name.
fn values_list(engine: Engine, rows: usize, columns: usize) -> String {
    match engine {
        Engine::Postgres => value_rows(rows, columns),
        Engine::Sqlite => {
            let row = format!("({})", vec!["?"; columns].join(","));
            vec![row; rows].join(",")
        }
    }
}

fn piece(rest: usize) -> usize {
    SIZES.into_iter().find(|size| *size <= rest).unwrap_or(1)
}

/// A place as the column holds it.
pub(super) fn place_key(place: &str) -> String {
    if place.len() <= PLACE_BYTES_MAX {
        return clean(place);
    }
    format!("sha256:{}", data_encoding::HEXLOWER.encode(&Sha256::digest(place.as_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_have_few_sizes() {
        let mut rest = 470;
        let mut pieces = Vec::new();
        while rest > 0 {
            pieces.push(piece(rest));
            rest -= piece(rest);
        }
        assert_eq!(pieces, [256, 64, 64, 64, 16, 6]);
    }
}
