//! Decides how a date of birth is read and written out: `YYYY-MM-DD`, where FranceConnect+ gives a day, or a month and a
//! day, that nobody knows as `00`.

use crate::time::MONTHS_FR;

/// A date of birth, as far as it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BirthDate {
    year: u32,
    /// 1 to 12, or 0 if it is not known.
    month: u32,
    /// 1 to 31, or 0 if it is not known, as where the month is not.
    day: u32,
}

const MONTHS_EN: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

impl BirthDate {
    /// Reads a date that the calendar has, whole or in part; nothing else is one.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let mut number = |digits: usize| {
            let part = parts.next().filter(|part| part.len() == digits)?;
            part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse::<u32>().ok())?
        };
        let (year, month, day) = (number(4)?, number(2)?, number(2)?);
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let last = match month {
            0 => 0,
            2 => 28 + u32::from(leap),
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        };
        let real = year > 0 && month <= 12 && day <= last && parts.next().is_none();
        real.then_some(Self { year, month, day })
    }

    /// As French people write it: "1er mars 1962".
    pub fn in_french(self) -> String {
        let ordinal = if self.day == 1 { "er" } else { "" };
        self.written(&MONTHS_FR, ordinal, [" (jour inconnu)", " (jour et mois inconnus)"])
    }

    /// As it is written in English: "1 March 1962".
    pub fn in_english(self) -> String {
        self.written(&MONTHS_EN, "", [" (day unknown)", " (day and month unknown)"])
    }

    fn written(self, months: &[&str; 12], ordinal: &str, unknown: [&str; 2]) -> String {
        let Self { year, month, day } = self;
        let named = month.checked_sub(1).and_then(|before| months.get(usize::try_from(before).ok()?));
        match named {
            None => format!("{year}{}", unknown[1]),
            Some(month) if day == 0 => format!("{month} {year}{}", unknown[0]),
            Some(month) => format!("{day}{ordinal} {month} {year}"),
        }
    }
}
