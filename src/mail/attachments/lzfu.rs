//! Compressed RTF (MS-OXRTFCP). Invariant: at most [`OUTPUT_BYTES_MAX`] come out, whatever size is declared.

/// RTF kept of one message. A body of this size is no prose.
const OUTPUT_BYTES_MAX: usize = 4 * 1024 * 1024;
const WINDOW: usize = 4_096;
const COMPRESSED: &[u8] = b"LZFu";
const PLAIN: &[u8] = b"MELA";

/// What the window holds at the beginning (section 2.1.2.1).
const DICTIONARY: &[u8] = b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";

/// Decompresses; `None` when the header is none. A stream that breaks off gives what it held.
#[must_use]
pub fn decompress(data: &[u8]) -> Option<Vec<u8>> {
    let (header, stream) = data.split_at_checked(16)?;
    let declared: [u8; 4] = header.get(4..8)?.try_into().ok()?;
    let limit = usize::try_from(u32::from_le_bytes(declared)).unwrap_or(usize::MAX).min(OUTPUT_BYTES_MAX);
    match header.get(8..12)? {
        COMPRESSED => Some(expand(stream, limit)),
        PLAIN => Some(stream.get(..limit.min(stream.len()))?.to_vec()),
        _ => None,
    }
}

fn expand(stream: &[u8], limit: usize) -> Vec<u8> {
    let mut window = [0_u8; WINDOW];
    for (slot, byte) in window.iter_mut().zip(DICTIONARY) {
        *slot = *byte;
    }
    let mut write = DICTIONARY.len();
    let mut out = Vec::with_capacity(limit.min(stream.len() * 4));
    let mut put = |out: &mut Vec<u8>, window: &mut [u8; WINDOW], byte: u8| {
        out.push(byte);
        if let Some(slot) = window.get_mut(write) {
            *slot = byte;
        }
        write = (write + 1) % WINDOW;
        write
    };
    let mut position = DICTIONARY.len();
    let mut bytes = stream.iter().copied();
    while let Some(control) = bytes.next() {
        for bit in 0..8 {
            if out.len() >= limit {
                return out;
            }
            if control >> bit & 1 == 0 {
                let Some(literal) = bytes.next() else { return out };
                position = put(&mut out, &mut window, literal);
                continue;
            }
            let (Some(high), Some(low)) = (bytes.next(), bytes.next()) else { return out };
            let reference = usize::from(u16::from_be_bytes([high, low]));
            let (from, len) = (reference >> 4, (reference & 0xf) + 2);
            // A reference to where the next byte will be written ends the stream.
            if from == position {
                return out;
            }
            for n in 0..len {
                let byte = window.get((from + n) % WINDOW).copied().unwrap_or_default();
                position = put(&mut out, &mut window, byte);
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_the_specification() {
        // MS-OXRTFCP section 3.1.1, with and without a run that reads what it writes.
        let simple = b"\x2d\0\0\0\x2b\0\0\0LZFu\xf1\xc5\xc7\xa7\x03\0\x0a\0rcpg125B2\x0a\xf3 hel\x09\0 bw\x05\xb0ld}\x0a\x80\x0f\xa0";
        assert_eq!(decompress(simple).unwrap(), b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n");
        let crossing = b"\x1a\0\0\0\x1c\0\0\0LZFu\xe2\xd4KQA\0\x04 WXYZ\x0dn}\x01\x0e\xb0";
        assert_eq!(decompress(crossing).unwrap(), b"{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}");
        assert_eq!(decompress(b"\x04\0\0\0\x03\0\0\0MELA\0\0\0\0abcd").unwrap(), b"abc");
        assert_eq!(decompress(b"short"), None);
    }

    #[test]
    fn a_declared_size_is_no_promise() {
        let mut bomb = b"\xff\xff\xff\x7f\xff\xff\xff\x7fLZFu\0\0\0\0".to_vec();
        // Runs of 17 bytes each out of the dictionary.
        bomb.extend(b"\xff\0\x0f\0\x0f\0\x0f\0\x0f\0\x0f\0\x0f\0\x0f\0\x0f".repeat(200_000));
        assert!(decompress(&bomb).unwrap().len() <= OUTPUT_BYTES_MAX + 17);
    }
}
