//! The supply of power and the connection: read when a cycle begins or somebody looks, and told by the system. How often
//! things are done follows from it (`core/power.rs`); a network that is back, and a machine that woke, lead to the waiting
//! pushes at once.

use crate::{Engine, cycle, events::Event, handle::RunRequest, limits, shared::Shared};
use autocommit_core::{
    cycle::CycleTrigger,
    id::RepoId,
    power::{Pace, Pushes, Supply, pace},
};
use autocommit_power::Tiding;
use std::{
    collections::HashSet,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};
use tokio::sync::Notify;

/// What is known of the supply, and which pushes wait for the next time.
#[derive(Debug, Default)]
pub(crate) struct Power {
    state: Mutex<State>,
    /// The supply, or what waits, is another than it was.
    pub(crate) changed: Notify,
    told: Notify,
}

#[derive(Debug, Default)]
struct State {
    supply: Supply,
    /// When it was read, as far as that still counts, and whether it ever was.
    read: Option<Instant>,
    seen: bool,
    /// Stands in for the kernel's folder.
    supplies: Option<PathBuf>,
    /// When pushes began to go the last time.
    pushed: Option<Instant>,
    spared: HashSet<RepoId>,
    network: bool,
    /// Whose runs were under way when a network came: their pushes may be lost with the one before.
    under_way: HashSet<RepoId>,
}

/// The supply, and what follows from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PowerStatus {
    /// What the system says.
    pub supply: Supply,
    /// How often things are done.
    pub pace: Pace,
}

impl Power {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads another folder than the kernel's.
    pub(crate) fn read_at(&self, supplies: PathBuf) {
        let mut state = self.state();
        (state.supplies, state.read) = (Some(supplies), None);
    }

    /// The supply now, and whether it is another than at the last look.
    fn look(&self) -> (Supply, bool) {
        let mut state = self.state();
        if state.read.is_some_and(|read| read.elapsed() < limits::SUPPLY_STAYS) {
            return (state.supply, false);
        }
        let on_battery = autocommit_power::on_battery(state.supplies.as_deref());
        let seen = std::mem::replace(&mut state.seen, true);
        let changed = std::mem::replace(&mut state.supply.on_battery, on_battery) != on_battery;
        state.read = Some(Instant::now());
        (state.supply, seen && changed)
    }

    /// Takes in what the system told, while these repositories have runs under way; `true` where the supply is another now.
    fn take_in(&self, tiding: Tiding, under_way: HashSet<RepoId>) -> bool {
        let mut state = self.state();
        match tiding {
            Tiding::Metered(metered) => {
                return std::mem::replace(&mut state.supply.metered, metered) != metered;
            }
            Tiding::Network => {}
            // What was read before the machine slept says nothing.
            Tiding::Woke => state.read = None,
        }
        state.network = true;
        state.under_way.extend(under_way);
        drop(state);
        self.told.notify_one();
        false
    }

    /// A run ended. Where its push began before a network came and could not reach anybody, it is due with that network.
    pub(crate) fn ended(&self, repo: &RepoId, unreached: bool) {
        let mut state = self.state();
        if state.under_way.remove(repo) && unreached {
            state.network = true;
            self.told.notify_one();
        }
    }

    /// Whether pushes of a cycle that begins now may go.
    pub(crate) fn may_push(&self, pace: &Pace) -> bool {
        self.next_pushes(pace, self.state().pushed).is_some_and(|at| at <= Instant::now())
    }

    fn next_pushes(&self, pace: &Pace, pushed: Option<Instant>) -> Option<Instant> {
        match (pace.pushes, pushed) {
            (Pushes::Wait, _) => None,
            (Pushes::Every(distance), Some(pushed)) => Some(pushed + distance),
            (Pushes::AtOnce, _) | (Pushes::Every(_), None) => Some(Instant::now()),
        }
    }

    /// A push goes: those that come in the same cycle go with it, later ones wait.
    pub(crate) fn pushes(&self) {
        self.state().pushed = Some(Instant::now());
    }

    /// The commits of a repository wait for the next pushes.
    pub(crate) fn spare(&self, repo: &RepoId) {
        let new = self.state().spared.insert(repo.clone());
        if new {
            self.changed.notify_one();
        }
    }

    /// When the spared pushes are due; nothing where none is, or none may go.
    pub(crate) fn due(&self, pace: &Pace) -> Option<Instant> {
        let state = self.state();
        if state.spared.is_empty() { None } else { self.next_pushes(pace, state.pushed) }
    }

    /// The repositories whose pushes were spared; from now on none are.
    pub(crate) fn take_spared(&self) -> Vec<RepoId> {
        std::mem::take(&mut self.state().spared).into_iter().collect()
    }

    /// Whether a network came since the last question.
    fn take_network(&self) -> bool {
        std::mem::take(&mut self.state().network)
    }
}

impl Engine {
    /// Reads the supply of power in `supplies` from now on instead of the kernel's folder: for tests.
    pub fn read_supply_at(&self, supplies: PathBuf) {
        self.shared.power.read_at(supplies);
    }
}

impl Shared {
    /// How often things are done now. Where the supply is another than at the last look, that is told.
    pub(crate) fn pace(&self) -> PowerStatus {
        let (supply, changed) = self.power.look();
        if changed {
            self.supply_changed();
        }
        PowerStatus { supply, pace: pace(&self.settings(), supply) }
    }

    fn supply_changed(&self) {
        self.events.append(Event::PowerChanged);
        self.power.changed.notify_one();
    }
}

/// Listens to the system until the program ends. A machine that woke has slept through events, and its network comes back.
pub(crate) async fn run(shared: &Arc<Shared>) {
    let tell = |tiding| {
        let under_way = shared.registry().under_way();
        if shared.power.take_in(tiding, under_way) {
            shared.supply_changed();
        }
        if tiding == Tiding::Woke {
            shared.resting.watching.look_everywhere();
            shared.nudge.notify_one();
        }
    };
    let networks = async {
        loop {
            shared.power.told.notified().await;
            if shared.power.take_network() {
                push_waiting(shared).await;
            }
        }
    };
    tokio::select! {
        () = autocommit_power::listen(tell) => {}
        () = networks => {}
        () = shared.stop.cancelled() => {}
    }
}

/// Pushes what waits. An address and its name servers come a moment after the route, so it is tried a few times while some
/// host cannot be reached; what is told meanwhile begins it anew.
async fn push_waiting(shared: &Arc<Shared>) {
    for wait in limits::NETWORK_SETTLES {
        tokio::time::sleep(wait).await;
        let waiting = shared.registry().unpushed();
        if waiting.is_empty() || !shared.enabled() || shared.pace().pace.pushes == Pushes::Wait {
            return;
        }
        let request = RunRequest {
            repos: Some(waiting),
            push_only: true,
            network_is_back: true,
            ..RunRequest::of(CycleTrigger::Interval)
        };
        cycle::start(shared, request).finished().await;
        if !shared.hosts.any_unreachable() || shared.power.state().network {
            return;
        }
    }
}

/// Pushes that were spared go now, together.
pub(crate) fn push_spared(shared: &Arc<Shared>) {
    let repos = shared.power.take_spared();
    let request =
        RunRequest { repos: Some(repos), push_only: true, ..RunRequest::of(CycleTrigger::Interval) };
    cycle::start(shared, request);
}

#[cfg(test)]
mod tests {
    use super::*;
    use autocommit_core::settings::Settings;
    use std::time::Duration;

    fn pace_with(pushes: Pushes) -> Pace {
        Pace { pushes, ..pace(&Settings::default(), Supply::default()) }
    }

    #[test]
    fn spared_pushes_go_together_when_they_are_due() {
        let (power, repo) = (Power::default(), RepoId::new("a"));
        let far = pace_with(Pushes::Every(Duration::from_secs(3600)));
        let (near, never) = (pace_with(Pushes::AtOnce), pace_with(Pushes::Wait));
        assert!(power.may_push(&far) && power.may_push(&near) && !power.may_push(&never));
        power.pushes();
        assert!(!power.may_push(&far) && power.may_push(&near) && !power.may_push(&never));
        assert!(power.may_push(&pace_with(Pushes::Every(Duration::ZERO))));
        assert_eq!(power.due(&far), None, "nothing waits");
        power.spare(&repo);
        let due = power.due(&far).unwrap();
        assert!(due > Instant::now() + Duration::from_secs(3000));
        assert!(power.due(&near).unwrap() <= Instant::now() && power.due(&never).is_none());
        assert_eq!(power.take_spared(), [repo]);
        assert_eq!(power.due(&near), None);
    }

    #[test]
    fn only_another_word_of_the_cost_is_a_change_and_sleep_brings_a_network() {
        let power = Power::default();
        let told = |tiding| power.take_in(tiding, HashSet::new());
        assert!(!told(Tiding::Metered(None)) && told(Tiding::Metered(Some(true))));
        assert!(!told(Tiding::Metered(Some(true))) && told(Tiding::Metered(None)));
        assert!(!power.take_network());
        assert!(!told(Tiding::Woke) && power.take_network() && !power.take_network());
        assert!(!told(Tiding::Network) && power.take_network());
    }

    #[test]
    fn a_push_that_was_under_way_when_the_network_came_is_due_where_it_reached_nobody() {
        let (power, repo) = (Power::default(), RepoId::new("a"));
        power.ended(&repo, true);
        assert!(!power.take_network(), "it began and ended without one");
        power.take_in(Tiding::Woke, HashSet::from([repo.clone()]));
        assert!(power.take_network());
        power.ended(&repo, true);
        assert!(power.take_network());
        power.ended(&repo, true);
        assert!(!power.take_network(), "the next one is not of that time");
        power.take_in(Tiding::Network, HashSet::from([repo.clone()]));
        assert!(power.take_network());
        power.ended(&repo, false);
        assert!(!power.take_network(), "it is there");
    }
}
