//! Names become addresses here, and here those are refused that are not for ensembles.
//!
//! What is checked is what is connected to: a name that changes its address between a check and a connection has no
//! chance. Addresses written in a URL never come here; [`check_literal`] looks at those.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::address::is_public;

/// Resolves as the system does.
#[derive(Clone)]
pub(super) struct Resolver {
    pub(super) may_be_private: bool,
    /// The hosts that may be private though others may not.
    pub(super) hosts: Arc<[Box<str>]>,
}

/// An address that requests must not go to.
#[derive(Debug)]
pub(super) struct Refused(IpAddr);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is no public address", self.0)
    }
}

impl std::error::Error for Refused {}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let is_free = self.may_be_private || is_among(&self.hosts, name.as_str());
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let allowed: Vec<SocketAddr> =
                found.iter().copied().filter(|address| is_free || is_public(address.ip())).collect();
            match (found.first(), allowed.is_empty()) {
                (Some(refused), true) => Err(Box::new(Refused(refused.ip())) as _),
                _ => Ok(Box::new(allowed.into_iter()) as Addrs),
            }
        })
    }
}

/// Refuses an address that stands in the URL itself.
pub(super) fn check_literal(url: &Url, may_be_private: bool, hosts: &[Box<str>]) -> Result<(), Refused> {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    match host.parse::<IpAddr>() {
        Ok(address) if !may_be_private && !is_public(address) && !is_among(hosts, host) => {
            Err(Refused(address))
        }
        Ok(_) | Err(_) => Ok(()),
    }
}

fn is_among(hosts: &[Box<str>], host: &str) -> bool {
    hosts.iter().any(|allowed| host.eq_ignore_ascii_case(allowed))
}
