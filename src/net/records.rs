//! DNS records in values of our own: what a domain publishes, nothing (which is an answer), or no answer (which is none).

use hickory_resolver::{
    TokioResolver,
    net::NetError as Failure,
    proto::rr::{Name, RData},
};

/// A server named by an SRV record (RFC 2782).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SrvRecord {
    pub priority: u16,
    pub weight: u16,
    pub port: u16,
    /// Without the final dot; empty where the service is decidedly not offered.
    pub target: String,
}

/// No answer: the domain may publish something or not. The words name no secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("DNS did not answer: {0}")]
pub struct NoAnswer(pub String);

/// Answers or none.
pub type Answers<T> = Result<Vec<T>, NoAnswer>;

/// The SRV records of a name, unsorted.
///
/// # Errors
/// When there is no answer; that there are none is an empty list.
pub async fn srv(resolver: &TokioResolver, name: &str) -> Answers<SrvRecord> {
    let found = none_is_empty(resolver.srv_lookup(absolute(name)).await)?;
    Ok(found
        .into_iter()
        .filter_map(|data| match data {
            RData::SRV(srv) => Some(SrvRecord {
                priority: srv.priority,
                weight: srv.weight,
                port: srv.port,
                target: plain(&srv.target),
            }),
            _ => None,
        })
        .collect())
}

/// A domain's mail exchangers, the preferred first, without final dots.
///
/// # Errors
/// As [`srv`].
pub async fn mx(resolver: &TokioResolver, name: &str) -> Answers<String> {
    let found = none_is_empty(resolver.mx_lookup(absolute(name)).await)?;
    let mut exchanges: Vec<(u16, String)> = found
        .into_iter()
        .filter_map(|data| match data {
            RData::MX(mx) => Some((mx.preference, plain(&mx.exchange))),
            _ => None,
        })
        .collect();
    exchanges.sort();
    Ok(exchanges.into_iter().map(|(_, exchange)| exchange).collect())
}

/// The TXT records of a name, each with its strings joined (RFC 7208 section 3.3).
///
/// # Errors
/// As [`srv`].
pub async fn txt(resolver: &TokioResolver, name: &str) -> Answers<String> {
    let found = none_is_empty(resolver.txt_lookup(absolute(name)).await)?;
    Ok(found
        .into_iter()
        .filter_map(|data| match data {
            RData::TXT(txt) => {
                Some(txt.txt_data.iter().map(|piece| String::from_utf8_lossy(piece).into_owned()).collect())
            }
            _ => None,
        })
        .collect())
}

/// With its final dot, so that no search list of this machine is asked.
fn absolute(name: &str) -> String {
    format!("{}.", name.trim_end_matches('.'))
}

fn plain(name: &Name) -> String {
    name.to_ascii().trim_end_matches('.').to_owned()
}

fn none_is_empty(answer: Result<hickory_resolver::lookup::Lookup, Failure>) -> Answers<RData> {
    match answer {
        Ok(lookup) => Ok(lookup.answers().iter().map(|record| record.data.clone()).collect()),
        Err(why) if why.is_no_records_found() || why.is_nx_domain() => Ok(Vec::new()),
        Err(why) => Err(NoAnswer(why.to_string())),
    }
}
