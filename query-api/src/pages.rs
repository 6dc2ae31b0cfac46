//! All pages of a list, one after the other: what is streamed is never held whole.

use async_stream::try_stream;
use futures::Stream;
use platform::problem::Problem;

use crate::page::PageRequest;

/// One page's worth, and the key to go on from if there is more.
pub(crate) struct Batch<T, K> {
    pub(crate) items: Vec<T>,
    pub(crate) next: Option<K>,
}

/// Loads the first page, so that what fails at once is still a proper problem, and answers all pages as a stream.
///
/// Each page is a short transaction of its own: a slow reader holds no connection, and, because keys do not change, every
/// row is met exactly once all the same. A failure later on breaks the stream off, which the client sees as a broken
/// transfer: an incomplete answer is never taken for a complete one.
///
/// # Errors
/// What loading the first page fails with.
pub(crate) async fn all<T, K>(
    mut load: impl AsyncFnMut(PageRequest<K>) -> Result<Batch<T, K>, Problem>,
) -> Result<impl Stream<Item = Result<Vec<T>, Problem>>, Problem> {
    let mut batch = load(PageRequest::first()).await?;
    Ok(try_stream! {
        loop {
            yield batch.items;
            let Some(key) = batch.next else { break };
            batch = load(PageRequest::after(key)).await?;
        }
    })
}

#[cfg(test)]
mod tests {
    use futures::TryStreamExt;
    use platform::problem::Slug;

    use super::*;

    async fn up_to(limit: u32, page: PageRequest<u32>) -> Result<Batch<u32, u32>, Problem> {
        let key = page.after.map_or(0, |last| last + 1);
        Ok(Batch {
            items: vec![key],
            next: (key < limit).then_some(key),
        })
    }

    #[tokio::test]
    async fn every_page_comes_once_and_in_order() {
        let pages: Vec<Vec<u32>> = all(async |page| up_to(3, page).await)
            .await
            .unwrap()
            .try_collect()
            .await
            .unwrap();
        assert_eq!(pages, [[0], [1], [2], [3]]);
    }

    #[tokio::test]
    async fn a_page_that_fails_fails_the_stream() {
        let pages = all(async |page: PageRequest<u32>| match page.after {
            None => up_to(3, page).await,
            Some(_) => Err(Problem::new(Slug::Busy)),
        });
        let pages: Result<Vec<Vec<u32>>, Problem> = pages.await.unwrap().try_collect().await;
        assert_eq!(pages.unwrap_err().slug(), Slug::Busy);
    }

    #[tokio::test]
    async fn a_first_page_that_fails_is_no_stream() {
        let pages =
            all(async |_: PageRequest<u32>| Err::<Batch<u32, u32>, _>(Problem::new(Slug::Busy)));
        assert!(pages.await.is_err());
    }
}
