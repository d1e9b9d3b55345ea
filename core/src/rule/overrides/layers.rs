//! What several entries say of one thing, one over the other: the last whose bounds a record is within counts.

use crate::rule::condition::Condition;

/// A value for each record.
#[derive(Debug)]
pub(super) struct Layers<'o, T> {
    base: T,
    /// What is laid over the base, each within its bounds.
    upper: Vec<Layer<'o, T>>,
}

#[derive(Debug)]
struct Layer<'o, T> {
    scope: Condition,
    value: T,
    source: &'o str,
}

impl<'o, T: Copy> Layers<'o, T> {
    /// The same value for all records.
    pub(super) fn new(base: T) -> Self {
        Self { base, upper: Vec::new() }
    }

    /// What `source` says, of all records or of those within its bounds.
    pub(super) fn lay(&mut self, scope: Option<Condition>, value: T, source: &'o str) {
        match scope {
            Some(scope) => self.upper.push(Layer { scope, value, source }),
            None => *self = Self::new(value),
        }
    }

    /// The value of records that are within no bounds.
    pub(super) fn base(&self) -> T {
        self.base
    }

    /// Whether any record may have such a value.
    pub(super) fn may_be(&self, is_such: impl Fn(T) -> bool) -> bool {
        is_such(self.base) || self.upper.iter().any(|layer| is_such(layer.value))
    }

    /// Each layer over the base, in order: its bounds, what it says, and who.
    pub(super) fn upper(&self) -> impl Iterator<Item = (&Condition, T, &'o str)> {
        self.upper.iter().map(|layer| (&layer.scope, layer.value, layer.source))
    }

    /// How many tests of bounds [`Layers::when`] has to repeat.
    pub(super) fn repeated(&self, is_such: impl Fn(T) -> bool) -> usize {
        let (mut repeated, mut of_exceptions) = (0, 0);
        for layer in self.upper.iter().rev() {
            if is_such(layer.value) {
                repeated += of_exceptions;
            } else {
                of_exceptions += layer.scope.tests();
            }
        }
        repeated
    }

    /// Which records have such a value: for each layer that gives one its condition, and who says so. For the base it
    /// is who first says otherwise of some records.
    pub(super) fn when(&self, is_such: impl Fn(T) -> bool) -> Vec<(Condition, &'o str)> {
        let mut found = Vec::new();
        let mut exceptions = Vec::new();
        for layer in self.upper.iter().rev() {
            if is_such(layer.value) {
                found.push((except(Some(&layer.scope), &exceptions), layer.source));
            } else {
                exceptions.push(layer);
            }
        }
        if is_such(self.base)
            && let Some(first) = exceptions.last()
        {
            found.push((except(None, &exceptions), first.source));
        }
        found.reverse();
        found
    }
}

fn except<T>(scope: Option<&Condition>, exceptions: &[&Layer<'_, T>]) -> Condition {
    let others = exceptions.iter().map(|layer| Condition::Not(Box::new(layer.scope.clone())));
    Condition::And(scope.cloned().into_iter().chain(others).collect())
}
