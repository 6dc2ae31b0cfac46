//! Packed bodies, unpacked a little at a time.
//!
//! The framework unpacks whatever has arrived in one go and only then can the result be compared with the limit. What
//! arrives in one go can be 128 KiB, and one byte of it can unpack to a thousand.

use std::iter;

use actix_web::HttpMessage;
use actix_web::dev::{Payload, ServiceRequest};
use actix_web::error::PayloadError;
use actix_web::http::header;
use actix_web::web::Bytes;
use futures::{Stream, StreamExt, stream};

/// How many packed bytes are handed on at once. They unpack to 2 MiB at most, so that a body is at most that much over
/// its limit before anybody notices; and the framework does so little on the spot and not on another thread.
const SLICE: usize = 2 * 1024;

/// The one way of packing that is unpacked.
pub(super) const GZIP: &str = "gzip";

/// Hands a packed body on in slices.
pub(super) fn slice_packed_body(request: &mut ServiceRequest) {
    let is_packed = request
        .headers()
        .get(header::CONTENT_ENCODING)
        .is_some_and(|packing| packing.as_bytes().eq_ignore_ascii_case(GZIP.as_bytes()));
    if is_packed {
        let payload = Box::pin(sliced(request.take_payload()));
        request.set_payload(Payload::Stream { payload });
    }
}

fn sliced(
    payload: impl Stream<Item = Result<Bytes, PayloadError>>,
) -> impl Stream<Item = Result<Bytes, PayloadError>> {
    payload.flat_map(|arrived| {
        let (mut bytes, error) = match arrived {
            Ok(bytes) => (bytes, None),
            Err(error) => (Bytes::new(), Some(error)),
        };
        let slices = iter::from_fn(move || {
            let length = bytes.len().min(SLICE);
            (length > 0).then(|| Ok(bytes.split_to(length)))
        });
        stream::iter(slices.chain(error.map(Err)))
    })
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::io::Write;

    use actix_web::dev::Decompress;
    use actix_web::http::header::ContentEncoding;
    use actix_web::test::TestRequest;
    use actix_web::{FromRequest, web};

    use super::*;
    use crate::server::MAX_BODY_BYTES;

    type BoxedPayloadStream = std::pin::Pin<Box<dyn Stream<Item = Result<Bytes, PayloadError>>>>;

    fn packed(content: &[u8]) -> Bytes {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        packer.write_all(content).unwrap();
        packer.finish().unwrap().into()
    }

    fn arriving(chunk: Bytes) -> impl Stream<Item = Result<Bytes, PayloadError>> {
        stream::iter([Ok(chunk)])
    }

    #[actix_web::test]
    async fn a_bomb_goes_off_in_small_parts() {
        let bomb = packed(&vec![0; 10 * 1024 * 1024]);
        assert!(bomb.len() < 16 * 1024);
        let parts: Vec<Bytes> = Decompress::new(sliced(arriving(bomb)), ContentEncoding::Gzip)
            .map(Result::unwrap)
            .collect()
            .await;
        let largest = parts.iter().map(Bytes::len).max().unwrap();
        assert!(largest <= 1_032 * SLICE + 64 * 1024, "{largest}");
        assert_eq!(
            parts.iter().map(Bytes::len).sum::<usize>(),
            10 * 1024 * 1024
        );
    }

    #[actix_web::test]
    async fn a_bomb_is_read_no_further_than_the_limit() {
        let bomb = packed(&vec![0; 10 * 1024 * 1024]);
        let all = bomb.len();
        let read = std::rc::Rc::new(Cell::new(0));
        let counted = std::rc::Rc::clone(&read);
        let mut request = TestRequest::post()
            .insert_header((header::CONTENT_ENCODING, "GZIP"))
            .app_data(web::PayloadConfig::new(MAX_BODY_BYTES))
            .set_payload(bomb)
            .to_srv_request();
        slice_packed_body(&mut request);
        let (request, payload) = request.into_parts();
        let payload: BoxedPayloadStream = Box::pin(payload.inspect(move |slice| {
            counted.set(counted.get() + slice.as_ref().unwrap().len());
        }));
        let mut payload = Payload::Stream { payload };
        assert!(Bytes::from_request(&request, &mut payload).await.is_err());
        assert!(read.get() < all, "{} of {all}", read.get());
    }

    #[actix_web::test]
    async fn slices_make_up_the_whole_and_errors_pass() {
        let content: Vec<u8> = (0..100_000_u32).flat_map(u32::to_le_bytes).collect();
        let chunk = Bytes::from(content.clone());
        let slices: Vec<Bytes> = sliced(arriving(chunk)).map(Result::unwrap).collect().await;
        assert_eq!(slices.concat(), content);
        let broken = sliced(stream::iter([Err(PayloadError::Overflow)]));
        assert!(matches!(
            broken.collect::<Vec<_>>().await[..],
            [Err(PayloadError::Overflow)]
        ));
    }
}
