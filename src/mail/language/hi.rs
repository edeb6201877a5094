//! Hindi.

use super::{Language, NONE};

pub const HI: Language = Language {
    code: "hi",
    from: &["प्रेषक"],
    date: &["दिनांक", "तारीख", "भेजा गया"],
    to: &["प्रति"],
    cc: &["प्रतिलिपि"],
    subject: &["विषय"],
    wrote: &["ने लिखा"],
    originals: &["मूल संदेश"],
    forwards: &["अग्रेषित संदेश", "फ़ॉरवर्ड किया गया संदेश"],
    footers: &["मेरे iphone से"],
    closings: &["धन्यवाद", "सादर"],
    automatic_subjects: &["स्वचालित उत्तर"],
    automatic_bodies: &["स्वचालित उत्तर"],
    ..NONE
};
