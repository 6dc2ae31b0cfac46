//! `/` and what belongs to it: the teacher's app, built from `frontend/` and carried inside the executable.

use actix_web::http::header::{
    self, AcceptEncoding, CacheControl, CacheDirective, ContentEncoding, Encoding, EntityTag,
    Header, IfNoneMatch,
};
use actix_web::{HttpRequest, HttpResponse, web};
use rust_embed::{Embed, EmbeddedFile};

use super::page;

/// Everything from here, nothing inline, and no text becomes HTML but through the template library's own policy.
const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; \
     form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types lit-html muster";

/// For how long a file may be kept whose name carries the hash of its content.
const A_YEAR_IN_SECONDS: u32 = 365 * 24 * 60 * 60;

/// What the name of a file ends with that holds another one, packed; the smaller first. Browsers take Brotli over TLS only.
const PACKED: [(&str, ContentEncoding); 2] = [
    (".br", ContentEncoding::Brotli),
    (".gz", ContentEncoding::Gzip),
];

/// What the last build of the frontend left. An executable that was built without it says so at `/`.
#[derive(Embed)]
#[folder = "../frontend/dist"]
#[allow_missing = true]
struct Files;

pub(super) fn routes(config: &mut web::ServiceConfig) {
    if Files::get("index.html").is_none() {
        config.configure(page::routes);
    }
    for name in Files::iter().filter(|name| !is_packed(name)) {
        let path = match name.as_ref() {
            "index.html" => "/".to_owned(),
            other => format!("/{other}"),
        };
        let show = move |request: HttpRequest| {
            let answer = find(&name, &request).map(|found| found.show(&name, &request));
            async move { answer.unwrap_or_else(|| HttpResponse::NotFound().finish()) }
        };
        config.service(web::resource(path).route(web::get().to(show)));
    }
}

/// A file in the form in which it is sent.
struct Found {
    file: EmbeddedFile,
    media_type: String,
    packing: Option<ContentEncoding>,
}

/// The file, as the build packed it if it did and the browser takes that.
fn find(name: &str, request: &HttpRequest) -> Option<Found> {
    let plain = Files::get(name)?;
    let media_type = plain.metadata.mimetype().to_owned();
    let mut taken = PACKED
        .iter()
        .filter(|(_, packing)| takes(request, *packing));
    let packed = taken.find_map(|(ending, packing)| {
        let file = Files::get(&format!("{name}{ending}"))?;
        Some((file, Some(*packing)))
    });
    let (file, packing) = packed.unwrap_or((plain, None));
    Some(Found {
        file,
        media_type,
        packing,
    })
}

fn is_packed(name: &str) -> bool {
    PACKED.iter().any(|(ending, _)| name.ends_with(ending))
}

impl Found {
    fn show(self, name: &str, request: &HttpRequest) -> HttpResponse {
        let tag = EntityTag::new_strong(hex::encode(self.file.metadata.sha256_hash()));
        if is_held(request, &tag) {
            return HttpResponse::NotModified()
                .insert_header((header::ETAG, tag.to_string()))
                .insert_header((header::VARY, "Accept-Encoding"))
                .insert_header(freshness(name))
                .finish();
        }
        let mut answer = HttpResponse::Ok();
        if let Some(packing) = self.packing {
            answer.insert_header(packing);
        }
        answer
            .content_type(self.media_type)
            .insert_header((header::VARY, "Accept-Encoding"))
            .insert_header((header::ETAG, tag.to_string()))
            .insert_header(freshness(name))
            .insert_header((header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY))
            .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
            .insert_header((header::REFERRER_POLICY, "no-referrer"))
            .insert_header(("Cross-Origin-Opener-Policy", "same-origin"))
            .body(self.file.data.into_owned())
    }
}

fn takes(request: &HttpRequest, packing: ContentEncoding) -> bool {
    let packing = Encoding::Known(packing);
    AcceptEncoding::parse(request)
        .ok()
        .and_then(|accepted| accepted.negotiate([&packing, &Encoding::identity()].into_iter()))
        .is_some_and(|chosen| chosen == packing)
}

/// Names under `assets/` change with their content; everything else is asked for again each time.
fn freshness(name: &str) -> CacheControl {
    if name.starts_with("assets/") {
        CacheControl(vec![
            CacheDirective::Public,
            CacheDirective::MaxAge(A_YEAR_IN_SECONDS),
            CacheDirective::Extension("immutable".to_owned(), None),
        ])
    } else {
        CacheControl(vec![CacheDirective::NoCache])
    }
}

/// Whether the browser holds this very content already.
fn is_held(request: &HttpRequest, tag: &EntityTag) -> bool {
    match IfNoneMatch::parse(request) {
        Ok(IfNoneMatch::Items(held)) => held.iter().any(|held| held.weak_eq(tag)),
        Ok(IfNoneMatch::Any) | Err(_) => false,
    }
}
