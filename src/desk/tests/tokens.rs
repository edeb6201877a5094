//! Tokens: made, read back, altered in every bit, cut out of texts.

use std::collections::BTreeMap;

use crate::desk::{
    token::{TOKEN_CHARS, TokenKey, TokenKeys, address_with, claimed_person, subaddress, without_tokens},
    *,
};

const NEVER_REVOKED: BTreeMap<PersonId, u32> = BTreeMap::new();

fn keys() -> TokenKeys {
    TokenKeys(vec![TokenKey { id: 2, bytes: vec![9; 32] }, TokenKey { id: 1, bytes: vec![5; 32] }])
}

fn claim(purpose: Purpose) -> Token {
    Token { purpose, ticket: TicketId(1042), person: PersonId(77), expires_day: 20_000 }
}

#[test]
fn a_minted_token_is_read_back_through_its_last_day() {
    for purpose in [Purpose::Client, Purpose::Agent] {
        let text = keys().mint(&claim(purpose), 0);
        assert_eq!(text.len(), TOKEN_CHARS);
        assert_eq!(keys().check(&text, 20_000, &NEVER_REVOKED), Some(TokenFinding::Valid(claim(purpose))));
        assert_eq!(
            keys().check(&text, 20_001, &NEVER_REVOKED),
            Some(TokenFinding::Invalid("expired".into()))
        );
    }
}

#[test]
fn no_single_bit_of_the_text_can_change() {
    let text = keys().mint(&claim(Purpose::Agent), 0);
    for at in 0..text.len() {
        for bit in 0..8 {
            let mut bytes = text.clone().into_bytes();
            bytes[at] ^= 1 << bit;
            let Ok(changed) = String::from_utf8(bytes) else { continue };
            assert!(
                !matches!(keys().check(&changed, 1, &NEVER_REVOKED), Some(TokenFinding::Valid(_))),
                "{at} {bit}"
            );
        }
    }
}

#[test]
fn no_single_bit_of_the_bytes_can_change() {
    let text = keys().mint(&claim(Purpose::Client), 0).to_ascii_uppercase();
    let bytes = data_encoding::BASE32_NOPAD.decode(text.as_bytes()).unwrap();
    assert_eq!(bytes.len(), 29);
    for bit in 0..bytes.len() * 8 {
        let mut changed = bytes.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        let changed = data_encoding::BASE32_NOPAD.encode(&changed).to_ascii_lowercase();
        assert!(matches!(keys().check(&changed, 1, &NEVER_REVOKED), Some(TokenFinding::Invalid(_))), "{bit}");
    }
}

#[test]
fn keys_rotate_and_are_revoked() {
    let old = TokenKeys(vec![TokenKey { id: 1, bytes: vec![5; 32] }]).mint(&claim(Purpose::Client), 0);
    assert!(matches!(keys().check(&old, 1, &NEVER_REVOKED), Some(TokenFinding::Valid(_))));
    let gone = TokenKeys(vec![TokenKey { id: 2, bytes: vec![9; 32] }]);
    assert_eq!(gone.check(&old, 1, &NEVER_REVOKED), Some(TokenFinding::Invalid("unknown key".into())));
    let reused = TokenKeys(vec![TokenKey { id: 1, bytes: vec![6; 32] }]);
    assert_eq!(
        reused.check(&old, 1, &NEVER_REVOKED),
        Some(TokenFinding::Invalid("forged or altered".into()))
    );
}

#[test]
fn other_spellings_are_not_accepted_and_other_texts_are_no_tokens() {
    let text = keys().mint(&claim(Purpose::Client), 0);
    assert_eq!(
        keys().check(&text.to_ascii_uppercase(), 1, &NEVER_REVOKED),
        Some(TokenFinding::Invalid("upper case".into()))
    );
    for other in [
        "",
        "sales",
        text.strip_prefix(|_: char| true).unwrap(),
        &format!("{text}a"),
        &text.replace(|c: char| c.is_ascii_digit(), "1"),
    ] {
        let found = keys().check(other, 1, &NEVER_REVOKED);
        assert!(!matches!(found, Some(TokenFinding::Valid(_))), "{other}");
    }
    assert_eq!(keys().check("sales", 1, &NEVER_REVOKED), None);
}

#[test]
fn what_does_not_fit_is_not_minted() {
    let keys = keys();
    assert_eq!(keys.mint(&claim(Purpose::Confirm), 0), "");
    assert_eq!(keys.mint(&Token { ticket: TicketId(1 << 40), ..claim(Purpose::Client) }, 0), "");
    assert_eq!(keys.mint(&Token { person: PersonId(-1), ..claim(Purpose::Client) }, 0), "");
    assert_eq!(TokenKeys(vec![]).mint(&claim(Purpose::Client), 0), "");
}

#[test]
fn the_text_behind_the_mark_is_found_as_written() {
    let mailbox = &super::world::policy().mailboxes[0];
    assert_eq!(subaddress(mailbox, "Support+AbC@EXAMPLE.com"), Some("AbC"));
    assert_eq!(subaddress(mailbox, "help+x+y@example.com"), Some("x+y"));
    for none in
        ["support@example.com", "support+@example.com", "supportx+a@example.com", "support+a@other.com", "x"]
    {
        assert_eq!(subaddress(mailbox, none), None, "{none}");
    }
    assert_eq!(subaddress(mailbox, "支持支持支+a@example.com"), None);
    assert_eq!(address_with(mailbox, "abc"), "support+abc@example.com");
    let plain = MailboxPolicy { subaddressing: String::new(), ..mailbox.clone() };
    assert_eq!(address_with(&plain, "abc"), "support@example.com");
    assert_eq!(subaddress(&plain, "support+a@example.com"), None);
}

#[test]
fn tokens_are_cut_out_of_texts() {
    let token = keys().mint(&claim(Purpose::Agent), 0);
    assert_eq!(
        without_tokens(&format!("see support+{token}@example.com, ok")),
        "see support@example.com, ok"
    );
    let nonce = format!("c{}", "a2".repeat(13));
    assert_eq!(without_tokens(&format!("support+{nonce}@example.com")), "support@example.com");
    let harmless = "请看 https://example.com/abcdefghijklmnopqrstuvwxyz 谢谢";
    assert_eq!(without_tokens(harmless), harmless);
}

#[test]
fn a_token_is_good_in_the_epoch_of_its_person_alone() {
    let at = |epoch| BTreeMap::from([(PersonId(77), epoch), (PersonId(78), 9)]);
    for purpose in [Purpose::Client, Purpose::Agent, Purpose::Desk, Purpose::Challenge] {
        for minted in [0, 1, 2, 255, 256, u32::MAX] {
            let text = keys().mint(&claim(purpose), minted);
            assert_eq!((text.len(), claimed_person(&text)), (TOKEN_CHARS, Some(PersonId(77))));
            for now in [0, 1, 2, 255, 256, u32::MAX] {
                let good = keys().check(&text, 1, &at(now)) == Some(TokenFinding::Valid(claim(purpose)));
                assert_eq!(good, minted == now, "{purpose:?} {minted} {now}");
            }
        }
    }
    let first = keys().mint(&claim(Purpose::Agent), 0);
    assert!(matches!(keys().check(&first, 1, &NEVER_REVOKED), Some(TokenFinding::Valid(_))));
    for none in ["", "sales", "CABCDEFGHIJKLMNOPQRSTUVWXYZ"] {
        assert_eq!(claimed_person(none), None);
    }
}

#[test]
fn an_address_at_the_desk_outlives_the_day_and_not_its_key() {
    let address = keys().mint_desk(PersonId(77), 0);
    assert_eq!(address, keys().mint_desk(PersonId(77), 0), "it stands in an address book");
    assert_ne!(address, keys().mint_desk(PersonId(78), 0));
    let valid = |keys: &TokenKeys, today| matches!(keys.check(&address, today, &NEVER_REVOKED), Some(TokenFinding::Valid(t)) if t.purpose == Purpose::Desk);
    assert!(valid(&keys(), 1) && valid(&keys(), 60_000));
    let newer = TokenKey { id: 3, bytes: vec![3; 32] };
    let mut rotated = keys();
    rotated.0.insert(0, newer.clone());
    assert!(valid(&rotated, 1), "while its key is listed");
    assert!(!valid(&TokenKeys(vec![newer]), 1));
    let bytes = data_encoding::BASE32_NOPAD.decode(address.to_ascii_uppercase().as_bytes()).unwrap();
    for bit in 0..bytes.len() * 8 {
        let mut changed = bytes.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        let changed = data_encoding::BASE32_NOPAD.encode(&changed).to_ascii_lowercase();
        assert!(matches!(keys().check(&changed, 1, &NEVER_REVOKED), Some(TokenFinding::Invalid(_))), "{bit}");
    }
}
