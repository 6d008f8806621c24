//! Times for people: `14:02` today, `Tuesday 14:02` this week, `12 Oct 14:02` this year.

use jiff::{Span, Timestamp, Zoned, civil, tz::TimeZone};

/// When something was, in the person's own time zone.
pub(crate) fn when(at: Timestamp) -> String {
    when_from(at, &Zoned::now())
}

fn when_from(at: Timestamp, now: &Zoned) -> String {
    let at = at.to_zoned(now.time_zone().clone());
    let days = (now.date() - at.date()).get_days();
    let format = match days {
        0 => "%H:%M",
        1..=6 => "%A %H:%M",
        _ if at.year() == now.year() => "%-d %b %H:%M",
        _ => "%-d %b %Y",
    };
    at.strftime(format).to_string()
}

/// The time of day to the second.
pub(crate) fn clock(at: Timestamp) -> String {
    at.to_zoned(TimeZone::system()).strftime("%H:%M:%S").to_string()
}

/// Reads a point in time: RFC 3339, a day (`2025-01-31`), or how long ago it was (`2h`, `3d`, `1w`).
pub(crate) fn parse_since(text: &str) -> Result<Timestamp, String> {
    since_from(text, &Zoned::now())
}

fn since_from(text: &str, now: &Zoned) -> Result<Timestamp, String> {
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(at);
    }
    if let Ok(day) = text.parse::<civil::Date>() {
        return day
            .to_zoned(now.time_zone().clone())
            .map(|day| day.timestamp())
            .map_err(|error| error.to_string());
    }
    let ago = text.parse::<Span>().map_err(|_| {
        "expected a time like 2025-01-31T12:00:00Z, a day like 2025-01-31, or how long ago it was, like 2h or 3d"
            .to_owned()
    })?;
    now.checked_sub(ago.abs()).map(|at| at.timestamp()).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Zoned {
        // A Thursday.
        "2025-06-12T15:00:00+02:00[Europe/Berlin]".parse().unwrap()
    }

    #[test]
    fn times_for_people() {
        for (at, shown) in [
            ("2025-06-12T12:02:00Z", "14:02"),
            ("2025-06-11T22:30:00Z", "00:30"),
            ("2025-06-10T12:02:00Z", "Tuesday 14:02"),
            ("2025-05-01T12:02:00Z", "1 May 14:02"),
            ("2024-10-12T12:02:00Z", "12 Oct 2024"),
        ] {
            assert_eq!(when_from(at.parse().unwrap(), &now()), shown);
        }
    }

    #[test]
    fn since() {
        for (text, at) in [
            ("2025-06-12T12:00:00Z", "2025-06-12T12:00:00Z"),
            ("2025-06-12T14:00:00+02:00", "2025-06-12T12:00:00Z"),
            ("2025-06-01", "2025-05-31T22:00:00Z"),
            ("2h", "2025-06-12T11:00:00Z"),
            ("3d", "2025-06-09T13:00:00Z"),
            ("1w", "2025-06-05T13:00:00Z"),
            ("2 hours ago", "2025-06-12T11:00:00Z"),
        ] {
            assert_eq!(since_from(text, &now()).unwrap().to_string(), at, "{text}");
        }
        assert!(since_from("yesterday", &now()).is_err());
        assert!(since_from("", &now()).is_err());
    }
}
