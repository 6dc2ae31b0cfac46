//! A CSV file as the body of an answer.

use actix_web::http::header::{
    CACHE_CONTROL, ContentDisposition, DispositionParam, DispositionType,
};
use actix_web::{HttpResponse, web};
use csv::{StringRecord, Terminator, WriterBuilder};
use futures::{Stream, StreamExt, TryStreamExt, stream};
use platform::problem::Problem;
use utoipa::IntoParams;

use super::cell::safe;
use crate::parameters::Parameters;
use crate::reading::STALE_HEADER;

/// What Excel needs to see to read UTF-8.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// A line: the texts of its cells, as they are. Making them safe is the document's business.
pub(crate) type Line = Vec<String>;

/// What can be a line of a file. Where there are very many, a [`StringRecord`] allocates less than a [`Line`].
pub(crate) trait Cells {
    /// Its cells, one after the other.
    fn cells(&self) -> impl Iterator<Item = &str>;
}

impl Cells for Line {
    fn cells(&self) -> impl Iterator<Item = &str> {
        self.iter().map(String::as_str)
    }
}

impl Cells for StringRecord {
    fn cells(&self) -> impl Iterator<Item = &str> {
        self.iter()
    }
}

/// The cell of a value that may not be there.
pub(crate) fn text(value: Option<impl ToString>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

/// The parameters of every CSV file.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(
    dead_code,
    reason = "describes the parameters; CsvOptions is what is read"
)]
pub(crate) struct CsvParameters {
    /// Whether the file begins with a byte order mark, which Excel needs to read UTF-8.
    #[param(default = false)]
    bom: Option<bool>,
}

/// How a CSV file is to be written.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct CsvOptions {
    /// Whether a byte order mark stands in front.
    byte_order_mark: bool,
}

impl CsvOptions {
    /// Takes `bom`.
    pub(crate) fn take(parameters: &mut Parameters) -> Self {
        Self {
            byte_order_mark: parameters.optional("bom").unwrap_or_default(),
        }
    }

    /// Answers a file `name` with these columns and lines.
    pub(crate) fn answer_all(
        self,
        name: String,
        columns: &[&str],
        lines: impl Iterator<Item = Line>,
        is_stale: bool,
    ) -> Result<HttpResponse, Problem> {
        let lines: Vec<Line> = lines.collect();
        let lines = stream::once(async move { Ok(lines) });
        self.answer(name, columns, lines, is_stale)
    }

    /// Answers a file `name` with these columns and, page by page, these lines.
    pub(crate) fn answer<L: Cells + 'static>(
        self,
        name: String,
        columns: &[&str],
        lines: impl Stream<Item = Result<Vec<L>, Problem>> + 'static,
        is_stale: bool,
    ) -> Result<HttpResponse, Problem> {
        let mut head = if self.byte_order_mark {
            BYTE_ORDER_MARK.to_vec()
        } else {
            Vec::new()
        };
        head.extend(written(&[StringRecord::from(columns)])?);
        let body = stream::once(async { Ok(web::Bytes::from(head)) })
            .chain(lines.and_then(async |lines| Ok(web::Bytes::from(written(&lines)?))));

        let mut response = HttpResponse::Ok();
        if is_stale {
            response.insert_header((STALE_HEADER, "true"));
        }
        Ok(response
            .content_type("text/csv; charset=utf-8; header=present")
            .insert_header((CACHE_CONTROL, "no-store"))
            .insert_header(ContentDisposition {
                disposition: DispositionType::Attachment,
                parameters: vec![DispositionParam::Filename(name)],
            })
            .streaming(body))
    }
}

/// Lines as RFC 4180 has them: ended by CR LF, quoted where needed.
fn written<L: Cells>(lines: &[L]) -> Result<Vec<u8>, Problem> {
    let mut writer = WriterBuilder::new()
        .terminator(Terminator::CRLF)
        .from_writer(Vec::new());
    for line in lines {
        for cell in line.cells() {
            writer
                .write_field(&*safe(cell))
                .map_err(Problem::internal)?;
        }
        writer
            .write_record(None::<&[u8]>)
            .map_err(Problem::internal)?;
    }
    writer
        .into_inner()
        .map_err(|error| Problem::internal(error.into_error()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_with_crlf_and_cells_are_quoted_where_needed() {
        let lines = [
            vec!["a".to_owned(), "b, \"c\"".to_owned()],
            vec!["=1".to_owned(), "two\nlines".to_owned()],
        ];
        assert_eq!(
            written(&lines).unwrap(),
            b"a,\"b, \"\"c\"\"\"\r\n'=1,\"two\nlines\"\r\n"
        );
        assert_eq!(written::<Line>(&[]).unwrap(), b"");
    }
}
