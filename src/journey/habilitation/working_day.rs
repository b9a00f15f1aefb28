//! Decides which days are working days in France: Mondays to Fridays but public holidays (code du travail, L3133-1), of which
//! three move with Easter.

use crate::time::Timestamp;

/// Seconds of a day.
const DAY: i64 = 86_400;
/// Holidays that have the same date each year.
const FIXED: [&str; 8] = ["01-01", "05-01", "05-08", "07-14", "08-15", "11-01", "11-11", "12-25"];
/// Days after Easter Sunday: Easter Monday, Ascension Day, Whit Monday.
const AFTER_EASTER: [i64; 3] = [1, 39, 50];

/// The working days after `from`, up to `to`.
pub(super) fn between(from: Timestamp, to: Timestamp) -> impl Iterator<Item = Timestamp> {
    let days = (1..).map(move |count: i64| from.plus(count.saturating_mul(DAY)));
    days.take_while(move |day| *day <= to).filter(|day| is_working(*day))
}

fn is_working(day: Timestamp) -> bool {
    let days = day.unix().div_euclid(DAY);
    // 1970-01-01 was a Thursday; weeks begin on Monday.
    let weekday = days.saturating_add(3).rem_euclid(7);
    let written = day.day();
    let holiday = written.split_once('-').is_some_and(|(year, date)| {
        let easter = year.parse().ok().and_then(easter);
        let after = easter.map(|easter| days - easter.unix().div_euclid(DAY));
        FIXED.contains(&date) || after.is_some_and(|after| AFTER_EASTER.contains(&after))
    });
    weekday < 5 && !holiday
}

/// Easter Sunday of a year of the Gregorian calendar (J.-M. Oudin, 1940).
fn easter(year: i64) -> Option<Timestamp> {
    let century = year / 100;
    let golden = year % 19;
    let moon = (century - century / 4 - (century - (century - 17) / 25) / 3 + 19 * golden + 15) % 30;
    let moon = moon - moon / 28 * (1 - moon / 28 * (29 / (moon + 1)) * ((21 - golden) / 11));
    let weekday = (year + year / 4 + moon + 2 - century + century / 4) % 7;
    // Days after 28 March, of the Sunday after the full moon.
    let after = moon - weekday;
    let month = 3 + (after + 40) / 44;
    let day = after + 28 - 31 * (month / 4);
    Timestamp::of_day(&format!("{year:04}-{month:02}-{day:02}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn easter_is_where_the_almanac_has_it() {
        // The earliest and the latest there can be among them, and the two exceptions of the lunar cycle.
        for day in [
            "1981-04-19",
            "2000-04-23",
            "2008-03-23",
            "2024-03-31",
            "2025-04-20",
            "2026-04-05",
            "2027-03-28",
            "2038-04-25",
            "2049-04-18",
            "2076-04-19",
            "2100-03-28",
            "2285-03-22",
        ] {
            let year = day[..4].parse().unwrap();
            assert_eq!(easter(year).unwrap().day(), day);
        }
    }

    #[test]
    fn saturdays_sundays_and_public_holidays_are_no_working_days() {
        let day = |text| Timestamp::of_day(text).unwrap();
        for (from, to, count) in [
            // 2026-11-25 is a Wednesday.
            ("2026-11-25", "2026-11-25", 0),
            ("2026-11-25", "2026-11-27", 2),
            ("2026-11-25", "2026-11-29", 2),
            ("2026-11-25", "2026-11-30", 3),
            ("2026-11-25", "2026-12-02", 5),
            ("2026-11-25", "2026-11-24", 0),
            // Christmas is a Friday, and so is the first of January.
            ("2026-12-23", "2027-01-04", 6),
            // Easter Monday, then two Fridays and Ascension Day, then Whit Monday.
            ("2026-04-03", "2026-04-07", 1),
            ("2026-04-30", "2026-05-15", 8),
            ("2026-05-22", "2026-05-26", 1),
            ("2026-07-13", "2026-07-15", 1),
            // Assumption and All Saints fall on days that are none anyway; the eleventh of November does not.
            ("2026-08-14", "2026-08-17", 1),
            ("2026-10-30", "2026-11-02", 1),
            ("2026-11-10", "2026-11-12", 1),
            // Good Friday is a holiday in Alsace-Moselle alone.
            ("2026-04-02", "2026-04-03", 1),
        ] {
            assert_eq!(between(day(from), day(to)).count(), count, "{from} {to}");
        }
    }
}
