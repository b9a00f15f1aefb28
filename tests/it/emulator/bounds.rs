//! What an emulator remembers has bounds, whoever asks however often.

use super::{NOW, authorize, emulator};
use franceconnect_edge::emulator::{Emulator, Request, Visitor};

/// Begins a login in this browser; answers the path of its first page.
fn begin(emulator: &mut Emulator, visitor: &mut Visitor) -> String {
    let reply = visitor.send(emulator, NOW, Request::get(&authorize(&[])));
    reply.get("location").unwrap().to_owned()
}

#[test]
fn a_browser_has_so_many_logins_under_way_and_loses_the_oldest() {
    let (mut emulator, mut visitor) = (emulator(), Visitor::new());
    let pages: Vec<String> = (0..33)
        .map(|second| {
            let now = NOW.plus(second);
            let reply = visitor.send(&mut emulator, now, Request::get(&authorize(&[])));
            reply.get("location").unwrap().to_owned()
        })
        .collect();
    let mut shown = |page: &String| visitor.send(&mut emulator, NOW.plus(33), Request::get(page)).status;
    assert_eq!(pages.iter().map(&mut shown).collect::<Vec<_>>(), [vec![400], vec![200; 32]].concat());
}

#[test]
fn browsers_beyond_a_number_push_out_the_oldest() {
    let mut emulator = emulator();
    let (mut first, mut last) = (Visitor::new(), Visitor::new());
    let page = begin(&mut emulator, &mut first);
    for _ in 0..4_095 {
        begin(&mut emulator, &mut Visitor::new());
    }
    assert_eq!(first.send(&mut emulator, NOW, Request::get(&page)).status, 200);
    let newest = begin(&mut emulator, &mut last);
    assert_eq!(first.send(&mut emulator, NOW, Request::get(&page)).status, 401);
    assert_eq!(last.send(&mut emulator, NOW, Request::get(&newest)).status, 200);
}

#[test]
fn calls_that_nobody_takes_are_not_kept_for_ever() {
    let mut emulator = emulator();
    for _ in 0..20_000 {
        emulator.handle(NOW, &Request::get("/ailleurs"));
    }
    assert!(emulator.calls().len() <= 16_384, "{}", emulator.calls().len());
}
