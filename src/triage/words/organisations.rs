//! How organisations' names end, by the kind that they say they are. Data only.

/// Endings of Chinese names that make an organisation anywhere.
#[rustfmt::skip] // A word a line would make a table that nobody can look over.
pub const FULL: &[&str] = &[
    "有限责任公司", "股份有限公司", "有限公司", "分公司", "集团公司", "公司", "集团", "集團", "大学", "大學", "学院", "學院", "中学", "小学", "医院", "醫院", "研究所", "研究院", "设计院", "银行", "銀行", "事务所", "事務所", "出版社", "报社", "电视台", "协会", "基金会", "委员会", "管理局", "税务局", "公安局", "教育局", "人民政府", "工厂", "制造厂", "酒店", "超市", "书店", "保险", "证券", "有限合伙", "合作社", "实验室", "图书馆", "博物馆", "幼儿园",
];

/// Endings that many names have, and other words as well.
#[rustfmt::skip] // A word a line would make a table that nobody can look over.
pub const TRADES: &[&str] = &[
    "科技", "信息", "网络", "软件", "技术", "水泥", "乳业", "食品", "教育", "装饰", "印务", "物流", "电子", "汽车", "建设", "建筑", "地产", "置业", "物业", "能源", "电力", "燃气", "石油", "化工", "材料", "钢铁", "机械", "重工", "电气", "电器", "制造", "制药", "药业", "医药", "医疗", "生物", "农业", "种业", "服饰", "纺织", "家居", "家具", "陶瓷", "玻璃", "传媒", "文化", "广告", "影视", "娱乐", "旅游", "航空", "航天", "海运", "船舶", "铁路", "地铁", "交通", "快递", "供应链", "贸易", "商贸", "国际", "实业", "控股", "资本", "投资", "金融", "咨询", "会计", "律所", "顾问", "工程", "设计", "环保", "水务", "光电", "半导体", "通信", "通讯", "智能", "数据", "云计算", "互联", "游戏", "零售", "百货", "餐饮", "酒业", "饮料", "茶业", "烟草", "矿业", "精密", "仪器", "设备", "自动化", "新材", "新能源", "科技部", "信息部", "信息中心", "技术部", "股份", "导航", "测绘", "勘察", "监理", "园林", "出版", "印刷", "包装", "塑料", "橡胶", "轮胎", "零部件", "动力", "电池", "照明", "光伏", "风电", "核电", "电网", "热力", "联社", "农信", "信用社", "学校", "中心", "局",
];

/// Words that end where a name begins: cues and what stands before a name in a sentence.
#[rustfmt::skip] // A word a line would make a table that nobody can look over.
pub const CUES: &[&str] = &[
    "我们公司是", "我们单位是", "我们学校是", "我公司是", "我司是", "我们公司", "我们单位", "我公司", "我单位", "我们这边是", "我这边是", "这边是", "这里是", "我们是", "我是", "我司", "敝司", "我们", "本公司", "来自", "代表", "就职于", "任职于", "公司名称是", "公司名称为", "公司名是", "公司叫", "公司为", "单位是", "单位为", "抬头改成", "抬头改为", "改成", "改为", "抬头为", "抬头是", "抬头开", "开给", "开具给", "我在", "咱们", "您好", "你好", "我們公司是", "我們是", "這裡是", "弊社",
];

/// Words that end a name when they follow it.
#[rustfmt::skip] // A word a line would make a table that nobody can look over.
pub const AFTER: &[&str] = &[
    "的", "目前", "现在", "计划", "拟", "想", "希望", "需要", "打算", "准备", "正在", "在", "是", "有", "购买", "采购", "申请", "使用", "负责", "管理员", "员工", "信息部", "技术部", "工程部", "市场部", "采购部", "财务部", "人事部", "行政部", "it部", "IT", "已", "将", "要", "要求", "全", "请", "项目", "课程", "和", "与", "这边", "这里", "内部", "共",
];

/// Words in capitals that begin sentences or name what is no organisation; lower case.
#[rustfmt::skip] // As above.
pub const NO_NAMES: &[&str] = &[
    "i", "we", "it", "this", "that", "the", "our", "my", "your", "he", "she", "they", "everyone", "nobody", "nothing", "everything", "someone", "please", "hello", "hi", "dear", "thanks", "what", "when", "who", "where", "how", "why", "if", "since", "after", "before", "and", "but", "so", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december", "management", "support", "team", "customer", "client", "marketing", "sales", "finance", "engineering", "legal", "procurement", "germany", "china", "france", "spain", "europe", "berlin", "london", "paris", "shanghai", "beijing", "english", "german", "french", "not", "no", "all", "us", "you", "wir", "ich", "nous", "je", "sie", "der", "die", "das", "yes", "ok", "pdf", "csv", "api", "sso", "url", "vat", "gdpr", "hr", "ceo", "cto", "cio", "using", "unable", "currently", "having", "seeing", "getting", "problem", "issue", "error", "login", "dark", "mode", "gantt", "kanban", "board", "dashboard", "excel", "windows", "mac", "android", "ios", "beta", "enterprise", "premium", "professional", "basic", "pro", "business", "standard", "admin", "administrator",
];

/// Words that end like organisations and name none.
#[rustfmt::skip] // As above.
pub const ORDINARY: &[&str] = &[
    "用户信息", "错误信息", "报错信息", "个人信息", "提示信息", "相关信息", "详细信息", "联系信息", "账号信息", "登录信息", "系统信息", "设备信息", "公司信息", "订单信息", "版本信息", "环境信息", "返回信息", "异常信息", "项目信息", "任务信息", "技术", "数据", "信息", "软件", "网络", "工程", "设计", "设备", "贵公司", "你们公司", "我们公司", "我公司", "本公司", "贵司", "分公司", "子公司", "总公司", "公司", "集团", "全集团", "整个公司", "其他公司", "多家公司", "母公司", "我们集团", "每个公司", "新公司", "该公司", "银行", "我们学校", "学校", "医院", "大学",
];

/// Parts that no organisation has in its name.
#[rustfmt::skip] // As above.
pub const ORDINARY_PARTS: &[&str] = &[
    "换过", "切换", "重连", "断开", "试过", "清过",
    "布局", "全局", "结局", "格局", "当局", "局部", "贵司", "贵公司", "团队", "新来", "这里", "这边",
    "这个", "那个", "什么", "所有", "我们的", "你们", "您的", "没有", "不能", "无法", "显示", "导出", "导入", "填写", "提供", "任务", "项目", "客户数据", "管理软件", "使用", "系统", "打开", "登录", "更换", "换了", "截图", "附件", "同步", "检查", "丢失", "消息", "通知", "多个", "一个", "两个", "公司的", "权限", "历史", "进度", "个人", "用户", "数据中心", "甘特图", "看板", "移动", "人员", "另一", "不同", "安装", "清除", "重启", "更新", "发票", "对公", "开户", "报表", "统计", "部门", "计划", "全集团", "希望", "打算", "需要", "目前", "现在", "准备", "定制", "开发", "需求", "产品", "商务", "业务", "售前", "申请", "报价", "变更", "上传", "下载", "删除", "问题", "有没有", "是否",
];

/// Words after which no name goes on.
#[rustfmt::skip] // As above.
pub const STOPS: &[&str] = &[
    "是", "在", "给", "为", "向", "到", "和", "与", "由", "请", "的", "从", "被", "对", "让", "把", "叫", "属于", "管理员", "名称", "抬头", "联系", "开具", "关于",
];
