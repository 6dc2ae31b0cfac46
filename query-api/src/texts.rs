//! Opening the sealed texts of an answer, all at once.

use platform::problem::Problem;
use platform::server::Services;
use sqlx::PgConnection;
use uuid::Uuid;

/// Opens sealed texts, in order. A text that is missing, or whose key is gone, reads as none.
///
/// # Errors
/// The keys cannot be read.
pub(crate) async fn open(
    services: &Services,
    connection: &mut PgConnection,
    school_id: Uuid,
    sealed: impl IntoIterator<Item = Option<&[u8]>>,
) -> Result<std::vec::IntoIter<Option<String>>, Problem> {
    let sealed: Vec<Option<&[u8]>> = sealed.into_iter().collect();
    let present: Vec<&[u8]> = sealed.iter().copied().flatten().collect();
    let mut opened = services
        .keyring
        .open_all(connection, school_id, &present)
        .await
        .map_err(Problem::internal)?
        .into_iter();
    let texts: Vec<Option<String>> = sealed
        .iter()
        .map(|text| text.and_then(|_| opened.next().flatten()))
        .collect();
    Ok(texts.into_iter())
}
