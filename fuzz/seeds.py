#!/usr/bin/env python3
"""Writes the seeds of the fuzz target below fuzz/seeds: one small mail for each thing that the reading path knows. People,
companies and texts are invented. Run it after a change here; the mails are committed, so that fuzzing needs no Python."""
import base64, pathlib, quopri, struct, zlib

HERE = pathlib.Path(__file__).parent / "seeds"
HEAD = ("From: Anna Berg <anna@acme.example>\r\nTo: Support <support@desk.example>\r\n"
        "Date: Mon, 02 Mar 2026 10:00:00 +0100\r\nMessage-ID: <seed@acme.example>\r\n")


def write(name, *pieces):
    HERE.mkdir(exist_ok=True)
    data = b"".join(p if isinstance(p, bytes) else p.encode() for p in pieces)
    (HERE / (name + ".eml")).write_bytes(data)


def mail(name, fields, body, subject="the board stays white"):
    write(name, HEAD, "Subject: %s\r\n" % subject, fields, "\r\n", body)


def b64(data):
    return base64.encodebytes(data).replace(b"\n", b"\r\n")


def multipart(kind, *parts):
    return "MIME-Version: 1.0\r\nContent-Type: multipart/%s; boundary=m\r\n" % kind, \
        b"".join(b"--m\r\n" + (p if isinstance(p, bytes) else p.encode()) + b"\r\n" for p in parts) + b"--m--\r\n"


# Character sets and transfer encodings
ZH, JA, KO, RU = "看板一直空白，请尽快处理。", "ボードが真っ白です。①㈱", "보드가 비어 있습니다.", "Доска остаётся пустой."
for charset, text in [("gb2312", ZH + "镕"), ("gb18030", ZH + "㐀"), ("big5", "看板一直空白"), ("hz-gb-2312", "看板"),
                      ("iso-2022-jp", "ボードが真っ白です"), ("shift_jis", "ボードが真っ白"), ("euc-jp", "ボード"), ("euc-kr", KO),
                      ("iso-2022-kr", "보드"), ("koi8-r", RU), ("windows-1251", RU), ("windows-1252", "Grüße – “ok” €"),
                      ("iso-8859-2", "Žluťoučký kůň"), ("utf-16", ZH), ("utf-16le", ZH), ("utf-7", "Grüße"), ("x-unknown", "plain")]:
    codec = {"gb2312": "gb18030", "hz-gb-2312": "hz", "x-unknown": "ascii"}.get(charset, charset)
    mail("charset-" + charset, "Content-Type: text/plain; charset=%s\r\nContent-Transfer-Encoding: base64\r\n" % charset,
         b64(text.encode(codec)), "=?%s?B?%s?=" % (charset, base64.b64encode(text.encode(codec)).decode()))
mail("charset-undeclared-gbk", "", ZH.encode("gb18030"), "undeclared")
write("charset-raw-header", HEAD, "Subject: ".encode(), ZH.encode("gb18030"), "\r\nX-Mailer: Foxmail 7.2\r\n\r\n", ZH.encode("gb18030"))
mail("charset-iso-2022-jp-vendor", "Content-Type: text/plain; charset=iso-2022-jp\r\n", JA.encode("cp932", "replace"))
mail("encoding-quoted-printable", "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n",
     quopri.encodestring((ZH + " =3D = \n--\nA").encode()).replace(b"\n", b"\r\n"))
mail("encoding-flowed", "Content-Type: text/plain; charset=utf-8; format=flowed; delsp=yes\r\n",
     "a line that goes \r\non here \r\n> quoted \r\n> too\r\n -- \r\n-- \r\nAnna\r\n")
mail("encoding-uuencode", "", "see below\r\n\r\nbegin 644 log.txt\r\n#86)C\r\n`\r\nend\r\n\r\nthanks\r\n")
mail("encoding-yenc", "", "=ybegin line=128 size=3 name=a.bin\r\n\x8b\x8c\x8d\r\n=yend size=3\r\n")

# Headers
write("header-words", "From: =?utf-8?Q?Ann=C3?= =?utf-8?Q?=A9_B?= <anna@acme.example>\r\nSubject: =?gb2312?B?v7Sw5dK71rE=?=\r\n"
      " =?gb2312?B?v9Ww1w==?= =?utf-8*en?q?a=20b?= =?x?y?z?= =?utf-8?B?!!?=\r\nTo: \"B, C\" <b@desk.example>, team: d@desk.example, e@desk.example;,"
      " <@relay.example:f@desk.example>\r\n\r\nx")
write("header-rfc2231", HEAD, "Content-Type: application/octet-stream;\r\n name*0*=utf-8'zh'%E7%9C%8B;\r\n name*1=\"board.\";\r\n name*2*=%74xt\r\n"
      "Content-Disposition: attachment; filename*=gb18030''%BF%B4%B0%E5.txt\r\n\r\nx")
write("header-comments", "From: anna@acme.example (Anna (the \\) first) Berg)\r\nDate: Mon (a day), 2 Mar 2026 10:00 EST\r\n\r\nx")
write("header-two-from", "From: a@b.example\r\nFrom : c@d.example\r\nFrom: e@f.example, g@h.example\r\nSender: i@j.example\r\n\r\nx")
write("header-mbox-line", "From anna@acme.example Mon Mar  2 10:00:00 2026\n", HEAD.replace("\r", ""), "\n>From the start\n")
write("header-junk", "HTTP/1.1 200 OK\r\nnot a field\r\n", HEAD, " folded\r\n\tmore\r\nSubject:\r\n\r\nx")
write("header-bare-cr", "From: a@b.example\rSubject: x\r\rbody\rtwo")
write("header-none", "just text without any header\n\nand more\n")
write("header-ids", HEAD, "In-Reply-To: <a@b.example> (Anna's message of Monday)\r\nReferences: <a@b.example>\r\n\t<c@d.example>,e@f.example <\"q q\"@x>\r\n"
      "Thread-Index: AQHa\r\nReply-To: Team <team@acme.example>\r\n\r\nx")
write("header-trace", "Return-Path: <>\r\nReceived: from a by b; Mon, 2 Mar 2026 10:00:00 +0000\r\nAuthentication-Results: mx.desk.example;\r\n"
      " dkim=pass header.d=acme.example; spf=fail\r\nDKIM-Signature: v=1; d=acme.example\r\nDelivered-To: support@desk.example\r\n"
      "X-Maildesk-Loop: fuzz 1\r\n", HEAD, "\r\nx")

# Bodies and attachments
PAGE = ('<html><head><style>p{color:red}</style><title>t</title></head><body><p>New&nbsp;text &#x4e2d;&copy;</p><ul><li>one<ol><li>two</ol></ul>'
        '<table><tr><td>a<td>b</table><pre>a\n  b</pre><a href="https://acme.example/x">here</a><img src="https://t.example/p.gif" width=1>'
        '<div style="display:none">#close</div><span style="font-size:0">hidden</span><!-- c --><br>end</body></html>')
mail("html-plain", "Content-Type: text/html; charset=utf-8\r\n", PAGE)
for name, quote in {
    "gmail": '<div class="gmail_quote"><div class="gmail_attr">On Mon, Mar 2, 2026 B &lt;b@x.example&gt; wrote:<br></div><blockquote class="gmail_quote">old</blockquote></div>',
    "outlook": '<div id="appendonsend"></div><hr><div id="divRplyFwdMsg"><b>From:</b> B<br><b>Sent:</b> Monday<br><b>Subject:</b> x</div><div>old</div>',
    "outlook-desktop": '<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p class=MsoNormal><b>From:</b> B<br><b>Sent:</b> x</p></div><p>old</p>',
    "yahoo": '<div id="ydp1yahoo_quoted_1" class="yahoo_quoted">On Monday, B wrote:<div>old</div></div>',
    "apple": '<div><br><blockquote type="cite"><div>On 2 Mar 2026, at 10:00, B wrote:</div>old</blockquote></div>',
    "qq": '<div><includetail><div style="font:Verdana normal 14px;color:#000;"><div>------------------&nbsp;原始邮件&nbsp;------------------</div><div><b>发件人:</b>&nbsp;"B"&lt;b@x.example&gt;;</div></div></includetail></div>',
    "netease": '<div id="isReplyContent" style="PADDING-LEFT:1em"><div>在 2026-03-02 10:00:00，"B" &lt;b@x.example&gt; 写道：</div><blockquote id="isReplyContent">旧</blockquote></div>',
    "foxmail": '<hr style="width: 210px; height: 1px;" color="#b5c4df" size="1" align="left"><div>Anna</div><div style="border:none;border-top:solid #B5C4DF 1.0pt">发件人：B</div>',
    "thunderbird": '<div class="moz-cite-prefix">Am 02.03.26 um 10:00 schrieb B:<br></div><blockquote type="cite" cite="mid:x">alt</blockquote><div class="moz-signature">-- <br>A</div>',
    "proton": '<div class="protonmail_quote">------- Original Message -------<br>On Monday, B wrote:<blockquote class="protonmail_quote">old</blockquote></div>',
}.items():
    mail("quote-html-" + name, "Content-Type: text/html; charset=utf-8\r\n", "<html><body><div>New text.</div>%s</body></html>" % quote, "Re: board")
mail("alternative", *multipart("alternative", "Content-Type: text/plain\r\n\r\nshort", "Content-Type: text/html\r\n\r\n" + PAGE))
mail("alternative-empty-text", *multipart("alternative", "Content-Type: text/plain\r\n\r\n", "Content-Type: text/html\r\n\r\n" + PAGE))
mail("attachments", *multipart(
    "mixed", "\r\nsee files",
    "Content-Type: application/octet-stream; name=\"../../etc/passwd\"\r\n\r\nx",
    "Content-Type: image/png; name=\"=?utf-8?B?55yL5p2/LnBuZw==?=\"\r\nContent-Transfer-Encoding: base64\r\nContent-ID: <i1>\r\nContent-Disposition: inline\r\n\r\niVBORw0KGgo=",
    "Content-Type: text/plain; name=con.txt\r\nContent-Disposition: attachment\r\n\r\nlog line",
    "Content-Type: text/calendar; method=REQUEST\r\n\r\nBEGIN:VCALENDAR\r\nEND:VCALENDAR",
    "Content-Type: message/rfc822\r\n\r\n" + HEAD + "Subject: inner\r\n\r\ninner text",
    "Content-Type: application/pkcs7-signature; name=smime.p7s\r\n\r\nx",
    "Content-Disposition: attachment; filename*=utf-8''invoice%E2%80%AEfdp.exe\r\n\r\nx"))
mail("digest", *multipart("digest", "\r\nFrom: a@b.example\r\nSubject: one\r\n\r\n1", "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\nU3ViamVjdDogeA0KDQp4"))
mail("partial", "Content-Type: message/partial; id=x; number=1; total=2\r\n", "half")
mail("external", "Content-Type: message/external-body; access-type=URL; URL=\"https://a.example\"\r\n", "\r\nx")
mail("pgp", *multipart("encrypted; protocol=\"application/pgp-encrypted\"", "Content-Type: application/pgp-encrypted\r\n\r\nVersion: 1", "Content-Type: application/octet-stream\r\n\r\n-----BEGIN PGP MESSAGE-----"))
mail("pgp-inline", "", "-----BEGIN PGP SIGNED MESSAGE-----\r\nHash: SHA256\r\n\r\nhello\r\n-----BEGIN PGP SIGNATURE-----\r\nx\r\n-----END PGP SIGNATURE-----\r\n")
mail("unterminated", "Content-Type: multipart/mixed; boundary=\"m\r\n", "--m\r\n\r\ntext that ends")
mail("empty-boundary", "Content-Type: multipart/mixed; boundary=\"\"\r\n", "--\r\n\r\nx\r\n----\r\n")
mail("bom", "Content-Type: text/plain; charset=utf-8\r\n", b"\xef\xbb\xbfhello\xe2\x80\x8b\xe2\x80\xae\x00\x1b[31m")


# TNEF (MS-OXTNEF): attributes with checksums; a title, a file, compressed RTF (MS-OXRTFCP) and a MAPI property stream
def attribute(level, tag, data):
    return struct.pack("<BII", level, tag, len(data)) + data + struct.pack("<H", sum(data) & 0xffff)


def mapi(*properties):
    out = struct.pack("<I", len(properties))
    for kind, tag, data in properties:
        out += struct.pack("<HH", kind, tag)
        if kind in (0x1e, 0x1f, 0x102, 0x0d):
            out += struct.pack("<II", 1, len(data)) + data + b"\0" * (-len(data) % 4)
        else:
            out += data
    return out


RTF = b"{\\rtf1\\ansi\\fromhtml1 {\\*\\htmltag64 <p>}\\htmlrtf x\\htmlrtf0 New text{\\*\\htmltag72 </p>}\\u20013?\\'b5\\par}"
RAW_RTF = struct.pack("<IIII", len(RTF) + 12, len(RTF), 0x414c454d, 0) + RTF
LITERALS = b"".join(b"\0" + RTF[i:i + 8] for i in range(0, len(RTF), 8))
PACKED_RTF = struct.pack("<IIII", len(LITERALS) + 12, len(RTF), 0x75465a4c, zlib.crc32(LITERALS) ^ 0xffffffff) + LITERALS
UTF16 = "看板.txt".encode("utf-16le") + b"\0\0"
for name, rtf in (("raw", RAW_RTF), ("packed", PACKED_RTF)):
    tnef = (struct.pack("<IH", 0x223e9f78, 1) + attribute(1, 0x00089006, struct.pack("<I", 0x10000))
            + attribute(1, 0x00069007, struct.pack("<II", 936, 0)) + attribute(1, 0x00018004, b"subject\0")
            + attribute(1, 0x0002800c, b"plain body\0") + attribute(1, 0x00069003, mapi((0x102, 0x1009, rtf), (0x1e, 0x1000, b"text\0"), (0x102, 0x1013, b"<p>h</p>"), (3, 0x0e07, b"\1\0\0\0")))
            + attribute(2, 0x00069002, b"\1\0" + b"\0" * 12) + attribute(2, 0x00018010, b"log.txt\0") + attribute(2, 0x0006800f, b"line one")
            + attribute(2, 0x00069005, mapi((0x1f, 0x3707, UTF16), (0x1e, 0x370e, b"text/plain\0"), (0x1e, 0x3712, b"cid\0"))))
    mail("tnef-" + name, *multipart("mixed", "\r\n", b"Content-Type: application/ms-tnef; name=winmail.dat\r\nContent-Transfer-Encoding: base64\r\n\r\n" + b64(tnef)))
mail("tnef-lying-sizes", "Content-Type: application/ms-tnef\r\nContent-Transfer-Encoding: base64\r\n",
     b64(struct.pack("<IH", 0x223e9f78, 1) + struct.pack("<BII", 1, 0x00069003, 0x7fffffff) + struct.pack("<IHHII", 0xffffffff, 0x102, 0x1009, 1, 0xfffffff0) + PACKED_RTF))

# Reports and robots
STATUS = ("Reporting-MTA: dns; mx.acme.example\r\nArrival-Date: Mon, 2 Mar 2026 10:00:00 +0000\r\n\r\nOriginal-Recipient: rfc822;gone@acme.example\r\n"
          "Final-Recipient: rfc822; gone@acme.example\r\nAction: %s\r\nStatus: %s\r\nDiagnostic-Code: smtp; %s\r\n")
for action, status, words in [("failed", "5.1.1", "550 5.1.1 no such user"), ("delayed", "4.4.1", "421 try again"), ("delivered", "2.0.0", "250 ok")]:
    mail("report-" + action, *multipart("report; report-type=delivery-status", "\r\nYour message", "Content-Type: message/delivery-status\r\n\r\n" + STATUS % (action, status, words),
         "Content-Type: text/rfc822-headers\r\n\r\nMessage-ID: <m1@desk.example>\r\nSubject: x\r\n"), "Undelivered Mail Returned to Sender")
mail("report-receipt", *multipart("report; report-type=disposition-notification", "\r\nread", "Content-Type: message/disposition-notification\r\n\r\n"
     "Final-Recipient: rfc822;a@b.example\r\nOriginal-Message-ID: <m1@desk.example>\r\nDisposition: manual-action/MDN-sent-manually; displayed\r\n"), "Read: board")
mail("report-feedback", *multipart("report; report-type=feedback-report", "\r\ncomplaint", "Content-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\n"
     "User-Agent: X/1\r\nVersion: 1\r\nOriginal-Rcpt-To: a@b.example\r\n", "Content-Type: message/rfc822\r\n\r\nMessage-ID: <m1@desk.example>\r\n\r\nx"), "FBL")
for name, body in {
    "qmail": "Hi. This is the qmail-send program at acme.example.\r\n\r\n<gone@acme.example>:\r\nSorry, no mailbox here by that name. (#5.1.1)\r\n\r\n--- Below this line is a copy of the message.\r\n\r\nMessage-ID: <m1@desk.example>\r\n",
    "exim": "This message was created automatically by mail delivery software.\r\n\r\nA message that you sent could not be delivered. This is a permanent error.\r\n\r\n  gone@acme.example\r\n    host mx [192.0.2.1]: 550 no such user\r\n\r\n------ This is a copy of the message, including all the headers. ------\r\n",
    "exchange": "Your message did not reach some or all of the intended recipients.\r\n\r\n      Subject:\tx\r\n      Sent:\t02/03/2026 10:00\r\n\r\nThe following recipient(s) cannot be reached:\r\n\r\n      gone@acme.example on 02/03/2026 10:00\r\n            #5.1.1\r\n",
    "sendmail": "   ----- The following addresses had permanent fatal errors -----\r\n<gone@acme.example>\r\n    (reason: 550 User unknown)\r\n\r\n   ----- Transcript of session follows -----\r\n... while talking to mx.acme.example.:\r\n>>> RCPT To:<gone@acme.example>\r\n<<< 550 User unknown\r\n",
    "chinese": "抱歉，您的邮件被退回来了……\r\n\r\n原邮件信息：\r\n时间：2026-03-02 10:00:00\r\n主题：看板\r\n收件人：gone@acme.example\r\n退信原因：\r\n收件人邮件地址（gone@acme.example）不存在，邮件无法送达。\r\n550 5.1.1 user not found\r\n",
    "ses": '{"notificationType":"Bounce","bounce":{"bounceType":"Permanent","bouncedRecipients":[{"emailAddress":"gone@acme.example","action":"failed","status":"5.1.1","diagnosticCode":"smtp; 550"}]},"mail":{"messageId":"x"}}',
}.items():
    write("bounce-" + name, "Return-Path: <>\r\n", HEAD.replace("Anna Berg <anna@acme.example>", "Mail Delivery System <MAILER-DAEMON@acme.example>"), "Subject: failure notice\r\n\r\n", body)
for name, fields, subject, body in [
        ("en", "Auto-Submitted: auto-replied\r\n", "Automatic reply: board", "I am out of office until Monday."), ("de", "X-Autoreply: yes\r\n", "Abwesenheitsnotiz", "Ich bin bis Montag nicht im Büro."),
        ("zh", "", "自动回复：看板", "您好，您的邮件已收到，我会尽快回复。"), ("fr", "Precedence: auto_reply\r\n", "Réponse automatique", "Je suis absent jusqu'à lundi."),
        ("ja", "", "自動応答: ボード", "現在休暇中です。"), ("ru", "", "Автоответ: доска", "Меня нет в офисе.")]:
    mail("autoreply-" + name, fields + "Content-Type: text/plain; charset=utf-8\r\n", body, subject)
mail("list", "List-Id: <team.lists.example>\r\nList-Unsubscribe: <mailto:x@lists.example>\r\nPrecedence: list\r\nX-Original-From: B <b@c.example>\r\n", "news", "[team] news")

# Replies and forwards
for name, line in {
    "en": "On Mon, 2 Mar 2026 at 10:00, B C <b@c.example> wrote:", "en-wrapped": "On Mon, 2 Mar 2026 at 10:00, B C\r\n<b@c.example> wrote:", "de": "Am 02.03.2026 um 10:00 schrieb B C <b@c.example>:",
    "fr": "Le lun. 2 mars 2026 à 10:00, B <b@c.example> a écrit :", "es": "El lun, 2 mar 2026 a las 10:00, B (<b@c.example>) escribió:", "pt": "Em seg., 2 de mar. de 2026 às 10:00, B <b@c.example> escreveu:",
    "it": "Il giorno lun 2 mar 2026 alle ore 10:00 B <b@c.example> ha scritto:", "nl": "Op ma 2 mrt 2026 om 10:00 schreef B <b@c.example>:", "pl": "pon., 2 mar 2026 o 10:00 B <b@c.example> napisał(a):",
    "ru": "пн, 2 мар. 2026 г. в 10:00, B <b@c.example>:", "zh": "在 2026年3月2日 10:00，B <b@c.example> 写道：", "zh-tw": "B <b@c.example> 於 2026年3月2日 週一 上午10:00寫道：", "ja": "2026年3月2日(月) 10:00 B <b@c.example>:",
    "ko": "2026년 3월 2일 (월) 오전 10:00, B <b@c.example>님이 작성:", "tr": "B <b@c.example>, 2 Mar 2026 Pzt, 10:00 tarihinde şunu yazdı:", "sv": "Den mån 2 mars 2026 kl 10:00 skrev B <b@c.example>:", "da": "Den man. 2. mar. 2026 kl. 10.00 skrev B <b@c.example>:",
    "fi": "ma 2. maalisk. 2026 klo 10.00 B (b@c.example) kirjoitti:", "cs": "po 2. 3. 2026 v 10:00 odesílatel B <b@c.example> napsal:", "hu": "B <b@c.example> ezt írta (időpont: 2026. márc. 2., H, 10:00):", "vi": "Vào 10:00, Th 2, 2 thg 3, 2026 B <b@c.example> đã viết:",
}.items():
    mail("reply-" + name, "Content-Type: text/plain; charset=utf-8\r\nIn-Reply-To: <m1@desk.example>\r\n", "New text.\r\n\r\n%s\r\n> old\r\n> > older\r\nbetween\r\n> old\r\n-- \r\nAnna\r\nSent from my iPhone\r\n" % line, "Re: board")
for name, head in {
    "en": "---------- Forwarded message ---------\r\nFrom: B C <b@c.example>\r\nDate: Mon, Mar 2, 2026 at 10:00 AM\r\nSubject: board\r\nTo: <d@e.example>\r\nCc: F <f@e.example>, g@e.example\r\n",
    "apple": "Begin forwarded message:\r\n\r\n> From: B C <b@c.example>\r\n> Subject: board\r\n> Date: 2 March 2026 at 10:00:00 CET\r\n> To: d@e.example\r\n> Reply-To: x@c.example\r\n",
    "outlook": "________________________________\r\nFrom: B C <b@c.example>\r\nSent: Monday, March 2, 2026 10:00 AM\r\nTo: D <d@e.example>; F\r\nSubject: board\r\n",
    "de": "-------- Weitergeleitete Nachricht --------\r\nBetreff: \tboard\r\nDatum: \tMon, 2 Mar 2026\r\nVon: \tB C <b@c.example>\r\nAn: \td@e.example\r\n",
    "fr": "---------- Message transféré ---------\r\nDe : B <b@c.example>\r\nDate : lun. 2 mars 2026\r\nObjet : board\r\nÀ : <d@e.example>\r\n",
    "es": "---------- Mensaje reenviado ---------\r\nDe: B <b@c.example>\r\nFecha: lun\r\nAsunto: board\r\nPara: d@e.example\r\n", "ru": "-------- Пересылаемое сообщение --------\r\n02.03.2026, 10:00, \"B\" <b@c.example>:\r\n",
    "zh-qq": "------------------ 转发邮件 ------------------\r\n发件人: \"B\" <b@c.example>;\r\n发送时间: 2026年3月2日(星期一) 上午10:00\r\n收件人: \"D\"<d@e.example>;\r\n抄送: F<f@e.example>;\r\n主题: 看板\r\n",
    "zh-netease": "-------- 转发邮件信息 --------\r\n发件人：\"B\" <b@c.example>\r\n发送日期：2026-03-02 10:00:00\r\n收件人：d@e.example\r\n主题：看板\r\n", "zh-tw": "---------- 轉寄的郵件 ---------\r\n寄件者： B <b@c.example>\r\n日期： 2026年3月2日\r\n主旨： board\r\n收件者： <d@e.example>\r\n",
    "ja": "---------- 転送済みメッセージ ---------\r\n差出人: B <b@c.example>\r\n日付: 2026\r\n件名: board\r\n宛先: <d@e.example>\r\n", "ko": "---------- 전달된 메시지 ---------\r\n보낸사람: B <b@c.example>\r\n날짜: 2026\r\n제목: board\r\n받는사람: <d@e.example>\r\n",
    "it": "---------- Messaggio inoltrato ---------\r\nDa: B <b@c.example>\r\nInviato: x\r\nOggetto: board\r\nA: d@e.example\r\n", "pl": "---------- Wiadomość przekazana dalej ---------\r\nOd: B <b@c.example>\r\nDo: d@e.example\r\nTemat: board\r\nWysłano: x\r\n",
    "nested": "From: B <b@c.example>\r\nSent: x\r\nTo: d@e.example\r\nSubject: Fw: board\r\n\r\n---------- Forwarded message ---------\r\nFrom: Z <z@c.example>\r\nTo: b@c.example\r\nSubject: board\r\n",
}.items():
    mail("forward-" + name, "Content-Type: text/plain; charset=utf-8\r\n", "please see below\r\n\r\n%s\r\nThe board stays white.\r\n" % head, "Fwd: board")
mail("forward-attached", *multipart("mixed", "\r\nfyi", "Content-Type: message/rfc822\r\nContent-Disposition: attachment\r\n\r\n" + HEAD + "Subject: inner\r\nContent-Type: multipart/mixed; boundary=i\r\n\r\n--i\r\n\r\ninner\r\n--i--\r\n"), "Fwd: inner")

# Attacks
write("attack-nested-messages", "Content-Type: message/rfc822\r\n\r\n" * 200)
write("attack-headers", "X: y\r\n" * 1500, "\r\nx")
mail("attack-parts", "Content-Type: multipart/mixed; boundary=m\r\n", "--m\r\n\r\nx\r\n" * 800)
write("attack-deep", *("Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (i, i) for i in range(120)))
mail("attack-divs", "Content-Type: text/html\r\n", "<div>" * 2000 + "x")
mail("attack-open-tags", "Content-Type: text/html\r\n", "<a " * 2000 + "<!--" * 500 + "&" * 500)
mail("attack-quotes", "", ">" * 3000 + "\r\n" + "> " * 1000)
mail("attack-wrote", "", "On Monday\r\n" * 600 + "wrote:\r\n" * 300)
mail("attack-words", "", "w" * 9000, "=?utf-8?B?" * 400)
mail("attack-regex", "", "-" * 3000 + " Original Message" + " " * 3000 + "\r\n" + "<" * 1500 + "@" * 1500 + "\r\n" + "a@" * 1000)
mail("attack-templates", "", "{{ config }} $(reboot) `id` ${jndi:ldap://x.example} %s%n <script>alert(1)</script>\r\n.\r\n", "{{ 7*7 }} $(x)")
mail("attack-breaks", "", b"a\r\n.\r\nb\n.\rc\r.\rd\0e\r\n.\n", "a\rb\0c")
mail("attack-message-id", "In-Reply-To: <" + "i" * 10000 + "@x>\r\n", "x")
write("attack-dates", "Date: Fri, 31 Feb 99999 25:61:61 +9999\r\nFrom: a@b.example\r\n\r\nx")
ZIP = b"PK\x03\x04" + b"\0" * 26
mail("attack-zip", *multipart("mixed", b"Content-Type: application/zip; name=a.zip\r\nContent-Transfer-Encoding: base64\r\n\r\n" + b64(ZIP + zlib.compress(b"\0" * 100000))))
mail("attack-base64", "Content-Transfer-Encoding: base64\r\nContent-Type: text/plain; charset=utf-16\r\n", "=" * 500 + "QUFB" * 1500 + "!" * 100)
