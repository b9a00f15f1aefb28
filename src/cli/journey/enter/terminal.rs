//! Decides how a terminal is asked: a line that shows, a line that does not, and a terminal that is as it was before
//! whatever ends the wait. Without a terminal the lines come from standard input, where nothing is echoed by anybody.

use std::fs::File;
use std::io::{self, IsTerminal, Read, Write};
use std::time::Duration;

use zeroize::Zeroizing;

use super::mode::{Mute, is_ready, keyboard};
use super::signal::Signals;
use super::typing::{End, MOST, Typing};
use crate::secret::Secret;

/// How long the wait for a key sleeps before it looks again, at keys and at signals.
const NAP: Duration = Duration::from_millis(20);

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum Silence {
    /// A signal, or Ctrl-C: the status to leave with.
    Stopped(u8),
    /// There is no more input.
    Ended,
    /// What came was no line that a secret could be on.
    Odd,
    /// The terminal cannot be told to be mute: nothing is asked then.
    Failed(io::Error),
}

/// A line, and whether it was typed by hand where nobody saw it.
pub(super) struct Answer {
    pub(super) line: Secret,
    pub(super) blind: bool,
}

/// Where answers come from.
pub(super) struct Terminal {
    keyboard: File,
    signals: Signals,
    interactive: bool,
    /// Standard input, read as a whole where it is no terminal.
    lines: Vec<Secret>,
}

impl Terminal {
    /// Takes standard input over, and heeds signals from here on.
    pub(super) fn open() -> io::Result<Self> {
        let (mut keyboard, interactive) = (keyboard()?, io::stdin().is_terminal());
        let mut lines = Vec::new();
        if !interactive {
            // One allocation, which is wiped; a byte more than it holds says that there is too much.
            let mut text = Zeroizing::new(Vec::with_capacity(MOST + 1));
            let mut limited = (&mut keyboard).take(MOST as u64 + 1);
            limited.read_to_end(&mut text)?;
            let text = std::str::from_utf8(&text).ok().filter(|text| text.len() <= MOST);
            let text = text.ok_or(io::ErrorKind::InvalidData)?;
            lines = text.lines().map(Secret::new).rev().collect();
        }
        Ok(Self { keyboard, signals: Signals::heed()?, interactive, lines })
    }

    /// Whether a person is asked.
    pub(super) fn is_interactive(&self) -> bool {
        self.interactive
    }

    /// How many lines are left that nobody asked for.
    pub(super) fn rest(&self) -> usize {
        self.lines.iter().filter(|line| !line.expose().trim().is_empty()).count()
    }

    /// Ends at a signal, with the status to leave with.
    pub(super) async fn stopped(&mut self) -> u8 {
        self.signals.next().await
    }

    /// Asks for a line that shows.
    pub(super) async fn ask(&mut self, question: &str) -> Result<Secret, Silence> {
        if !self.interactive {
            return self.lines.pop().ok_or(Silence::Ended);
        }
        self.tell(question);
        // The terminal keeps the line until Enter.
        let mut line = Zeroizing::new(vec![0; MOST]);
        self.wait(None).await?;
        let length = self.keyboard.read(&mut line).map_err(|_| Silence::Ended)?;
        let line = line.get(..length).unwrap_or_default();
        match std::str::from_utf8(line) {
            Ok("") => Err(Silence::Ended),
            Ok(line) => Ok(Secret::new(line)),
            Err(_) => Err(Silence::Odd),
        }
    }

    /// Asks for a line that does not show.
    pub(super) async fn ask_hidden(&mut self, question: &str) -> Result<Answer, Silence> {
        if !self.interactive {
            let line = self.lines.pop().ok_or(Silence::Ended)?;
            return Ok(Answer { line, blind: false });
        }
        // The question comes once nothing shows any more, and goes only when the terminal is as it was.
        let mute = Mute::new(&self.keyboard).map_err(Silence::Failed)?;
        self.tell(question);
        let end = self.line_of(&mute).await;
        drop(mute);
        self.tell("\n");
        match end? {
            End::Line(line, pasted) => Ok(Answer { line, blind: !pasted }),
            End::Interrupt => Err(Silence::Stopped(130)),
            End::Leave => Err(Silence::Ended),
            End::Odd => Err(Silence::Odd),
        }
    }

    async fn line_of(&mut self, mute: &Mute) -> Result<End, Silence> {
        let mut typing = Typing::new();
        let mut key = Zeroizing::new([0; 1]);
        loop {
            self.wait(Some(mute)).await?;
            match self.keyboard.read(&mut *key) {
                Ok(1) => {}
                _ => return Err(Silence::Ended),
            }
            if let Some(end) = key.first().and_then(|key| typing.take(*key)) {
                return Ok(end);
            }
        }
    }

    /// Words for the person at the terminal, wherever standard output and standard error go.
    fn tell(&self, words: &str) {
        // `</dev/tty` cannot be written to; a terminal that has gone gives no answer either.
        if (&self.keyboard).write_all(words.as_bytes()).is_err() {
            let _ = io::stderr().write_all(words.as_bytes());
        }
    }

    /// Waits until there is something to read, or a signal.
    async fn wait(&mut self, mute: Option<&Mute>) -> Result<(), Silence> {
        loop {
            // A program that was stopped and goes on finds the terminal as the shell left it: showing.
            mute.map_or(Ok(()), Mute::again).map_err(Silence::Failed)?;
            if is_ready(&self.keyboard) {
                return Ok(());
            }
            tokio::select! {
                status = self.signals.next() => return Err(Silence::Stopped(status)),
                () = tokio::time::sleep(NAP) => {}
            }
        }
    }
}
