//! The words and dates of other desks' lists, in English and Chinese, as this desk's own. Pure tables; knows no files.

use jiff::{
    Timestamp, civil,
    tz::{Offset, TimeZone},
};

use crate::desk::{Priority, State};

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Column {
    Number,
    Subject,
    Requester,
    RequesterName,
    State,
    Priority,
    Category,
    Team,
    Assignee,
    Tags,
    Language,
    Created,
    Updated,
    Closed,
    Description,
}

/// Headings as other desks write them, in the form of [`heading_key`].
const HEADINGS: [(Column, &[&str]); 15] = [
    (
        Column::Number,
        &[
            "number",
            "ticket",
            "ticketnumber",
            "ticketid",
            "id",
            "no",
            "key",
            "issuekey",
            "reference",
            "caseid",
            "casenumber",
            "编号",
            "工单号",
            "工单编号",
            "序号",
            "单号",
            "问题编号",
        ],
    ),
    (
        Column::Subject,
        &[
            "subject",
            "title",
            "summary",
            "topic",
            "ticketsubject",
            "shortdescription",
            "主题",
            "标题",
            "工单标题",
            "摘要",
            "问题标题",
        ],
    ),
    (
        Column::Requester,
        &[
            "requester",
            "requesteremail",
            "email",
            "from",
            "fromemail",
            "customer",
            "customeremail",
            "client",
            "clientemail",
            "contact",
            "contactemail",
            "reporter",
            "reporteremail",
            "createdby",
            "requestor",
            "requestors",
            "sender",
            "emailaddress",
            "邮箱",
            "客户邮箱",
            "客户",
            "请求人",
            "请求者",
            "提交人",
            "提交人邮箱",
            "联系人",
            "联系人邮箱",
            "发件人",
            "申请人",
            "电子邮件",
            "邮件地址",
        ],
    ),
    (
        Column::RequesterName,
        &[
            "requestername",
            "name",
            "customername",
            "contactname",
            "clientname",
            "fromname",
            "姓名",
            "客户姓名",
            "客户名称",
            "联系人姓名",
            "提交人姓名",
        ],
    ),
    (Column::State, &["state", "status", "ticketstatus", "状态", "工单状态", "处理状态"]),
    (
        Column::Priority,
        &["priority", "urgency", "severity", "ticketpriority", "优先级", "紧急程度", "紧急度", "优先度"],
    ),
    (
        Column::Category,
        &[
            "category",
            "type",
            "tickettype",
            "kind",
            "issuetype",
            "类别",
            "分类",
            "类型",
            "工单类型",
            "问题类型",
            "问题分类",
        ],
    ),
    (
        Column::Team,
        &[
            "team",
            "group",
            "queue",
            "department",
            "assignedgroup",
            "团队",
            "组",
            "小组",
            "部门",
            "队列",
            "处理组",
        ],
    ),
    (
        Column::Assignee,
        &[
            "assignee",
            "agent",
            "owner",
            "assignedto",
            "assigneeemail",
            "agentemail",
            "responsible",
            "处理人",
            "负责人",
            "受理人",
            "客服",
            "经办人",
            "分配给",
        ],
    ),
    (Column::Tags, &["tags", "tag", "labels", "label", "keywords", "标签", "关键词"]),
    (Column::Language, &["language", "locale", "lang", "语言"]),
    (
        Column::Created,
        &[
            "created",
            "createdat",
            "createdtime",
            "createddate",
            "creationdate",
            "datecreated",
            "opened",
            "openedat",
            "date",
            "submitted",
            "创建时间",
            "创建日期",
            "提交时间",
            "提交日期",
            "建立时间",
            "日期",
            "时间",
        ],
    ),
    (
        Column::Updated,
        &[
            "updated",
            "updatedat",
            "lastupdated",
            "lastupdate",
            "modified",
            "modifiedat",
            "更新时间",
            "最后更新",
            "最后更新时间",
            "修改时间",
        ],
    ),
    (
        Column::Closed,
        &[
            "closed",
            "closedat",
            "closeddate",
            "dateclosed",
            "resolved",
            "resolvedat",
            "resolvedtime",
            "solvedat",
            "solved",
            "关闭时间",
            "关闭日期",
            "解决时间",
            "完成时间",
            "结束时间",
        ],
    ),
    (
        Column::Description,
        &[
            "description",
            "body",
            "text",
            "message",
            "content",
            "details",
            "comment",
            "描述",
            "内容",
            "问题描述",
            "详情",
            "正文",
            "备注",
        ],
    ),
];

const STATES: [(State, &[&str]); 7] = [
    (State::New, &["new", "新建", "新", "未分配", "待受理"]),
    (
        State::Open,
        &[
            "open",
            "in progress",
            "inprogress",
            "assigned",
            "active",
            "reopened",
            "processing",
            "打开",
            "处理中",
            "进行中",
            "已分配",
            "受理中",
            "待处理",
            "未处理",
        ],
    ),
    (
        State::Waiting,
        &[
            "waiting",
            "pending",
            "waiting for customer",
            "waiting on customer",
            "awaiting reply",
            "awaiting your reply",
            "等待",
            "等待客户",
            "等待回复",
            "待回复",
            "待客户回复",
            "待反馈",
        ],
    ),
    (
        State::OnHold,
        &[
            "on hold",
            "on_hold",
            "hold",
            "onhold",
            "waiting on third party",
            "stalled",
            "suspended",
            "挂起",
            "暂停",
            "暂挂",
            "搁置",
        ],
    ),
    (
        State::Resolved,
        &["resolved", "solved", "done", "fixed", "completed", "已解决", "解决", "已完成", "完成", "已处理"],
    ),
    (
        State::Closed,
        &[
            "closed",
            "archived",
            "cancelled",
            "canceled",
            "rejected",
            "已关闭",
            "关闭",
            "已归档",
            "已取消",
            "结束",
            "已结束",
        ],
    ),
    (State::Spam, &["spam", "junk", "垃圾", "垃圾邮件"]),
];

const PRIORITIES: [(Priority, &[&str]); 4] = [
    (Priority::Low, &["low", "lowest", "minor", "trivial", "p4", "4", "低", "较低", "不紧急"]),
    (
        Priority::Normal,
        &["normal", "medium", "moderate", "default", "p3", "3", "普通", "中", "一般", "正常", "中等"],
    ),
    (Priority::High, &["high", "major", "important", "p2", "2", "高", "较高", "重要"]),
    (
        Priority::Urgent,
        &[
            "urgent",
            "highest",
            "critical",
            "emergency",
            "blocker",
            "p1",
            "1",
            "紧急",
            "特急",
            "非常紧急",
            "最高",
            "严重",
        ],
    ),
];

/// The built-in categories in Chinese.
const CATEGORIES: [(&str, &[&str]); 3] = [
    ("technical", &["技术", "技术问题", "故障", "bug", "incident", "problem", "tech"]),
    ("account", &["账号", "账户", "帐号", "账号问题", "登录"]),
    ("business", &["商务", "业务", "销售", "合同", "发票", "billing", "sales"]),
];

/// Lower case, without blanks and signs.
pub(super) fn heading_key(heading: &str) -> String {
    heading.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// What a heading stands for.
pub(super) fn column(heading: &str) -> Option<Column> {
    let key = heading_key(heading);
    HEADINGS.iter().find(|(_, words)| words.contains(&key.as_str())).map(|(column, _)| *column)
}

pub(super) fn state(word: &str) -> Option<State> {
    find(&STATES, word)
}

/// The words of states that are understood, for a report.
pub(super) fn states() -> String {
    State::ALL
        .iter()
        .filter(|state| **state != State::Merged)
        .map(|state| state.as_str())
        .collect::<Vec<_>>()
        .join(", ")
}

pub(super) fn priority(word: &str) -> Option<Priority> {
    find(&PRIORITIES, word)
}

/// One of the desk's own categories.
pub(super) fn category<'c>(word: &str, own: &'c [String]) -> Option<&'c String> {
    let word = word.trim().to_lowercase();
    let by_name = own.iter().find(|name| name.to_lowercase() == word);
    by_name.or_else(|| {
        let (name, _) = CATEGORIES.iter().find(|(_, words)| words.contains(&word.as_str()))?;
        own.iter().find(|own| own == name)
    })
}

fn find<T: Copy>(table: &[(T, &[&str])], word: &str) -> Option<T> {
    let word = word.trim().to_lowercase();
    table.iter().find(|(_, words)| words.contains(&word.as_str())).map(|(value, _)| *value)
}

/// In which order day and month stand in a column of dates like `05/01/2026`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    DayFirst,
    MonthFirst,
    /// No date of the column tells.
    Unknown,
}

/// What all dates of a column together tell: a number above 12 is no month.
pub(super) fn order(dates: impl Iterator<Item = impl AsRef<str>>) -> Order {
    let (mut day_first, mut month_first) = (false, false);
    for date in dates {
        if let Some((first, second)) = ambiguous(date.as_ref()) {
            day_first |= first > 12;
            month_first |= second > 12;
        }
    }
    match (day_first, month_first) {
        (true, false) => Order::DayFirst,
        (false, true) => Order::MonthFirst,
        (false, false) | (true, true) => Order::Unknown,
    }
}

/// The first two numbers of `5/1/2026`, where either may be the day.
fn ambiguous(date: &str) -> Option<(i64, i64)> {
    let mut parts = date.split_whitespace().next()?.split('/');
    let (first, second, third) = (parts.next()?, parts.next()?, parts.next()?);
    (third.len() == 4).then(|| Some((first.parse().ok()?, second.parse().ok()?)))?
}

/// An instant as other desks write it; without a zone, in `zone`.
pub(super) fn date(text: &str, order: Order, zone: &TimeZone) -> Option<Timestamp> {
    let text = text.trim();
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(at);
    }
    let (text, offset) = without_offset(text);
    let month_name = month_name(text);
    let numbers = numbers(text);
    let (year, month, day, rest) = match (numbers.as_slice(), month_name) {
        // `5 Jan 2026`, `Jan 5, 2026`, `2026 Jan 5`
        ([a, b, rest @ ..], Some(month)) if *a > 31 => (*a, month, *b, rest),
        ([a, b, rest @ ..], Some(month)) => (*b, month, *a, rest),
        // `2026-01-05`, `2026/1/5`, `2026年1月5日`
        ([year, month, day, rest @ ..], None) if *year > 31 => (*year, *month, *day, rest),
        // `05.01.2026`
        ([day, month, year, rest @ ..], None) if text.contains('.') && !text.contains('/') => {
            (*year, *month, *day, rest)
        }
        ([a, b, year, rest @ ..], None) => match order {
            Order::DayFirst => (*year, *b, *a, rest),
            Order::MonthFirst => (*year, *a, *b, rest),
            Order::Unknown => return None,
        },
        _ => return None,
    };
    let mut hour = rest.first().copied().unwrap_or_default();
    let lower = text.to_lowercase();
    if (lower.contains("pm") || text.contains("下午") || text.contains("晚上")) && hour < 12 {
        hour += 12;
    } else if (lower.contains("am") || text.contains("上午")) && hour == 12 {
        hour = 0;
    }
    let small = |number: i64| i8::try_from(number).ok();
    let minute = rest.get(1).copied().unwrap_or_default();
    let second = rest.get(2).copied().unwrap_or_default();
    let civil = civil::DateTime::new(
        i16::try_from(year).ok().filter(|year| (1970..=2200).contains(year))?,
        small(month)?,
        small(day)?,
        small(hour)?,
        small(minute)?,
        small(second)?,
        0,
    )
    .ok()?;
    match offset {
        Some(offset) => offset.to_timestamp(civil).ok(),
        None => zone.to_timestamp(civil).ok(),
    }
}

/// Takes `Z`, `UTC`, `+08:00`, `+0800` off the end.
fn without_offset(text: &str) -> (&str, Option<Offset>) {
    for name in ["Z", "UTC", "GMT"] {
        if let Some(rest) = text.strip_suffix(name).filter(|rest| rest.contains(':')) {
            return (rest, Some(Offset::UTC));
        }
    }
    let Some(at) = text.rfind(['+', '-']).filter(|at| text.get(..*at).is_some_and(|rest| rest.contains(':')))
    else {
        return (text, None);
    };
    let (rest, offset) = text.split_at(at);
    let digits: String = offset.chars().filter(char::is_ascii_digit).collect();
    let hours_and_minutes = (digits.len() == 4).then(|| digits.parse::<i32>().ok()).flatten();
    let sign = if offset.starts_with('-') { -1 } else { 1 };
    let offset =
        hours_and_minutes.and_then(|n| Offset::from_seconds(sign * (n / 100 * 3600 + n % 100 * 60)).ok());
    if offset.is_some() { (rest, offset) } else { (text, None) }
}

fn month_name(text: &str) -> Option<i64> {
    const MONTHS: [&str; 12] =
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let words = text.split(|c: char| !c.is_ascii_alphabetic()).filter_map(|word| word.get(..3));
    let mut places =
        words.filter_map(|word| MONTHS.iter().position(|month| word.eq_ignore_ascii_case(month)));
    places.next().and_then(|place| i64::try_from(place + 1).ok())
}

/// The groups of digits; a fraction of a second is none.
fn numbers(text: &str) -> Vec<i64> {
    let without_fraction = match text.rfind('.') {
        Some(at) if text.get(..at).is_some_and(|rest| rest.contains(':')) => text.get(..at).unwrap_or(text),
        _ => text,
    };
    without_fraction
        .split(|c: char| !c.is_ascii_digit())
        .filter(|digits| !digits.is_empty())
        .filter_map(|digits| digits.parse().ok())
        .take(6)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_heading_stands_for_two_columns() {
        let mut seen = std::collections::BTreeMap::new();
        for (column, words) in HEADINGS {
            for word in words {
                assert_eq!(heading_key(word), *word, "not in the form of a key");
                assert_eq!(seen.insert(*word, column), None, "{word}");
            }
        }
    }

    #[test]
    fn headings_in_english_and_chinese() {
        for (heading, wanted) in [
            ("Ticket ID", Some(Column::Number)),
            ("工单编号", Some(Column::Number)),
            ("Requester e-mail", Some(Column::Requester)),
            ("客户邮箱", Some(Column::Requester)),
            ("Created At", Some(Column::Created)),
            ("创建时间", Some(Column::Created)),
            ("Satisfaction", None),
        ] {
            assert_eq!(column(heading), wanted, "{heading}");
        }
    }

    #[test]
    fn dates_of_all_desks() {
        let zone = TimeZone::get("Asia/Shanghai").unwrap();
        for (text, order, at) in [
            ("2026-01-05T10:20:30Z", Order::Unknown, "2026-01-05T10:20:30Z"),
            ("2026-01-05 10:20:30 +0100", Order::Unknown, "2026-01-05T09:20:30Z"),
            ("2026-01-05 10:20:30 UTC", Order::Unknown, "2026-01-05T10:20:30Z"),
            ("2026-01-05 10:20", Order::Unknown, "2026-01-05T02:20:00Z"),
            ("2026/1/5 10:20:30.123", Order::Unknown, "2026-01-05T02:20:30Z"),
            ("2026年1月5日 下午3:20", Order::Unknown, "2026-01-05T07:20:00Z"),
            ("2026-01-05", Order::Unknown, "2026-01-04T16:00:00Z"),
            ("05.01.2026 10:20", Order::Unknown, "2026-01-05T02:20:00Z"),
            ("5 Jan 2026 10:20", Order::Unknown, "2026-01-05T02:20:00Z"),
            ("Jan 5, 2026 10:20 PM", Order::Unknown, "2026-01-05T14:20:00Z"),
            ("05/01/2026 10:20", Order::DayFirst, "2026-01-05T02:20:00Z"),
            ("01/05/2026 12:20 AM", Order::MonthFirst, "2026-01-04T16:20:00Z"),
            ("05/01/2026", Order::Unknown, ""),
            ("2026-13-05", Order::Unknown, ""),
            ("yesterday", Order::Unknown, ""),
            ("", Order::Unknown, ""),
        ] {
            let wanted = (!at.is_empty()).then(|| at.parse().unwrap());
            assert_eq!(date(text, order, &zone), wanted, "{text}");
        }
        assert_eq!(order(["1/2/2026", "13/2/2026"].into_iter()), Order::DayFirst);
        assert_eq!(order(["1/2/2026 10:00", "1/31/2026"].into_iter()), Order::MonthFirst);
        assert_eq!(order(["1/2/2026", "2026-01-05"].into_iter()), Order::Unknown);
    }
}
