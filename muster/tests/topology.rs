//! `docker-compose.yml`, `Caddyfile` and `Dockerfile` fit the executable, as far as that shows without running them.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on has failed"
)]

use std::collections::BTreeSet;
use std::path::PathBuf;

use actix_web::App;
use actix_web::test::{TestRequest, call_service, init_service};
use clap::{CommandFactory, Parser};
use muster::cli::Cli;
use utoipa::openapi::RefOr;
use yaml_rust2::{Yaml, YamlLoader};

const SERVING: [&str; 3] = ["command-api", "query-api", "projections"];

fn read(name: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn compose() -> Yaml {
    YamlLoader::load_from_str(&read("docker-compose.yml"))
        .unwrap()
        .remove(0)
}

/// A key of a service, its own or the one it takes over by `<<`.
fn of<'a>(service: &'a Yaml, key: &str) -> &'a Yaml {
    let own = &service[key];
    if own.is_badvalue() {
        &service["<<"][key]
    } else {
        own
    }
}

fn keys(table: &Yaml) -> BTreeSet<&str> {
    let table = table.as_hash().into_iter().flatten();
    table.map(|(key, _)| key.as_str().unwrap()).collect()
}

fn command_of(service: &Yaml) -> Vec<&str> {
    let words = service["command"].as_vec().into_iter().flatten();
    words.map(|word| word.as_str().unwrap()).collect()
}

#[test]
fn the_composed_services_are_commands_that_the_executable_accepts() {
    let compose = compose();
    let services = &compose["services"];
    assert_eq!(
        keys(services),
        [
            "caddy",
            "command-api",
            "migrate",
            "postgres",
            "projections",
            "query-api"
        ]
        .into()
    );
    for name in SERVING.iter().chain(&["migrate"]) {
        let command = command_of(&services[*name]);
        assert_eq!(command.first(), Some(name));
        let parsed = Cli::try_parse_from([&["muster"], &command[..]].concat());
        assert!(parsed.is_ok(), "{name}: {}", parsed.err().unwrap());
    }
    assert_eq!(services["migrate"]["restart"].as_str(), Some("no"));
}

#[test]
fn the_composed_roles_know_every_variable_they_are_given() {
    let compose = compose();
    for role in SERVING {
        let mut command = Cli::command();
        command.build();
        let arguments = command.find_subcommand(role).unwrap().get_arguments();
        let known: BTreeSet<&str> = arguments
            .filter_map(|argument| argument.get_env()?.to_str())
            .collect();
        let given = keys(of(&compose["services"][role], "environment"));
        assert!(!given.is_empty());
        assert_eq!(
            given.difference(&known).collect::<Vec<_>>(),
            [&""; 0],
            "{role}"
        );
    }
}

#[test]
fn the_composed_services_wait_for_what_exists_and_can_say_that_it_is_ready() {
    let compose = compose();
    let services = &compose["services"];
    let is_watched = |name: &str| {
        let service = &services[name];
        let check = of(service, "healthcheck");
        let by_image = of(service, "image")
            .as_str()
            .unwrap()
            .starts_with("muster:");
        (by_image && check.is_badvalue()) || !check["test"].is_badvalue()
    };
    for name in keys(services) {
        let waits_for = of(&services[name], "depends_on").as_hash();
        for (other, how) in waits_for.into_iter().flatten() {
            let other = other.as_str().unwrap();
            match how["condition"].as_str() {
                Some("service_healthy") => assert!(is_watched(other), "{name} waits for {other}"),
                Some("service_completed_successfully") => assert_eq!(other, "migrate"),
                condition => panic!("{name} waits for {other} in an unknown way: {condition:?}"),
            }
        }
    }
    for role in SERVING {
        let waits_for = keys(of(&services[role], "depends_on"));
        assert!(waits_for.contains("migrate"), "{role}");
    }
}

/// The names in `${NAME:-default}`.
fn substituted(text: &str) -> BTreeSet<&str> {
    let pieces = text.split("${").skip(1);
    pieces
        .map(|piece| piece.split([':', '}']).next().unwrap())
        .collect()
}

#[test]
fn every_setting_of_the_composed_services_is_explained() {
    let (compose, sample) = (read("docker-compose.yml"), read(".env.sample"));
    let settings = sample.lines().filter(|line| !line.starts_with('#'));
    let explained: BTreeSet<&str> = settings
        .filter_map(|line| Some(line.split_once('=')?.0))
        .collect();
    assert_eq!(substituted(&compose), explained);
}

#[actix_web::test]
async fn the_health_check_of_the_image_asks_for_an_existing_page() {
    let dockerfile = read("Dockerfile");
    let (_, after) = dockerfile
        .split_once("http://127.0.0.1:")
        .expect("a health check");
    let url = after.split('"').next().unwrap();
    let (port, page) = url.split_once('/').unwrap();
    assert_eq!(port, default_port());
    let app = init_service(App::new().configure(platform::server::configure_operations)).await;
    let request = TestRequest::get().uri(&format!("/{page}")).to_request();
    assert!(call_service(&app, request).await.status().is_success());
}

fn default_port() -> String {
    let mut command = Cli::command();
    command.build();
    let role = command.find_subcommand("command-api").unwrap();
    let port = role
        .get_arguments()
        .find(|argument| argument.get_id() == "port")
        .unwrap();
    port.get_default_values()[0].to_str().unwrap().to_owned()
}

/// What the Caddyfile says about one matcher: its path patterns, and the service they are passed on to.
#[derive(Debug, Default)]
struct Route {
    patterns: Vec<String>,
    upstream: Option<String>,
}

impl Route {
    fn matches(&self, path: &str) -> bool {
        self.patterns
            .iter()
            .any(|pattern| match pattern.strip_suffix('*') {
                Some(prefix) => path.starts_with(prefix),
                None => path == pattern,
            })
    }
}

/// The routes in the order of the file; the last one, without patterns, takes the rest.
fn routes() -> Vec<Route> {
    let caddyfile = read("Caddyfile");
    let mut lines = caddyfile.lines().map(str::trim);
    let mut routes = Vec::new();
    let mut matchers: Vec<(String, Vec<String>)> = Vec::new();
    while let Some(line) = lines.next() {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words[..] {
            [name, "path", ref patterns @ ..] if name.starts_with('@') => {
                let patterns = patterns.iter().map(|pattern| (*pattern).to_owned());
                matchers.push((name.to_owned(), patterns.collect()));
            }
            ["handle", ref matcher @ .., "{"] => {
                let body = lines.next().unwrap_or_default();
                let upstream = body.strip_prefix("reverse_proxy ");
                let patterns = matcher.first().map(|name| {
                    let found = matchers.iter().find(|(known, _)| known == name);
                    found.expect("a matcher that was defined").1.clone()
                });
                routes.push(Route {
                    patterns: patterns.unwrap_or_default(),
                    upstream: upstream.map(|text| text.trim_end_matches(['{', ' ']).to_owned()),
                });
            }
            _ => {}
        }
    }
    routes
}

#[test]
fn caddy_passes_every_address_on_to_the_role_that_serves_it_and_names_no_other() {
    let routes = routes();
    let (rest, named) = routes.split_last().unwrap();
    assert!(rest.patterns.is_empty(), "the last one takes the rest");
    let mut used = BTreeSet::new();
    for document in muster::server::documents() {
        let role = document.name.strip_suffix(".json").unwrap();
        let expected = format!("{role}:{}", default_port());
        for path in document.openapi.paths.paths.keys() {
            let found = named.iter().position(|route| route.matches(path));
            let route = found.map_or(rest, |place| &named[place]);
            assert_eq!(route.upstream.as_ref(), Some(&expected), "{path}");
            let patterns = route.patterns.iter();
            used.extend(patterns.filter(|pattern| {
                let route = Route {
                    patterns: vec![(*pattern).clone()],
                    upstream: None,
                };
                route.matches(path)
            }));
        }
    }
    for route in named.iter().filter(|route| route.upstream.is_some()) {
        for pattern in &route.patterns {
            assert!(used.contains(pattern), "{pattern} is no address of any API");
        }
    }
    let closed: Vec<_> = named
        .iter()
        .filter(|route| route.upstream.is_none())
        .collect();
    assert!(closed.iter().any(|route| route.matches("/metrics")));
}

/// The addresses whose answers go on until somebody ends them.
fn endless() -> BTreeSet<String> {
    let is_endless = |path: &utoipa::openapi::PathItem| {
        let answer = path
            .get
            .as_ref()
            .and_then(|get| get.responses.responses.get("200"));
        matches!(answer, Some(RefOr::T(answer)) if answer.content.contains_key("text/event-stream"))
    };
    let documents = muster::server::documents().into_iter();
    documents
        .flat_map(|document| document.openapi.paths.paths)
        .filter(|(_, path)| is_endless(path))
        .map(|(address, _)| address)
        .collect()
}

#[test]
fn caddy_neither_packs_nor_collects_answers_that_go_on() {
    let caddyfile = read("Caddyfile");
    let lines: Vec<&str> = caddyfile.lines().map(str::trim).collect();
    let endless = endless();
    assert!(endless.contains("/api/v1/changes"));
    for address in endless {
        assert!(lines.contains(&format!("@packed not path {address}").as_str()));
        let named = lines.iter().find_map(|line| {
            let (name, patterns) = line.split_once(" path ")?;
            (!name.contains(' ') && patterns == address).then(|| format!("handle {name} {{"))
        });
        let route = named.expect("a route of its own");
        let block = lines.iter().skip_while(|line| **line != route);
        assert!(block.take(4).any(|line| *line == "flush_interval -1"));
    }
    let packing = lines.iter().filter(|line| line.starts_with("encode"));
    assert!(
        packing.clone().count() == 1 && packing.clone().all(|line| *line == "encode @packed gzip")
    );
}
