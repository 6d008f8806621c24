//! `GET /activity`.

use crate::{ApiError, Code, Context, Method, Scope, Verb, wire::ActivityReply};
use autocommit_core::{Timestamp, activity::ActivityQuery};
use jiff::tz::{Offset, TimeZone};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

/// Days told where the request names no number: a year of whole weeks.
const DEFAULT_DAYS: i64 = 371;
/// Days told at most.
const MOST_DAYS: i64 = 1100;
/// The furthest from UTC that a place can be, in minutes.
const FURTHEST: i32 = 18 * 60;

/// Counts what was committed.
pub struct Activity;

/// Which days.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[serde(default, deny_unknown_fields)]
pub struct ActivityRequest {
    /// How many days, today being the last: 371 where it is left out, clamped to between 1 and 1100.
    pub days: Option<i64>,
    /// The caller's time zone, such as `Europe/Berlin`: it says when each day begins.
    pub zone: Option<String>,
    /// Minutes that the caller's clock is ahead of UTC now, such as 60 for Berlin in winter: for a zone that is left out, or
    /// that this machine does not know.
    #[schema(minimum = -1080, maximum = 1080)]
    pub offset_minutes: Option<i32>,
}

impl Method for Activity {
    const NAME: &'static str = "activity";
    const VERB: Verb = Verb::Get;
    const PATH: &'static str = "/activity";
    const SCOPE: Option<Scope> = Some(Scope::Read);
    const SUMMARY: &'static str =
        "Counts commits by day, by hour and by repository, and how long pushes took.";
    const ERRORS: &'static [Code] = &[Code::Unavailable];
    type Request = ActivityRequest;
    type Response = ActivityReply;

    async fn call(context: &Context, request: ActivityRequest) -> Result<ActivityReply, ApiError> {
        let query = query(&request, Timestamp::now())?;
        Ok(context.engine.activity(&query).await?.into())
    }
}

fn query(request: &ActivityRequest, now: Timestamp) -> Result<ActivityQuery, ApiError> {
    let days = request.days.unwrap_or(DEFAULT_DAYS).clamp(1, MOST_DAYS);
    let minutes = request.offset_minutes.unwrap_or(0);
    let offset = (-FURTHEST..=FURTHEST).contains(&minutes).then(|| Offset::from_seconds(minutes * 60).ok());
    let offset = offset.flatten().ok_or_else(|| {
        ApiError::new(
            Code::BadRequest,
            "`offset_minutes` in the query is wrong: no place is further than 18 hours from UTC.",
        )
    })?;
    let zone = request.zone.as_deref().and_then(|zone| TimeZone::get(zone).ok());
    let zone = zone.unwrap_or_else(|| TimeZone::fixed(offset));
    Ok(ActivityQuery { days: u32::try_from(days).unwrap_or(1), zone, now })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked() {
        let of = |days, zone: Option<&str>, offset_minutes| {
            let zone = zone.map(str::to_owned);
            query(&ActivityRequest { days, zone, offset_minutes }, Timestamp::UNIX_EPOCH)
        };
        for (days, expected) in [(None, 371), (Some(-3), 1), (Some(7), 7), (Some(i64::MAX), 1100)] {
            assert_eq!(of(days, None, None).unwrap().days, expected, "{days:?}");
        }
        for (zone, minutes, hour) in [
            (None, None, 0),
            (None, Some(345), 5),
            (None, Some(-720), 12),
            (Some("Nowhere/Known"), Some(120), 2),
            (Some("UTC"), Some(120), 0),
        ] {
            let hour_there = of(None, zone, minutes).unwrap().hour(Timestamp::UNIX_EPOCH);
            assert_eq!(hour_there, hour, "{zone:?} {minutes:?}");
        }
        for minutes in [i32::MAX, i32::MIN, 1081, -1081] {
            assert_eq!(of(None, None, Some(minutes)).unwrap_err().code, Code::BadRequest, "{minutes}");
        }
    }
}
