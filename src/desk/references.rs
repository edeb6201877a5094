//! Conversations as a pure graph of references: which mails belong together by their Message-ID, In-Reply-To and References, and
//! which answers which. Knows neither tickets nor senders: anybody can name any mail, so this decides no place of a live mail.
//!
//! Invariants: every mail has its place, whatever it names; no mail is its own ancestor; linear in the ids named, but for their
//! sorting. After J. Zawinski (<https://www.jwz.org/doc/threading.html>): the last of References is the parent, ids that no mail
//! has hold their conversation together, and a reference that would close a circle is left out.

use std::collections::BTreeMap;

use crate::mail::Reading;

/// What one mail says of others.
#[derive(Debug, Clone, Copy, Default)]
pub struct Links<'a> {
    pub message_id: Option<&'a str>,
    pub in_reply_to: &'a [String],
    /// The oldest first.
    pub references: &'a [String],
}

impl<'a> From<&'a Reading> for Links<'a> {
    fn from(reading: &'a Reading) -> Self {
        Self {
            message_id: reading.message_id.as_deref(),
            in_reply_to: &reading.in_reply_to,
            references: &reading.references,
        }
    }
}

/// The place of a mail, in the order in which they were given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placed {
    /// Mails with the same number are one conversation; it is the place of the first of them.
    pub conversation: usize,
    /// The mail that it answers, if it is among them: one of another Message-ID. Of several copies the first.
    pub parent: Option<usize>,
}

/// References of one mail that are followed; what is older is known by the mails between.
const LINKS_MAX: usize = 1_000;

/// Puts mails into their conversations.
#[must_use]
pub fn conversations(mails: &[Links<'_>]) -> Vec<Placed> {
    let mut graph = Graph::default();
    let own: Vec<usize> =
        mails.iter().enumerate().map(|(place, mail)| graph.mail(place, mail.message_id)).collect();
    let chains: Vec<Vec<usize>> =
        mails.iter().map(|mail| chain(mail).into_iter().map(|id| graph.named(id)).collect()).collect();
    for (chain, own) in chains.iter().zip(&own) {
        if let Some(parent) = chain.last() {
            graph.join(*own, *parent);
            graph.adopt(*own, *parent);
        }
    }
    // What a mail says of others is hearsay: it never overrules what they say themselves.
    for (above, below) in chains.iter().flat_map(|chain| chain.iter().zip(chain.iter().skip(1))) {
        graph.join(*below, *above);
        graph.adopt(*below, *above);
    }
    let mut first: BTreeMap<usize, usize> = BTreeMap::new();
    own.iter()
        .enumerate()
        .map(|(place, node)| {
            let root = graph.root(*node);
            Placed { conversation: *first.entry(root).or_insert(place), parent: graph.answered(*node) }
        })
        .collect()
}

/// An order of the mails in which none comes before the one that it answers, and which is theirs otherwise: dates of mails are
/// wrong.
#[must_use]
pub fn questions_first(mails: &[Links<'_>]) -> Vec<usize> {
    let placed = conversations(mails);
    let mut order = Vec::with_capacity(placed.len());
    let mut taken = vec![false; placed.len()];
    for place in 0..placed.len() {
        let mut above = Vec::new();
        let mut at = Some(place);
        while let Some(here) = at.filter(|here| taken.get(*here) == Some(&false)) {
            if let Some(taken) = taken.get_mut(here) {
                *taken = true;
            }
            above.push(here);
            at = placed.get(here).and_then(|mail| mail.parent);
        }
        order.extend(above.into_iter().rev());
    }
    order
}

/// The ids that a mail names, its parent last: References, or In-Reply-To where there are none. What old programs write into
/// In-Reply-To besides an id (RFC 822 allowed prose) is no id.
fn chain<'a>(mail: &Links<'a>) -> Vec<&'a str> {
    let of = |ids: &'a [String]| {
        let skipped = ids.len().saturating_sub(LINKS_MAX);
        ids.iter().skip(skipped).map(String::as_str).filter(|id| !id.is_empty()).collect::<Vec<_>>()
    };
    let references = of(mail.references);
    if references.is_empty() { of(mail.in_reply_to).into_iter().take(1).collect() } else { references }
}

/// A mail, or an id that is only named.
#[derive(Debug)]
struct Node {
    /// The first mail of this id.
    mail: Option<usize>,
    parent: Option<usize>,
    /// Towards the root of its conversation (union-find).
    towards: usize,
}

#[derive(Debug, Default)]
struct Graph<'a> {
    nodes: Vec<Node>,
    by_id: BTreeMap<&'a str, usize>,
}

impl<'a> Graph<'a> {
    fn add(&mut self, mail: Option<usize>) -> usize {
        let at = self.nodes.len();
        self.nodes.push(Node { mail, parent: None, towards: at });
        at
    }

    /// The node of an id.
    fn named(&mut self, id: &'a str) -> usize {
        if let Some(at) = self.by_id.get(id) {
            return *at;
        }
        let at = self.add(None);
        self.by_id.insert(id, at);
        at
    }

    /// The node of a mail; copies of one share theirs, and one without an id has its own.
    fn mail(&mut self, place: usize, id: Option<&'a str>) -> usize {
        let Some(id) = id.filter(|id| !id.is_empty()) else { return self.add(Some(place)) };
        let at = self.named(id);
        if let Some(node) = self.nodes.get_mut(at) {
            node.mail.get_or_insert(place);
        }
        at
    }

    fn root(&mut self, of: usize) -> usize {
        let mut at = of;
        while let Some(next) = self.nodes.get(at).map(|node| node.towards).filter(|next| *next != at) {
            // Halving the way keeps it short, in whatever order things are joined.
            let beyond = self.nodes.get(next).map_or(next, |node| node.towards);
            if let Some(node) = self.nodes.get_mut(at) {
                node.towards = beyond;
            }
            at = next;
        }
        at
    }

    fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.root(one), self.root(other));
        if let Some(node) = self.nodes.get_mut(one) {
            node.towards = other;
        }
    }

    /// Makes `parent` the parent, unless there is one or that closes a circle.
    fn adopt(&mut self, child: usize, parent: usize) {
        if self.nodes.get(child).is_none_or(|node| node.parent.is_some()) || self.is_above(child, parent) {
            return;
        }
        if let Some(node) = self.nodes.get_mut(child) {
            node.parent = Some(parent);
        }
    }

    /// Whether `above` is `node` or one of its ancestors.
    fn is_above(&self, above: usize, node: usize) -> bool {
        let mut at = Some(node);
        // No chain is longer than there are nodes.
        for _ in 0..=self.nodes.len() {
            match at {
                Some(here) if here == above => return true,
                Some(here) => at = self.nodes.get(here).and_then(|node| node.parent),
                None => return false,
            }
        }
        true
    }

    /// The nearest ancestor that is a mail.
    fn answered(&self, of: usize) -> Option<usize> {
        let mut at = self.nodes.get(of)?.parent;
        while let Some(node) = at.and_then(|at| self.nodes.get(at)) {
            if node.mail.is_some() {
                return node.mail;
            }
            at = node.parent;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    type Row = (&'static str, &'static [&'static str], &'static [&'static str]);

    fn placed(rows: &[Row]) -> Vec<(usize, Option<usize>)> {
        let owned: Vec<(Option<&str>, Vec<String>, Vec<String>)> = rows
            .iter()
            .map(|(id, reply, references)| {
                let list = |of: &[&str]| of.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>();
                (Some(*id).filter(|id| !id.is_empty()), list(reply), list(references))
            })
            .collect();
        let links: Vec<Links<'_>> = owned
            .iter()
            .map(|(message_id, in_reply_to, references)| Links {
                message_id: *message_id,
                in_reply_to,
                references,
            })
            .collect();
        conversations(&links).into_iter().map(|p| (p.conversation, p.parent)).collect()
    }

    #[test]
    fn conversations_of_every_shape() {
        // Answers in a row, two to one, and one mail that has nothing to do with them.
        let rows: &[Row] = &[
            ("a", &[], &[]),
            ("b", &["a"], &["a"]),
            ("x", &[], &[]),
            ("c", &[], &["a", "b"]),
            ("d", &["a"], &[]),
        ];
        assert_eq!(placed(rows), [(0, None), (0, Some(0)), (2, None), (0, Some(1)), (0, Some(0))]);
        // The middle was never seen.
        assert_eq!(placed(&[("a", &[], &[]), ("c", &[], &["a", "b"])]), [(0, None), (0, Some(0))]);
        // Answers to a mail that was never seen.
        assert_eq!(placed(&[("b", &["a"], &[]), ("c", &["a"], &[])]), [(0, None), (0, None)]);
        // The answer came before what it answers.
        assert_eq!(placed(&[("b", &["a"], &[]), ("a", &[], &[])]), [(0, Some(1)), (0, None)]);
        // Two that name each other, and one that names itself.
        let circle = placed(&[("a", &[], &["b"]), ("b", &[], &["a"]), ("s", &["s"], &["s"])]);
        assert_eq!((circle[0].0, circle[1].0, circle[2]), (0, 0, (2, None)));
        assert!(circle[0].1.is_none() || circle[1].1.is_none());
        // Copies of one mail, and mails without an id.
        let copies: &[Row] =
            &[("a", &[], &[]), ("b", &["a"], &[]), ("b", &["a"], &[]), ("", &["b"], &[]), ("", &[], &[])];
        assert_eq!(placed(copies), [(0, None), (0, Some(0)), (0, Some(0)), (0, Some(1)), (4, None)]);
        assert_eq!(placed(&[]), []);
    }

    #[test]
    fn questions_come_before_their_answers() {
        let list = |of: &[&str]| of.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>();
        let (to_a, to_b) = (list(&["a"]), list(&["a", "b"]));
        let mail = |id, references| Links { message_id: Some(id), in_reply_to: &[], references };
        let mails =
            [mail("x", &[]), mail("c", to_b.as_slice()), mail("b", &to_a), mail("y", &[]), mail("a", &[])];
        assert_eq!(questions_first(&mails), [0, 4, 2, 1, 3]);
        let circle = [mail("a", &to_b[1..]), mail("b", to_a.as_slice())];
        let mut order = questions_first(&circle);
        order.sort_unstable();
        assert_eq!(order, [0, 1]);
    }

    #[test]
    fn what_a_mail_says_of_itself_outranks_hearsay() {
        let rows: &[Row] = &[("x", &[], &["b", "a"]), ("a", &[], &[]), ("b", &["a"], &[])];
        assert_eq!(placed(rows)[2], (0, Some(1)), "not a's child's parent, as x has it");
    }

    proptest! {
        #[test]
        fn every_mail_has_a_place_and_none_is_above_itself(
            rows in prop::collection::vec((0u8..12, prop::collection::vec(0u8..12, 0..6)), 0..40)
        ) {
            let owned: Vec<(String, Vec<String>)> = rows
                .iter()
                .map(|(id, references)| (id.to_string(), references.iter().map(u8::to_string).collect()))
                .collect();
            let links: Vec<Links<'_>> = owned
                .iter()
                .map(|(id, references)| Links { message_id: Some(id), in_reply_to: &[], references })
                .collect();
            let placed = conversations(&links);
            prop_assert_eq!(placed.len(), links.len());
            for (place, mail) in placed.iter().enumerate() {
                prop_assert!(mail.conversation <= place);
                let mut at = mail.parent;
                let mut steps = 0;
                while let Some(above) = at {
                    prop_assert_eq!(placed[above].conversation, mail.conversation);
                    prop_assert_ne!(&links[above].message_id, &links[place].message_id);
                    at = placed[above].parent;
                    steps += 1;
                    prop_assert!(steps <= links.len());
                }
                for id in links[place].references {
                    let named = links.iter().position(|l| l.message_id == Some(id));
                    prop_assert!(named.is_none_or(|named| placed[named].conversation == mail.conversation));
                }
            }
        }
    }
}
