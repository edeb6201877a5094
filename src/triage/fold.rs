//! One form for one word: text as the lexicon and the learned model compare it. **Pure**; knows no meaning.
//!
//! Lower case, widths and half-width kana as in NFKC, Latin letters without their marks (people leave them out), traditional
//! Han as simplified, currencies as `$`. What is no letter or digit is one space, none beside CJK; a line end ends a
//! sentence.

/// Characters of the body that are looked at; the request of a longer mail stands before them.
const CHARS_MAX: usize = 6_000;

/// U+00C0 to U+017F in order, each as its base letter.
const LATIN: &str = "aaaaaaaceeeeiiiidnooooo ouuuuytsaaaaaaaceeeeiiiidnooooo ouuuuytyaaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkkllllllllllnnnnnn nnoooooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

/// U+FF61 to U+FF9D in order, full width.
const KANA: &str = "。「」、・ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン";

/// Traditional characters, each followed by its simplified form, ascending.
const HAN: &str = "\
    亂乱來来係系個个們们備备傳传價价償偿優优儲储別别創创劃划動动務务匯汇區区協协員员問问啓启啟启單单嗎吗嘗尝國国圍围圖图團团執执報报場场塊块壓压壞坏夠够實实\
    寫写將将對对導导層层帳账幫帮幾几廠厂廢废廣广廳厅張张強强彈弹彙汇後后徑径從从復复徵征恆恒態态慣惯憑凭憶忆應应懸悬戰战戶户拋抛捨舍掃扫掛挂採采換换損损撥拨\
    擇择擊击擋挡據据擬拟擴扩攔拦敗败數数斷断於于時时暫暂書书會会東东條条棄弃業业構构槍枪標标樣样樹树橋桥機机檔档檢检欄栏權权歡欢歷历歸归殘残毀毁氣气決决沒没\
    況况減减測测滅灭滿满漲涨濟济瀏浏災灾為为無无營营爾尔牆墙獎奖獨独現现瑣琐產产畫画異异當当發发監监確确碼码禍祸禮礼稅税種种稱称穩稳窮穷範范簡简簽签籌筹籤签\
    糧粮紀纪約约紅红純纯紙纸級级細细終终組组結结絕绝絡络給给統统綁绑綜综維维網网緊紧線线編编緩缓練练縮缩縱纵總总績绩織织繫系繳缴續续罰罚義义習习聯联聲声職职\
    腦脑腳脚與与舊旧華华萬万葉叶藍蓝藝艺蘋苹處处號号術术衛卫衝冲裏里補补裝装裡里複复見见規规視视覽览觸触訂订計计訊讯訓训託托記记訪访設设許许診诊評评詞词詢询\
    試试話话該该詳详認认語语誠诚誤误說说課课調调談谈請请論论諮咨講讲謝谢證证識识譯译議议護护讀读變变讓让負负財财貨货責责貴贵買买費费貼贴資资賠赔賣卖質质賬账\
    購购賽赛贈赠跡迹踐践軌轨軍军軟软載载輔辅輕轻輪轮輸输轄辖轉转辦办辭辞農农這这連连進进運运過过達达遞递遠远適适遲迟選选還还邊边郵邮鄰邻釋释銷销錄录錯错鍵键\
    鎖锁鏈链鐘钟鑰钥門门閃闪閉闭開开間间閘闸閱阅關关陣阵陸陆隊队階阶際际隨随險险隱隐雙双離离難难雲云電电靈灵靜静韓韩響响頁页項项順顺須须預预領领頭头頻频題题\
    額额願愿類类顧顾顯显風风飛飞餘余饋馈驅驱驗验體体魚鱼麼么麽么點点黨党齊齐齡龄\
    ";

/// A piece of the folded text that ends where a sentence does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sentence {
    /// Bytes of [`Folded::text`], from and to.
    pub from: usize,
    pub to: usize,
    /// It ended in a question mark, or in a particle that asks.
    pub question: bool,
    /// It is the subject's.
    pub title: bool,
}

/// Folded text: sentences, each ended by `\n`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Folded {
    pub text: String,
    pub sentences: Vec<Sentence>,
}

/// Folds a subject and a body.
#[must_use]
pub fn fold(title: &str, body: &str) -> Folded {
    let mut folder = Folder::new(title.len() + body.len().min(CHARS_MAX));
    folder.title = true;
    folder.take(title, CHARS_MAX);
    folder.title = false;
    folder.take(body, CHARS_MAX);
    folder.folded
}

/// Folds a pattern of the lexicon: no sentences.
#[must_use]
pub fn fold_words(words: &str) -> String {
    let mut folder = Folder::new(words.len());
    words.chars().for_each(|c| folder.push(c));
    folder.folded.text.trim_matches(' ').to_owned()
}

/// Han, kana: no spaces between words.
#[must_use]
pub fn is_cjk(c: char) -> bool {
    matches!(c, '\u{3005}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

struct Tables {
    latin: Vec<char>,
    kana: Vec<char>,
    han: Vec<(char, char)>,
}

static TABLES: std::sync::LazyLock<Tables> = std::sync::LazyLock::new(|| {
    let han: Vec<char> = HAN.chars().filter(|c| !c.is_whitespace()).collect();
    Tables {
        latin: LATIN.chars().collect(),
        kana: KANA.chars().collect(),
        han: han.chunks_exact(2).filter_map(|pair| Some((*pair.first()?, *pair.last()?))).collect(),
    }
});

struct Folder {
    folded: Folded,
    title: bool,
    from: usize,
    /// The last character written; `\n` at the beginning of a sentence.
    last: char,
    tables: &'static Tables,
}

impl Folder {
    fn new(capacity: usize) -> Self {
        let folded = Folded { text: String::with_capacity(capacity + 8), sentences: Vec::new() };
        Self { folded, title: false, from: 0, last: '\n', tables: &TABLES }
    }

    fn take(&mut self, text: &str, chars_max: usize) {
        let mut chars = text.chars().take(chars_max).peekable();
        while let Some(c) = chars.next() {
            match c {
                '。' | '！' | '!' | '；' | ';' => self.end(false),
                '？' | '?' => self.end(true),
                // A point within a number, a name or an address ends nothing.
                '.' | '．' if chars.peek().is_none_or(|next| next.is_whitespace()) => self.end(false),
                // Mail programs wrap lines: only an empty line ends a sentence.
                '\n' if chars
                    .peek()
                    .is_none_or(|next| matches!(next, '\n' | '\r' | '-' | '#' | '>' | '*')) =>
                {
                    self.end(false);
                }
                _ => self.push(c),
            }
        }
        self.end(false);
    }

    fn end(&mut self, question: bool) {
        // か, 吗 and 呢 ask by themselves: Japanese ends its questions in a full stop.
        let question = question || matches!(self.last, 'か' | '吗' | '呢');
        if self.last == ' ' {
            self.folded.text.pop();
        }
        let to = self.folded.text.len();
        if to > self.from {
            self.folded.sentences.push(Sentence { from: self.from, to, question, title: self.title });
            self.folded.text.push('\n');
            self.from = to + 1;
        } else if question && let Some(before) = self.folded.sentences.last_mut() {
            before.question = true;
        }
        self.last = '\n';
    }

    fn push(&mut self, c: char) {
        if c.is_ascii_alphanumeric() {
            return self.letter(c.to_ascii_lowercase());
        }
        if c.is_ascii() {
            return if c == '$' { self.letter('$') } else { self.space() };
        }
        match c {
            '\u{ff01}'..='\u{ff5e}' => {
                let narrow = char::from_u32(u32::from(c) - 0xfee0).unwrap_or(' ');
                self.push(narrow);
            }
            '€' | '£' | '¥' | '￥' => self.letter('$'),
            '\u{4e00}'..='\u{9fff}' => self.letter(self.simplified(c)),
            '\u{c0}'..='\u{17f}' => {
                let at = (u32::from(c) - 0xc0) as usize;
                match self.tables.latin.get(at) {
                    Some(' ') | None => self.space(),
                    Some(base) => self.letter(*base),
                }
                match c {
                    'ß' => self.letter('s'),
                    'æ' | 'Æ' | 'œ' | 'Œ' => self.letter('e'),
                    _ => {}
                }
            }
            // Marks that stand alone, zero-width characters and soft hyphens are nothing, not a space.
            '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200f}' | '\u{ad}' | '\u{feff}' | '\u{fe0f}' => {}
            '\u{ff61}'..='\u{ff9d}' => {
                let at = (u32::from(c) - 0xff61) as usize;
                match self.tables.kana.get(at) {
                    Some(wide) if wide.is_alphanumeric() => self.letter(*wide),
                    _ => self.space(),
                }
            }
            // The sound marks of half-width kana belong to the character before.
            '\u{ff9e}' | '\u{ff9f}' => self.sound_mark(u32::from(c) - 0xff9d),
            'ー' => self.letter(c),
            _ if c.is_alphanumeric() => c.to_lowercase().for_each(|lower| self.letter(lower)),
            _ => self.space(),
        }
    }

    fn simplified(&self, c: char) -> char {
        let at = self.tables.han.binary_search_by_key(&c, |(from, _)| *from);
        at.ok().and_then(|at| self.tables.han.get(at)).map_or(c, |(_, to)| *to)
    }

    fn sound_mark(&mut self, steps: u32) {
        if let Some(last) = self.folded.text.pop() {
            let voiced = if last == 'ウ' { Some('ヴ') } else { char::from_u32(u32::from(last) + steps) };
            self.folded.text.push(voiced.unwrap_or(last));
        }
    }

    fn letter(&mut self, c: char) {
        if self.last == ' ' && is_cjk(c) {
            self.folded.text.pop();
        }
        self.folded.text.push(c);
        self.last = c;
    }

    fn space(&mut self) {
        if self.last != ' ' && self.last != '\n' && !is_cjk(self.last) {
            self.folded.text.push(' ');
            self.last = ' ';
        }
    }
}
