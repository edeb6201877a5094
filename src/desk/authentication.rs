//! What `maildesk inspect` shows of a sender's proof (SPEC section 5).

use serde::Serialize;

use super::{
    Findings, Trust,
    proof::{Origin, Proof, origin, trusted_results},
};
use crate::mail::Reading;

/// Results as the trusted server wrote them, and what they come to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Authentication {
    pub dmarc: Option<String>,
    pub dkim: Option<String>,
    pub spf: Option<String>,
    /// `authentication-results`, `submission`, `own-dkim`, `internal-mark`, `arc`; `None` when the sender is not proven.
    pub source: Option<String>,
    /// The proof is for the address in From.
    pub aligned: bool,
}

/// The authentication of one mail.
#[must_use]
pub fn authentication(reading: &Reading, findings: &Findings, trust: &Trust) -> Authentication {
    let methods = trusted_results(reading, trust).unwrap_or_default();
    let result = |name: &str| methods.iter().find(|m| m.name == name).map(|m| m.result.clone());
    let source = match origin(reading, findings, trust) {
        Origin::Proven(Proof::Dmarc) => Some("authentication-results"),
        Origin::Proven(Proof::Submission) => Some("submission"),
        Origin::Proven(Proof::Dkim) => Some("own-dkim"),
        Origin::Proven(Proof::Internal) => Some("internal-mark"),
        Origin::Proven(Proof::Arc) => Some("arc"),
        Origin::Unproven { .. } => None,
    };
    Authentication {
        dmarc: result("dmarc"),
        dkim: result("dkim"),
        spf: result("spf"),
        aligned: source.is_some(),
        source: source.map(str::to_owned),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::{AuthenticationResults, Trace};

    #[test]
    fn the_trusted_servers_words_are_shown_and_judged() {
        let field = "mx.desk.test; dmarc=pass header.from=acme.example; spf=fail smtp.mailfrom=x.example";
        let reading = Reading {
            trace: Trace {
                strict_from: Some("li@acme.example".into()),
                authentication_results: vec![AuthenticationResults {
                    received_above: 0,
                    value: field.into(),
                }],
                ..Trace::default()
            },
            ..Reading::default()
        };
        let trust = Trust { authserv_ids: vec!["mx.desk.test".into()], ..Trust::default() };
        let none = Findings::default();
        let shown = authentication(&reading, &none, &trust);
        assert_eq!(shown.dmarc.as_deref(), Some("pass"));
        assert_eq!(shown.spf.as_deref(), Some("fail"));
        assert_eq!(shown.source.as_deref(), Some("authentication-results"));
        assert!(shown.aligned);
        assert_eq!(authentication(&reading, &none, &Trust::default()), Authentication::default());
    }
}
