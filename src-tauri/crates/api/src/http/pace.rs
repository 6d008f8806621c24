//! How often something may be asked. One counter for everybody: all who ask are of this machine, and whoever has the right
//! token is never kept from reading.

use std::{
    sync::{Mutex, PoisonError},
    time::Instant,
};

/// So many at once, and so many more with each second.
pub(super) struct Pace {
    most: f64,
    a_second: f64,
    state: Mutex<(f64, Instant)>,
}

impl Pace {
    pub(super) fn new(most: u32, a_second: u32) -> Self {
        let most = f64::from(most);
        Self { most, a_second: f64::from(a_second), state: Mutex::new((most, Instant::now())) }
    }

    /// Whether there is room for one more; it is taken.
    pub(super) fn one_more(&self, now: Instant) -> bool {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let (left, seen) = *state;
        let left = now.duration_since(seen).as_secs_f64().mul_add(self.a_second, left).min(self.most);
        let room = left >= 1.0;
        *state = (if room { left - 1.0 } else { left }, now);
        room
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn some_at_once_and_then_as_time_goes_by() {
        let (pace, now) = (Pace::new(3, 2), Instant::now());
        assert!((0..3).all(|_| pace.one_more(now)));
        assert!(!pace.one_more(now) && !pace.one_more(now + Duration::from_millis(400)));
        let later = now + Duration::from_secs(1);
        assert!(pace.one_more(later) && pace.one_more(later) && !pace.one_more(later));
        let much_later = now + Duration::from_secs(3600);
        assert_eq!((0..10).filter(|_| pace.one_more(much_later)).count(), 3, "it does not add up");
    }
}
