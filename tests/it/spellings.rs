//! One page in many spellings: a protection holds in all of them, an exception in its own alone.

use franceconnect_edge::site::{Access, Demand, Exceptions, Protected, Rules, SitePath};
use unicode_normalization::UnicodeNormalization;

const CLOSED: Access = Access::Protected(Demand(None));

fn encoded(text: &str) -> String {
    let slash = |byte: u8| if byte == b'/' { "/".to_owned() } else { format!("%{byte:02X}") };
    text.bytes().map(slash).collect()
}

/// Whether a protection of one page covers the other; nothing if no request may have that path.
fn covers(page: &str, asked: &str) -> Option<bool> {
    let rules = Protected::parse(&encoded(page)).ok()?;
    Some(rules.covers(&SitePath::parse(&encoded(asked)).ok()?))
}

/// The forms in which a file system may keep the text, or look for it.
fn forms(text: &str) -> Vec<String> {
    let cases = [text.to_owned(), text.to_lowercase(), text.to_uppercase()];
    cases.iter().flat_map(|text| [text.clone(), text.nfc().collect(), text.nfd().collect()]).collect()
}

#[test]
fn a_protection_holds_for_every_letter_in_every_form() {
    let (mut seen, mut refused) = (0, Vec::new());
    let another = |c: &char| forms(&c.to_string()).iter().any(|form| *form != c.to_string());
    // Of the syllables of Hangul, which are all made in one way, a few.
    let few = |c: &char| !('\u{ac00}'..='\u{d7a3}').contains(c) || u32::from(*c).is_multiple_of(101);
    for c in ('\u{80}'..='\u{2ffff}').filter(few).filter(another) {
        let page = format!("/a{c}a");
        for form in forms(&page) {
            seen += 1;
            match (covers(&page, &form), covers(&form, &page)) {
                (None, _) | (_, None) => refused.push(c),
                both => assert_eq!(both, (Some(true), Some(true)), "{page:?} {form:?}"),
            }
        }
    }
    assert!(seen > 30_000, "{seen}");
    // What is one of ASCII in disguise, or a letter that Unicode itself gave up, is no path at all.
    refused.dedup();
    let block = |c: char| matches!(u32::from(c), 0x1d2c..=0x1dff | 0xa722..=0xa7ff);
    let other = |c: &char| ascii_of(*c).is_none() && !forms(&c.to_string()).concat().contains(block);
    let refused: String = refused.into_iter().filter(other).collect();
    assert_eq!(refused, "\u{149}\u{1e9a}\u{2126}\u{2132}\u{214e}\u{2183}\u{2184}");
}

/// What a character is in ASCII to a reader that knows neither accents nor styles, if it is anything there.
fn ascii_of(c: char) -> Option<String> {
    let mark = |c: &char| matches!(u32::from(*c), 0x300..=0x36f);
    let plain: String = c.nfkd().filter(|c| !mark(c)).flat_map(char::to_lowercase).collect();
    let plain = plain.replace('\u{2044}', "/");
    (!plain.trim().is_empty() && plain.is_ascii()).then_some(plain)
}

#[test]
fn no_style_of_a_letter_and_no_sign_that_databases_ignore_leads_past_a_protection() {
    let mut seen = 0;
    for c in '\u{80}'..=char::MAX {
        let Some(plain) = ascii_of(c) else { continue };
        seen += 1;
        let (styled, plain) = (format!("/a{c}a"), format!("/a{plain}a"));
        assert_ne!(covers(&plain, &styled), Some(false), "{styled:?} {:x}", u32::from(c));
    }
    assert!(seen > 1_900, "{seen}");
    // The same digit, or the same letter, to the Unicode Collation Algorithm: MySQL compares texts by it.
    for same in
        ["/a\u{661}", "/a\u{967}", "/a\u{2781}", "/\u{363}1", "/\u{1f130}1", "/\u{a733}1", "/\u{1d79}1"]
    {
        assert!(SitePath::parse(&encoded(same)).is_err(), "{same}");
    }
    // It ignores these: marks of other scripts, tags, selectors of variants.
    for ignored in
        ['\u{64b}', '\u{5b0}', '\u{483}', '\u{93c}', '\u{61c}', '\u{180e}', '\u{e0061}', '\u{e0100}']
    {
        for (page, asked) in [
            ("/compte", "/comp{}te"),
            ("/compte", "/compte{}/a.html"),
            ("/compte", "/compte.ht{}ml"),
            ("/a文b", "/{}a文b"),
        ] {
            let asked = asked.replace("{}", &ignored.to_string());
            assert_eq!(covers(page, &asked), Some(true), "{page} {asked:?}");
        }
    }
    // File systems of macOS ignore some of these, too: no name begins with a dot behind one.
    for hidden in ["/\u{200c}.git/config", "/a/.\u{200c}git", "/\u{feff}.env", "/a/\u{200d}..\u{200d}/b"] {
        assert!(SitePath::parse(&encoded(hidden)).is_err(), "{hidden:?}");
    }
    for (page, asked) in
        [("/compte", "/文"), ("/文", "/compte"), ("/文", "/"), ("/文", "/compte/文"), ("/compte", "/l’eau")]
    {
        assert_eq!(covers(page, asked), Some(false), "{page} {asked}");
    }
    assert_eq!(covers("/surface-m2", "/surface-m²"), Some(true));
    assert_eq!(covers("/mes dossiers", "/mes\u{a0}dossiers"), Some(true));
}

#[test]
fn accents_close_nothing_but_the_page_they_are_on() {
    for (page, asked, covered) in [
        ("/café", "/cafe\u{301}", true),
        ("/cafe\u{301}", "/café/menu", true),
        ("/café", "/CAFÉ.html", true),
        ("/É", "/é", true),
        ("/privé", "/prive", true),
        ("/prive", "/privé", true),
        ("/prive", "/pri\u{200d}ve", true),
        ("/cœur", "/coeur", true),
        ("/straße", "/STRASSE", true),
        ("/sante", "/\u{17f}ante", true),
        ("/한국", "/\u{1112}\u{1161}\u{11ab}\u{1100}\u{116e}\u{11a8}", true),
        ("/compte", "/événements", false),
        ("/café", "/cafés", false),
        ("/café", "/caf", false),
        ("/année", "/anné", false),
        ("/privé", "/privée", false),
        ("/données", "/actualités", false),
    ] {
        assert_eq!(covers(page, asked), Some(covered), "{page} {asked}");
    }
    for disguised in
        ["/\u{212a}ey", "/\u{ff41}", "/\u{ff0e}\u{ff0e}/a", "/a\u{ff0f}b", "/a\u{37e}b", "/\u{fb01}n"]
    {
        assert!(SitePath::parse(&encoded(disguised)).is_err(), "{disguised}");
    }
}

#[test]
fn an_exception_opens_its_own_spelling_alone() {
    let rules = |protected: &str, public: &str| {
        let public = Exceptions::parse(public).unwrap();
        Rules::new(Protected::parse(protected).unwrap(), Exceptions::default(), public)
    };
    for (protected, public, asked, expected) in [
        ("/", "/café", "/café", Access::Public),
        ("/", "/café", "/cafe\u{301}", CLOSED),
        ("/", "/cafe\u{301}", "/café", CLOSED),
        ("/", "/cafe\u{301}", "/cafe\u{301}", Access::Public),
        ("/", "/café", "/CAFÉ", CLOSED),
        ("/", "/café", "/cafe", CLOSED),
        ("/privé", "/privé/aide", "/privé/aide", Access::Public),
        ("/privé", "/privé/aide", "/prive\u{301}/aide", CLOSED),
        // The same page in more bytes is not a longer one.
        ("/privé", "/prive\u{301}", "/prive\u{301}", CLOSED),
        ("/prive", "/privé", "/privé", CLOSED),
    ] {
        let access = rules(protected, public).access(&SitePath::parse(&encoded(asked)).unwrap());
        assert_eq!(access, expected, "{protected} {public} {asked}");
    }
    for (protected, public) in [
        ("/privé", "/prive\u{301}"),
        ("/prive", "/PRIVÉ"),
        ("/é", "/É.html"),
        ("/é/index.html", "/É/index.html"),
    ] {
        assert!(rules(protected, public).public_contradicts(), "{protected} {public}");
    }
    assert!(!rules("/privé", "/privé/aide, /public").public_contradicts());
}
