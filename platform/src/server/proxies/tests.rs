use actix_web::test::TestRequest;

use super::*;

fn from(peer: &str, headers: &[(&'static str, &str)]) -> HttpRequest {
    let mut request = TestRequest::default()
        .peer_addr(format!("{peer}:1").parse().unwrap())
        .insert_header((header::HOST, "school.example"));
    for (name, value) in headers {
        request = request.append_header((*name, *value));
    }
    request.to_http_request()
}

fn trusting(proxies: &[&str]) -> TrustedProxies {
    proxies.iter().map(|proxy| proxy.parse().unwrap()).collect()
}

#[test]
fn a_private_peer_that_nobody_named_is_not_believed() {
    for peer in ["10.0.0.5", "192.168.1.5", "[fd00::5]", "203.0.113.9"] {
        let liar = from(
            peer,
            &[
                ("x-forwarded-for", "198.51.100.7"),
                ("x-forwarded-proto", "https"),
                ("x-forwarded-host", "other.example"),
            ],
        );
        let trusted = trusting(&["172.18.0.0/16", "10.0.0.6"]);
        let itself: IpAddr = peer.trim_matches(['[', ']']).parse().unwrap();
        assert_eq!(trusted.client_address(&liar), Some(itself));
        assert_eq!(
            trusted.origin(&liar),
            Origin::parse("http://school.example")
        );
    }
}

#[test]
fn proxies_on_this_machine_and_named_ones_are_believed() {
    let client: IpAddr = "198.51.100.7".parse().unwrap();
    for peer in ["127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "172.18.0.5"] {
        let request = from(
            peer,
            &[
                ("x-forwarded-for", "203.0.113.1, 198.51.100.7"),
                ("x-forwarded-proto", "https"),
            ],
        );
        let trusted = trusting(&["172.18.0.0/16"]);
        assert_eq!(trusted.client_address(&request), Some(client), "{peer}");
        assert_eq!(
            trusted.origin(&request),
            Origin::parse("https://school.example")
        );
    }
}

#[test]
fn of_a_chain_of_proxies_the_nearest_that_is_not_trusted_counts() {
    let trusted = trusting(&["172.18.0.5", "172.18.0.6"]);
    let client = |chain: &[&str]| {
        let headers: Vec<_> = chain
            .iter()
            .map(|part| ("x-forwarded-for", *part))
            .collect();
        trusted
            .client_address(&from("172.18.0.5", &headers))
            .unwrap()
            .to_string()
    };
    assert_eq!(
        client(&["1.2.3.4, 198.51.100.7", "172.18.0.6"]),
        "198.51.100.7"
    );
    assert_eq!(client(&["1.2.3.4, nonsense"]), "172.18.0.5");
    assert_eq!(client(&["172.18.0.6"]), "172.18.0.6");
    assert_eq!(client(&[]), "172.18.0.5");
}

#[test]
fn an_origin_is_scheme_host_and_port() {
    let origin = |text| Origin::parse(text);
    assert_eq!(
        origin("https://School.example:443"),
        origin("https://school.example")
    );
    assert_ne!(
        origin("http://school.example"),
        origin("https://school.example")
    );
    assert_ne!(
        origin("https://school.example:8443"),
        origin("https://school.example")
    );
    for text in [
        "null",
        "",
        "school.example",
        "file:///etc",
        "ftp://school.example",
    ] {
        assert_eq!(origin(text), None, "{text}");
    }
}

#[test]
fn only_this_machine_is_loopback() {
    let is_loopback = |host: &str| {
        Origin::parse(&format!("http://{host}")).is_some_and(|origin| origin.is_loopback())
    };
    for host in [
        "localhost",
        "localhost:8080",
        "127.0.0.1:8080",
        "[::1]:8080",
        "app.localhost",
    ] {
        assert!(is_loopback(host), "{host}");
    }
    for host in [
        "school.example",
        "192.168.1.5:8080",
        "localhost.example",
        "[2001:db8::1]:80",
        "",
    ] {
        assert!(!is_loopback(host), "{host}");
    }
}

#[test]
fn what_is_no_address_is_no_proxy() {
    for text in ["", "proxy", "172.18.0.0/33", "172.18.0"] {
        assert_eq!(text.parse::<TrustedProxy>(), Err(InvalidProxy), "{text}");
    }
}
