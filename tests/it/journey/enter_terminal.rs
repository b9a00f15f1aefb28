//! `journey enter` at a terminal: nothing of the secret shows, and the terminal is as it was whatever ends the command.

use std::fs;

use rustix::process::Signal;

use super::enter::{ID, SECRET, enter, holders, kept, team};
use super::terminal::Terminal;

/// What a terminal sends when somebody pastes.
fn pasted(text: &str) -> String {
    format!("\u{1b}[200~{text}\u{1b}[201~\r")
}

#[test]
fn a_secret_typed_unseen_is_asked_for_twice() {
    let folder = team();
    let mut terminal = Terminal::start(enter(&folder, &[]));
    terminal.expect("courriel ? ");
    assert!(terminal.shows());
    terminal.press(&format!("{ID}\n"));
    terminal.expect("L’y écrire maintenant ? (o/n) ");
    terminal.press("o\n");
    terminal.expect("(ne s’affiche pas) ? ");
    assert!(!terminal.shows());
    terminal.press(&format!("wrong\u{15}{SECRET}\r"));
    terminal.expect("pour comparer ? ");
    terminal.press(&format!("{}\r", SECRET.to_lowercase()));
    terminal.expect("Les deux diffèrent.");
    terminal.expect("(ne s’affiche pas) ? ");
    terminal.press(&format!("{SECRET}\r"));
    terminal.expect("pour comparer ? ");
    assert!(!terminal.shows());
    terminal.press(&format!("{SECRET}\r"));
    terminal.expect("FC_CLIENT_SECRET est entré.");
    let (status, seen) = terminal.end();
    assert_eq!((status, kept(&folder, "input").as_str()), (0, SECRET), "{seen}");
    assert!(seen.contains(ID) && !seen.contains(&SECRET[..6]), "{seen}");
    assert_eq!(holders(folder.path(), SECRET), [folder.path().join("kept/input")]);
    let written = fs::read_to_string(folder.path().join("wrangler.toml")).unwrap();
    assert_eq!(written.matches(&format!("FC_CLIENT_ID = \"{ID}\"")).count(), 1);
}

#[test]
fn a_paste_is_judged_whole_and_asked_for_once() {
    let folder = team();
    let mut terminal = Terminal::start(enter(&folder, &["--next"]));
    for (keys, reason) in [
        (pasted(&format!("Votre secret :\n{SECRET}\nBonne journée")), "on dirait le message entier"),
        (pasted(&SECRET[..30]), "n’a que 30 caractères"),
        ("\r".to_owned(), "n’a pas été saisi"),
        // A terminal that does not mark pastes: the first line counts, and the rest goes to nobody, the shell neither.
        (format!("Votre secret :\r{SECRET}\r{SECRET}\r"), "contient un blanc"),
    ] {
        terminal.expect("(ne s’affiche pas) ? ");
        terminal.press(&keys);
        terminal.expect(reason);
    }
    terminal.expect("(ne s’affiche pas) ? ");
    terminal.press(&pasted(&format!(" {SECRET}\n")));
    terminal.expect("FC_CLIENT_SECRET_NEXT est entré.");
    let (status, seen) = terminal.end();
    assert_eq!((status, kept(&folder, "input").as_str()), (0, SECRET), "{seen}");
    assert!(!seen.contains("pour comparer") && !seen.contains(&SECRET[..6]), "{seen}");
}

#[test]
fn whatever_ends_it_the_terminal_speaks_again() {
    for (signal, keys, status) in [
        (None, "abc\u{3}", 130),
        (None, "abc\u{1c}", 130),
        (None, "\u{4}", 1),
        (Some(Signal::INT), "", 130),
        (Some(Signal::TERM), "", 143),
        (Some(Signal::QUIT), "", 131),
        (Some(Signal::HUP), "", 129),
    ] {
        let folder = team();
        let mut terminal = Terminal::start(enter(&folder, &["--next"]));
        terminal.expect("(ne s’affiche pas) ? ");
        terminal.press(keys);
        if let Some(signal) = signal {
            terminal.signal(signal);
        }
        terminal.expect("rien n’est entré.");
        let (ended, seen) = terminal.end();
        assert_eq!(ended, status, "{keys:?} {signal:?}: {seen}");
        assert!(!seen.contains("abc") && !folder.path().join("kept").exists(), "{seen}");
    }
}

#[test]
fn a_terminal_that_the_shell_made_speak_is_made_mute_again() {
    let folder = team();
    let mut terminal = Terminal::start(enter(&folder, &["--next"]));
    terminal.expect("(ne s’affiche pas) ? ");
    terminal.make_it_show();
    terminal.expect_mute();
    terminal.press(&pasted(SECRET));
    terminal.expect("est entré.");
    let (status, seen) = terminal.end();
    assert!(status == 0 && !seen.contains(&SECRET[..6]), "{seen}");
}

#[test]
fn a_program_that_was_not_ready_is_tried_again_with_the_same_secret() {
    let folder = team();
    folder.write("refuse", "");
    let mut terminal = Terminal::start(enter(&folder, &["--next"]));
    terminal.expect("(ne s’affiche pas) ? ");
    terminal.press(&pasted(SECRET));
    terminal.expect("npx a échoué");
    terminal.expect("réessayer ? (o/n) ");
    terminal.press("o\n");
    terminal.expect("est entré.");
    let (status, seen) = terminal.end();
    assert!(status == 0 && !seen.contains(&SECRET[..6]), "{seen}");
    // And who gives up has entered nothing.
    folder.write("refuse", "");
    let mut terminal = Terminal::start(enter(&folder, &["--next"]));
    terminal.expect("(ne s’affiche pas) ? ");
    terminal.press(&pasted(SECRET));
    terminal.expect("réessayer ? (o/n) ");
    terminal.press("n\n");
    assert_eq!(terminal.end().0, 1);
}

#[test]
fn an_interruption_while_the_program_runs_says_that_it_may_have_the_secret() {
    let folder = team();
    folder.write("wait", "");
    let mut terminal = Terminal::start(enter(&folder, &["--next"]));
    terminal.expect("(ne s’affiche pas) ? ");
    terminal.press(&pasted(SECRET));
    while !folder.path().join("kept/waits").exists() {
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    terminal.signal(Signal::TERM);
    terminal.expect("a peut-être déjà pris le secret.");
    let (status, seen) = terminal.end();
    assert!(status == 143 && !seen.contains("est entré"), "{seen}");
}

#[test]
fn a_person_is_asked_at_the_terminal_wherever_the_words_go() {
    let folder = team();
    let said = folder.path().join("said");
    let mut terminal =
        Terminal::start_with(enter(&folder, &["--next"]), Some(fs::File::create(&said).unwrap()));
    terminal.expect("(ne s’affiche pas) ? ");
    assert!(!terminal.shows());
    terminal.press(&pasted(SECRET));
    let (status, seen) = terminal.end();
    assert!(status == 0 && !seen.contains(&SECRET[..6]), "{seen}");
    let said = fs::read_to_string(said).unwrap();
    assert!(said.contains("FC_CLIENT_SECRET_NEXT est entré.") && !said.contains('\u{1b}'), "{said}");
}
