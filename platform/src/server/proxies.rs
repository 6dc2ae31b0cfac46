//! What a request says about its way here, as far as it can be believed.
//!
//! Anybody can send `X-Forwarded-For`. It, `X-Forwarded-Proto` and `X-Forwarded-Host` are read only if the connection
//! comes from a proxy that is trusted: one on this machine, or one that whoever runs the server has named.

use std::net::IpAddr;
use std::str::FromStr;
use std::sync::Arc;

use actix_web::HttpRequest;
use actix_web::http::{Uri, header};
use ipnet::IpNet;

/// Addresses of proxies that are believed: one address such as `172.18.0.5`, or a network such as `172.18.0.0/16`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TrustedProxy(IpNet);

/// The text names neither an address nor a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("give an address such as 172.18.0.5 or a network such as 172.18.0.0/16")]
pub struct InvalidProxy;

impl FromStr for TrustedProxy {
    type Err = InvalidProxy;

    fn from_str(text: &str) -> Result<Self, InvalidProxy> {
        let address = text.parse::<IpAddr>().map(IpNet::from);
        address
            .or_else(|_| text.parse())
            .map(Self)
            .map_err(|_| InvalidProxy)
    }
}

/// The proxies that are believed. Those on this machine always are. Clones share the list.
#[derive(Clone, Debug, Default)]
pub struct TrustedProxies(Arc<[TrustedProxy]>);

impl FromIterator<TrustedProxy> for TrustedProxies {
    fn from_iter<Proxies: IntoIterator<Item = TrustedProxy>>(proxies: Proxies) -> Self {
        Self(proxies.into_iter().collect())
    }
}

impl TrustedProxies {
    /// Who sent the request: the peer, or the nearest address on the way here that is no trusted proxy. None if the
    /// connection has no address.
    pub fn client_address(&self, request: &HttpRequest) -> Option<IpAddr> {
        let mut client = request.peer_addr()?.ip().to_canonical();
        let mut way_back = forwarded(request, header::X_FORWARDED_FOR).rev();
        while self.contains(client) {
            let Some(further) = way_back.next() else {
                break;
            };
            match further.parse::<IpAddr>() {
                Ok(address) => client = address.to_canonical(),
                Err(_) => break,
            }
        }
        Some(client)
    }

    /// Where the browser believes this server to be. None if the request does not say.
    pub fn origin(&self, request: &HttpRequest) -> Option<Origin> {
        let peer = request.peer_addr().map(|peer| peer.ip().to_canonical());
        let from_proxy = |name: header::HeaderName| {
            peer.filter(|peer| self.contains(*peer))
                .and_then(|_| forwarded(request, name).next_back())
        };
        let scheme = from_proxy(header::X_FORWARDED_PROTO);
        let own_scheme = if request.app_config().secure() {
            "https"
        } else {
            "http"
        };
        let host = from_proxy(header::X_FORWARDED_HOST)
            .or_else(|| request.headers().get(header::HOST)?.to_str().ok())
            .or_else(|| Some(request.uri().authority()?.as_str()))?;
        Origin::parse(&format!("{}://{host}", scheme.unwrap_or(own_scheme)))
    }

    fn contains(&self, address: IpAddr) -> bool {
        address.is_loopback() || self.0.iter().any(|proxy| proxy.0.contains(&address))
    }
}

/// The entries of a header that every proxy on the way adds to, the last one by the nearest.
fn forwarded(
    request: &HttpRequest,
    name: header::HeaderName,
) -> impl DoubleEndedIterator<Item = &str> {
    let values: Vec<&str> = request
        .headers()
        .get_all(name)
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .collect();
    values.into_iter()
}

/// Scheme, host and port of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    scheme: String,
    host: String,
    port: Option<u16>,
}

impl Origin {
    /// Reads the value of a header `Origin`. None for `null` and whatever else is no address on the web.
    pub fn parse(text: &str) -> Option<Self> {
        let uri: Uri = text.parse().ok()?;
        let scheme = uri.scheme_str()?.to_ascii_lowercase();
        let default_port = match scheme.as_str() {
            "https" => 443,
            "http" => 80,
            _ => return None,
        };
        Some(Self {
            scheme,
            host: uri.host()?.to_ascii_lowercase(),
            port: uri.port_u16().filter(|port| *port != default_port),
        })
    }

    /// Whether browsers reach it through TLS.
    pub fn is_secure(&self) -> bool {
        self.scheme == "https"
    }

    /// Whether the host is the machine of the browser itself.
    pub fn is_loopback(&self) -> bool {
        let name = self.host.trim_start_matches('[').trim_end_matches(']');
        name == "localhost"
            || name.ends_with(".localhost")
            || name
                .parse::<IpAddr>()
                .is_ok_and(|address| address.is_loopback())
    }
}

#[cfg(test)]
mod tests;
