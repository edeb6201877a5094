//! What is a secret, and what only looks like one.

use super::{SecretKind, find, kinds, mask};

fn hidden(text: &str) -> Vec<&str> {
    find(text).into_iter().filter_map(|secret| text.get(secret.span)).collect()
}

#[test]
fn passwords_beside_their_labels_are_found_in_every_language() {
    for (text, secret) in [
        ("Username: lina\nPassword: Abc@12345\nBrowser: Chrome", "Abc@12345"),
        ("password = hunter2x", "hunter2x"),
        ("用户名：lina 密码：Lina2026!，登录不上", "Lina2026!"),
        ("密码是 qwe123456", "qwe123456"),
        ("密 码：888888", "888888"),
        ("密碼：Taipei101a", "Taipei101a"),
        ("Passwort: Sommer2026!", "Sommer2026!"),
        ("Mein Kennwort lautet Winter#22.", "Winter#22"),
        ("Mot de passe : Soleil#99", "Soleil#99"),
        ("mdp: azerty123", "azerty123"),
        ("Contraseña: Madrid_2026", "Madrid_2026"),
        ("Senha: futebol10", "futebol10"),
        ("パスワード：sakura2026", "sakura2026"),
        ("비밀번호: seoul2026!", "seoul2026!"),
        ("my password is Gr33n-Tea and it is refused", "Gr33n-Tea"),
        ("账号/密码：admin / Admin@123", "Admin@123"),
        ("账号密码：admin Admin@123", "Admin@123"),
        ("user/pass: kim, Kim!2345", "Kim!2345"),
        ("Password (temporary): x9Kq-77", "x9Kq-77"),
        ("**Password:** Tr0ub4dor&3", "Tr0ub4dor&3"),
        ("Password:\nCorrectHorse7\n\nThanks", "CorrectHorse7"),
        ("pwd: secretword", "secretword"),
        ("Password Abc@12345", "Abc@12345"),
        ("Password - Abc@12345", "Abc@12345"),
        ("密码Abc@12345 登录不了", "Abc@12345"),
        ("用户名 lina，密码 Lina2026，登录不了", "Lina2026"),
        ("账号 admin 密码 888888", "888888"),
        ("Login: bob / Sommer2026!", "Sommer2026!"),
        ("pass: Abc@12345", "Abc@12345"),
        ("password for bob: Welcome1", "Welcome1"),
        ("Passwort für den Zugang: Winter2026", "Winter2026"),
        ("the temporary password for bob is Welcome1", "Welcome1"),
        ("密码初始为：Abc12345！", "Abc12345"),
        ("密码：Ａｂｃ＠１２３４５，请查收", "Ａｂｃ＠１２３４５"),
        ("<password>Tr0ub4dor3</password>", "Tr0ub4dor3"),
        ("mysql -u root -pS3cretPw shop", "S3cretPw"),
        ("curl -u lina:Geheim https://api.example.com", "Geheim"),
    ] {
        assert_eq!(hidden(text), [secret], "{text}");
        assert_eq!(kinds(text), [SecretKind::Password], "{text}");
    }
}

#[test]
fn talk_about_passwords_is_no_password() {
    for text in [
        "password reset link does not work",
        "Password: reset mail never arrives",
        "Password: incorrect",
        "Error: invalid password: must contain at least 8 characters",
        "提示“用户名或密码错误，请重试”。密码确定没有改过。",
        "密码：忘记了",
        "密码是对的，但是登录不上",
        "忘记密码，账号 admin@jinshan-food.example",
        "修改密码后提示 ERR_401",
        "Passwort vergessen, bitte zurücksetzen",
        "Passwort: funktioniert nicht mehr",
        "Mein Passwort ist falsch, sagt die Seite",
        "mot de passe : oublié",
        "Contraseña: incorrecta",
        "Senha: não funciona",
        "パスワード：変更済みです",
        "Password: ********",
        "Password: https://app.example.com/reset",
        "the password is required",
        "my password was changed on Monday",
        "resetPassword=true",
        "Passwords are synchronised",
        "密码登录和验证码登录都不行",
        "I typed the password 3 times",
        "Kennwort ist abgelaufen",
        "password field: the eye icon is missing",
        "Settings > Password > Change",
        "password Base64 or base32 encoded?",
        "Login: bob / Chrome126 / Windows11",
        "username bob, password wrong",
        "login kim password reset mail",
        "The password for the guest account: please reset it",
        "pass: 12 of 14 checks",
        "mysql -u root -p",
        "密码 Windows11 登录界面",
        "Password 2 fields are shown",
    ] {
        assert_eq!(hidden(text), Vec::<&str>::new(), "{text}");
    }
}

#[test]
fn tokens_are_known_by_shape_label_or_place() {
    let jwt = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U";
    for (text, secret) in [
        ("key AKIAIOSFODNN7EXAMPLE is refused", "AKIAIOSFODNN7EXAMPLE"),
        ("我们用 ghp_16C7e42F292c6912E7710c838347Ae178B4a 推送", "ghp_16C7e42F292c6912E7710c838347Ae178B4a"),
        ("xoxb-1234567890-AbCdEfGhIj12", "xoxb-1234567890-AbCdEfGhIj12"),
        (&format!("Header: {jwt}"), jwt),
        ("api_key: 9f8a7b6c5d4e3f2a1b0c", "9f8a7b6c5d4e3f2a1b0c"),
        ("API key = \"Zx81kLmN0pQr5tUv\"", "Zx81kLmN0pQr5tUv"),
        ("令牌：a8F3kd92Lmz01QpX7", "a8F3kd92Lmz01QpX7"),
        ("client_secret=Qw12Er34Ty56Ui78", "Qw12Er34Ty56Ui78"),
        ("Authorization: Bearer 2YotnFZFEjr1zCsicMWpAA", "2YotnFZFEjr1zCsicMWpAA"),
        ("curl https://lina:geheim@api.example.com/v2", "geheim"),
        ("hf_AbCdEfGhIjKlMnOpQrStUvWxYz12345678", "hf_AbCdEfGhIjKlMnOpQrStUvWxYz12345678"),
        ("Cookie: lang=en; sid=8f14e45fceea167a5a36dedd4bea2543", "8f14e45fceea167a5a36dedd4bea2543"),
        ("AccountKey=Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5MGFi", "Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5MGFi"),
        ("https://api.example.com/v2?access_token=4f7d9a8b1c2e3f405162 fails", "4f7d9a8b1c2e3f405162"),
    ] {
        assert_eq!(hidden(text), [secret], "{text}");
        assert_eq!(kinds(text), [SecretKind::Token], "{text}");
    }
}

#[test]
fn private_keys_go_whole() {
    let key = "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAA\nAAAABG5vbmU=\n-----END OPENSSH PRIVATE KEY-----";
    assert_eq!(hidden(&format!("see\n{key}\nthanks")), [key]);
    let cut = "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA";
    assert_eq!(hidden(cut), [cut]);
    assert_eq!(kinds("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----"), []);
    assert_eq!(kinds("-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----"), []);
}

#[test]
fn numbers_count_with_their_check_digits() {
    for (text, secret, kind) in [
        ("card 4111 1111 1111 1111 was charged twice", "4111 1111 1111 1111", SecretKind::Card),
        ("银行卡号：6222021234567890128", "6222021234567890128", SecretKind::Card),
        ("Amex 3782-822463-10005", "3782-822463-10005", SecretKind::Card),
        ("Karte 5555555555554444", "5555555555554444", SecretKind::Card),
        ("身份证 11010519491231002X", "11010519491231002X", SecretKind::Identity),
        ("身份证号440308199901010012，请核对", "440308199901010012", SecretKind::Identity),
        ("卡号 ４１１１ １１１１ １１１１ １１１１", "４１１１ １１１１ １１１１ １１１１", SecretKind::Card),
        ("the card of order 1042 is 4539578763621486", "4539578763621486", SecretKind::Card),
        ("身份证 110105 19491231 002X", "110105 19491231 002X", SecretKind::Identity),
        ("iban de89 3704 0044 0532 0130 00", "de89 3704 0044 0532 0130 00", SecretKind::Account),
        ("my SSN is 078-05-1120", "078-05-1120", SecretKind::Identity),
        ("IBAN DE89 3704 0044 0532 0130 00 bitte", "DE89 3704 0044 0532 0130 00", SecretKind::Account),
        ("GB82WEST12345698765432", "GB82WEST12345698765432", SecretKind::Account),
    ] {
        assert_eq!(hidden(text), [secret], "{text}");
        assert_eq!(kinds(text), [kind], "{text}");
    }
}

#[test]
fn look_alikes_stay() {
    for text in [
        "order 20240301-7781",
        "订单号 4111111111111111 没有到账",
        "Order no. 5555555555554444",
        "4111 1111 1111 1112",
        "Kundennummer 4539578763621486, customer no. 4539578763621486",
        "ID 4539578763621486 and ref. 4539578763621486",
        "call +49 170 1234567 or 13812345678, 010-5550-0177",
        "Tel: 0086 138 1234 5678 9012",
        "error 0x80070005, AADSTS50011, ERR_CONNECTION_RESET, E-4012",
        "commit 3f2a9c1d4b5e6f708192a3b4c5d6e7f801234567 broke it",
        "sha256 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "session 550e8400-e29b-41d4-a716-446655440000",
        "https://app.example.com/b/5f8d0d55b54764421b7156c9?view=board&tab=gantt",
        "https://app.example.com/list?key=board_view_settings_default",
        "Chrome 122.0.6261.112 on Windows 10.0.19045.3803",
        "Mozilla/5.0 (X11; Linux x86_64; rv:123.0) Gecko/20100101 Firefox/123.0",
        "税号：91000000TEST00002Y，VAT number IT00000000001, DE123456789",
        "at 1795420800123456 µs, request id 1795420800123456789",
        "Unexpected token < in JSON at position 0",
        "token expired, API key invalid, secret not set",
        "token: null, api key: undefined",
        "API token: please-send-us-a-new-one-soon",
        "access token: not_found_or_expired_in_cache",
        "[#1042] and #20261128",
        "tracking 1Z999AA10123456784",
        "2026-11-28T10:00:01.123456Z [main] INFO com.example.Token - refreshed",
        "Message-ID <0102018f2b7c3d4e-5f6a7b8c@mail.example.com>",
        "110105194912310021 is one digit off",
        "IBAN DE89 3704 0044 0532 0130 01",
        "078-05-1120 is a room number",
        "We have 123456 tasks; 密码规则改了",
        "SK-2024-000117 and sk-board-a-long-lower-case-name",
    ] {
        assert_eq!(hidden(text), Vec::<&str>::new(), "{text}");
    }
}

#[test]
fn masks_hide_the_secret_and_nothing_else() {
    assert_eq!(mask("用户名：lina 密码：Lina2026!，登录不上"), "用户名：lina 密码：••••••，登录不上");
    assert_eq!(mask("card 4111 1111 1111 1111 twice"), "card ••••••1111 twice");
    assert_eq!(mask("nothing to hide, order 20240301-7781"), "nothing to hide, order 20240301-7781");
    let key = "a\n-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\nb";
    assert_eq!(mask(key), "a\n••••••\nb");
    assert_eq!(mask(""), "");
}

proptest::proptest! {
    #[test]
    fn any_text_is_masked_without_a_crash(text in "(?s).{0,200}") {
        let masked = mask(&text);
        proptest::prop_assert!(find(&text).is_empty() == (masked == text) || masked.contains('•'));
    }
}
