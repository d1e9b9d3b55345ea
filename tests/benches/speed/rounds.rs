//! Times several ways of doing the same work in turn, so that whatever else the machine does hits all of them alike.
//!
//! Takes the ways and the number of slices that the work is cut into; gives for each way the sum of the slices' best
//! times. On a busy machine few rounds of a long piece of work go undisturbed, but some of every short one do.

use anyhow::{Context, Result};
use std::time::{Duration, Instant};

/// One way to do the work.
pub(crate) struct Way<'a> {
    name: String,
    work: Work<'a>,
}

/// Does the slice with this number.
type Work<'a> = Box<dyn FnMut(usize) -> Result<()> + 'a>;

/// How long to go on.
#[derive(Clone, Copy)]
pub(crate) struct Patience {
    /// Rounds that are made however long they take.
    pub(crate) rounds: usize,
    /// Further ones begin until this much time has passed.
    pub(crate) time: Duration,
}

/// What each way took.
pub(crate) struct Times {
    times: Vec<(String, Time)>,
    pub(crate) rounds: usize,
}

/// What one way took.
#[derive(Clone, Copy)]
pub(crate) struct Time {
    /// The sum of each slice's fastest round.
    pub(crate) best: Duration,
    /// The sum of each slice's middle round.
    pub(crate) middle: Duration,
}

impl<'a> Way<'a> {
    pub(crate) fn new(name: impl Into<String>, work: impl FnMut(usize) -> Result<()> + 'a) -> Self {
        Self { name: name.into(), work: Box::new(work) }
    }
}

impl Times {
    /// Measures these ways.
    pub(crate) fn measure(mut ways: Vec<Way<'_>>, slices: usize, patience: Patience) -> Result<Self> {
        let mut all = vec![vec![Vec::new(); slices]; ways.len()];
        let begin = Instant::now();
        let mut rounds = 0;
        while rounds < patience.rounds || begin.elapsed() < patience.time {
            for slice in 0..slices {
                let mut in_turn: Vec<_> = ways.iter_mut().zip(&mut all).collect();
                // Nobody has the same neighbour before it in every round.
                let first = rounds % in_turn.len().max(1);
                in_turn.rotate_left(first);
                for (way, taken) in in_turn {
                    let start = Instant::now();
                    (way.work)(slice).with_context(|| way.name.clone())?;
                    taken.get_mut(slice).context("a slice")?.push(start.elapsed());
                }
            }
            rounds += 1;
        }
        let times = ways.into_iter().zip(all).map(|(way, taken)| (way.name, Time::of(taken))).collect();
        Ok(Self { times, rounds })
    }

    /// What the way of this name took.
    pub(crate) fn of(&self, name: &str) -> Result<Time> {
        let found = self.times.iter().find(|(other, _)| other == name);
        found.map(|(_, time)| *time).with_context(|| format!("{name} was not measured"))
    }

    /// All ways in the order in which they were given.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, Time)> {
        self.times.iter().map(|(name, time)| (name.as_str(), *time))
    }

    /// How many rounds there were, and how busy the machine was.
    pub(crate) fn described(&self) -> String {
        let sum = |part: fn(&Time) -> Duration| self.times.iter().map(|(_, time)| part(time)).sum::<Duration>();
        let noise = ratio(sum(|time| time.middle), sum(|time| time.best));
        format!("{} rounds; the middle one took {noise:.2} times the best, the machine's noise", self.rounds)
    }
}

impl Time {
    fn of(slices: Vec<Vec<Duration>>) -> Self {
        let mut time = Self { best: Duration::ZERO, middle: Duration::ZERO };
        for mut rounds in slices {
            rounds.sort();
            time.best += rounds.first().copied().unwrap_or_default();
            time.middle += rounds.get(rounds.len() / 2).copied().unwrap_or_default();
        }
        time
    }

    /// How many times faster this is than the other one.
    pub(crate) fn speed_against(self, other: Self) -> f64 {
        ratio(other.best, self.best)
    }
}

/// One time as a multiple of another.
pub(crate) fn ratio(one: Duration, other: Duration) -> f64 {
    one.as_secs_f64() / other.as_secs_f64()
}
