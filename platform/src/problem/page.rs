//! A page for each kind of problem: what it means and what to do.

use super::slug::Slug;

const STYLE: &str = "body{font:1.1rem/1.5 system-ui,sans-serif;max-width:42rem;margin:2rem auto;padding:0 1rem;\
    color:#1b1b1b;background:#fff}h1{line-height:1.2}code{background:#eee;padding:.1em .3em}a{color:#0b57a4}\
    dt{margin-top:1rem}@media(prefers-color-scheme:dark){body{color:#eee;background:#1b1b1b}code{background:#333}\
    a{color:#8ec5ff}}";

/// The page of one kind of problem, as HTML that needs nothing else.
pub fn slug_page(slug: Slug) -> String {
    let title = slug.title();
    page(
        title,
        &format!(
            "<h1>{title}</h1>\n<p><code>{slug}</code>, HTTP status {}</p>\n<h2>What it means</h2>\n<p>{}</p>\n\
             <h2>What to do</h2>\n<p>{}</p>\n<p><a href=\"/problems\">All problems</a></p>",
            slug.status().as_u16(),
            slug.meaning(),
            slug.what_to_do(),
        ),
    )
}

/// The list of all kinds of problem, as HTML that needs nothing else.
pub fn index_page() -> String {
    let entries: String = Slug::all()
        .map(|slug| {
            format!(
                "<dt><a href=\"{}\"><code>{slug}</code></a></dt><dd>{}</dd>\n",
                slug.path(),
                slug.title()
            )
        })
        .collect();
    page(
        "Problems",
        &format!("<h1>Problems</h1>\n<dl>\n{entries}</dl>"),
    )
}

fn page(title: &str, body: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title} · Muster</title>\n\
         <style>{STYLE}</style>\n</head>\n<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_says_what_it_means_and_what_to_do() {
        for slug in Slug::all() {
            let page = slug_page(slug);
            for text in [slug.title(), slug.meaning(), slug.what_to_do()] {
                assert!(page.contains(text), "{slug}: {text}");
            }
            assert!(index_page().contains(&slug.path()));
        }
    }

    #[test]
    fn no_text_breaks_the_page() {
        for slug in Slug::all() {
            for text in [slug.title(), slug.meaning(), slug.what_to_do()] {
                assert!(!text.contains(['<', '>', '&']), "{text}");
            }
        }
    }
}
