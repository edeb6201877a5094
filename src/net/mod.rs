//! TLS and connections, DNS. May import `edge`, `config`.
