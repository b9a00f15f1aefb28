//! Decides which spellings of a page a protection takes for one: those that some reader behind the gate does. File systems
//! ignore letter case and how an accent is encoded, databases ignore the accent itself.

/// Signs that may stand for any other of their kind: letters without a base in ASCII, other scripts, symbols.
const ANY: char = '*';

/// The base letters of U+00C0 to U+024F by their canonical decomposition, or as they are written without the sign;
/// `A`, `O` and `S` are `ae`, `oe` and `ss`.
const LATIN: &[u8; 400] = b"\
    aaaaaaAceeeeiiiidnooooo*ouuuuy*SaaaaaaAceeeeiiiidnooooo*ouuuuy*yaaaaaaccccccccddddeeeeeeeeeegggggggg\
    hhhhiiiiiiiiii**jjkk*llllllllllnnnnnn***ooooooOOrrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs********\
    ************************oo*************uu****************************aaiioouuuuuuuuuu*aaaaAA**ggkkoo\
    oo**j***gg**nnaaAAooaaaaeeeeiiiioooorrrruuuusstt**hh******aaeeooooooooyy****************************";

/// The same of U+1E00 to U+1EFF.
const LATIN_ADDITIONAL: &[u8; 256] = b"\
    aabbbbbbccddddddddddeeeeeeeeeeffgghhhhhhhhhhiiiikkkkkkllllllllmmmmmmnnnnnnnnoooooooopppprrrrrrrrssss\
    ssssssttttttttuuuuuuuuuuvvvvwwwwwwwwwwxxxxyyzzzzzzhtwy*s**S*aaaaaaaaaaaaaaaaaaaaaaaaeeeeeeeeeeeeeeee\
    iiiioooooooooooooooooooooooouuuuuuuuuuuuuuyyyyyyyy******";

/// The page as the laxest reader spells it: lower case, without accents, with every run of other signs as one, since what
/// is one character to a reader may be three to another.
pub(super) fn plain(page: &str) -> String {
    let mut plain = String::with_capacity(page.len());
    for c in page.chars() {
        match base(c) {
            _ if is_unseen(c) => {}
            ANY if plain.ends_with(ANY) => {}
            'A' => plain.push_str("ae"),
            'O' => plain.push_str("oe"),
            'S' => plain.push_str("ss"),
            base => plain.push(base),
        }
    }
    plain
}

/// The same to a reader that ignores some of those signs, as databases do marks and tags: without any.
pub(super) fn bare(plain: &str) -> String {
    plain.replace(ANY, "")
}

fn base(c: char) -> char {
    if c.is_ascii() {
        return c.to_ascii_lowercase();
    }
    let at = |table: &[u8], first: u32| {
        let place = usize::try_from(u32::from(c).checked_sub(first)?).ok()?;
        table.get(place).copied().map(char::from)
    };
    match c {
        'ª' => 'a',
        'º' => 'o',
        '¹' => '1',
        '²' => '2',
        '³' => '3',
        '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => ' ',
        _ => at(LATIN, 0xc0).or_else(|| at(LATIN_ADDITIONAL, 0x1e00)).unwrap_or(ANY),
    }
}

/// Marks that belong to the letter before them, and characters that show nothing.
pub(super) fn is_unseen(c: char) -> bool {
    matches!(u32::from(c), 0xad | 0x300..=0x344 | 0x346..=0x362 | 0x200b..=0x200f | 0x202a..=0x202e | 0x2060..=0x206f
        | 0x20d0..=0x20ff | 0xfe00..=0xfe0f | 0xfe20..=0xfe2f | 0xfeff)
}

/// Whether some reader takes the character for one of ASCII, or for several: by its decomposition, by case folding, or
/// because it is one of ASCII in another width or style, or a digit or letter of the same weight (Unicode Collation
/// Algorithm). No path has it.
pub(super) fn is_ascii_in_disguise(c: char) -> bool {
    c > '»' && c.is_numeric()
        || matches!(u32::from(c), 0x132..=0x133 | 0x149 | 0x1be | 0x1c4..=0x1cc | 0x1f1..=0x1f3 | 0x2a3 | 0x2a6
        | 0x2b0..=0x2b8 | 0x2e0..=0x2e4 | 0x363..=0x36f | 0x37e | 0x1ab0..=0x1aff | 0x1d2c..=0x1dff | 0x1e9a | 0x1fef
        | 0x2024..=0x2026 | 0x203c | 0x2044 | 0x2047..=0x2049 | 0x2070..=0x209f | 0x20a8 | 0x2100..=0x218f | 0x2260
        | 0x226e..=0x226f | 0x2460..=0x24ff | 0x2a74..=0x2a76 | 0x2c7c..=0x2c7d | 0x3250 | 0x32cc..=0x32cf
        | 0x3371..=0x33ff | 0xa722..=0xa7ff | 0xfb00..=0xfb06 | 0xfb29 | 0xfe10..=0xfe1f | 0xfe30..=0xfe6f
        | 0xff01..=0xff5e | 0x10780..=0x107bf | 0x1ccd6..=0x1ccf9 | 0x1d400..=0x1d7ff | 0x1f100..=0x1f1e5
        | 0x1fbf0..=0x1fbf9)
}
