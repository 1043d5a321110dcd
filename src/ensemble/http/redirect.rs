//! Where a redirect leads, and what may be taken there.

use reqwest::header::{CONTENT_TYPE, HeaderMap, LOCATION};
use reqwest::{Method, StatusCode, Url};

use super::request::check_url;
use crate::ensemble::operation::OperationError;

/// One step of a request on its way.
pub(super) struct Hop {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) headers: HeaderMap,
    pub(super) body: Option<Vec<u8>>,
}

impl Hop {
    /// The next step, as the fetch standard has it: 303 asks with GET, 301 and 302 do where a POST was sent, 307 and
    /// 308 repeat what was sent.
    ///
    /// Whoever is elsewhere gets none of the headers: any of them may be a key.
    pub(super) fn next(mut self, status: StatusCode, location: &str) -> Result<Self, OperationError> {
        let unusable = |what: &str| {
            OperationError::failed(format!("`{}` redirects {what}", super::request::origin(&self.url)))
        };
        let url = self.url.join(location).map_err(|_| unusable("to what is no URL"))?;
        check_url(&url).map_err(|error| unusable(&format!("to what is not asked: {}", error.message)))?;
        if self.url.scheme() == "https" && url.scheme() != "https" {
            return Err(unusable("out of encryption"));
        }
        let asks_anew = match status.as_u16() {
            303 => self.method != Method::HEAD,
            301 | 302 => self.method == Method::POST,
            _ => false,
        };
        if asks_anew {
            self.method = Method::GET;
            self.body = None;
            self.headers.remove(CONTENT_TYPE);
        }
        if url.origin() != self.url.origin() {
            let kind = self.headers.remove(CONTENT_TYPE);
            self.headers.clear();
            self.headers.extend(kind.map(|kind| (CONTENT_TYPE, kind)));
        }
        self.url = url;
        Ok(self)
    }
}

/// Where an answer sends us, if it does.
pub(super) fn location(status: StatusCode, headers: &HeaderMap) -> Option<&str> {
    let is_redirect = matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308);
    headers.get(LOCATION).filter(|_| is_redirect)?.to_str().ok()
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    /// What is sent after a redirect: method, URL, headers, body.
    fn after(method: Method, status: u16, location: &str) -> Result<(String, String, String, bool), String> {
        let mut headers = HeaderMap::new();
        headers.insert("x-api-key", "k".parse().unwrap());
        headers.insert(CONTENT_TYPE, "text/plain".parse().unwrap());
        let url = "https://a.test/x/y?q".parse().unwrap();
        let hop = Hop { method, url, headers, body: Some(Vec::new()) };
        let hop = hop.next(StatusCode::from_u16(status).unwrap(), location).map_err(|error| error.message)?;
        let names = hop.headers.keys().map(|name| name.as_str()).collect::<Vec<_>>().join(" ");
        Ok((hop.method.to_string(), hop.url.to_string(), names, hop.body.is_some()))
    }

    #[test]
    fn it_keeps_what_it_may_and_drops_what_may_be_a_key() {
        for (method, status, location, expected) in [
            (Method::GET, 302, "/z", ("GET", "https://a.test/z", "x-api-key content-type", true)),
            (Method::POST, 302, "z", ("GET", "https://a.test/x/z", "x-api-key", false)),
            (Method::POST, 307, "z", ("POST", "https://a.test/x/z", "x-api-key content-type", true)),
            (Method::PUT, 303, "z", ("GET", "https://a.test/x/z", "x-api-key", false)),
            (Method::POST, 308, "https://b.test/", ("POST", "https://b.test/", "content-type", true)),
            (Method::GET, 301, "//a.test:8443/", ("GET", "https://a.test:8443/", "content-type", true)),
        ] {
            let (method_after, url, headers, has_body) = expected;
            let expected = (method_after.to_owned(), url.to_owned(), headers.to_owned(), has_body);
            assert_eq!(after(method, status, location), Ok(expected), "{status} {location}");
        }
    }

    #[test]
    fn it_leads_nowhere_where_nobody_may_go() {
        for (location, said) in [
            ("http://a.test/", "`https://a.test` redirects out of encryption"),
            (
                "file:///etc/passwd",
                "`https://a.test` redirects to what is not asked: URLs begin with `https://` or `http://`, not `file:`",
            ),
            ("https://", "`https://a.test` redirects to what is no URL"),
        ] {
            assert_eq!(after(Method::GET, 302, location), Err(said.to_owned()), "{location}");
        }
    }
}
