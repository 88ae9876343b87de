//! The world simulation: customers, agents, the real machines and links, a bad network, crashes,
//! late alarms and deploys, in virtual time. A seed says everything.
//!
//! `--seeds N` (2,000) `--from K` (0) run those seeds; `--mutant NAME` runs them with a planted bug
//! until it is found; `--all-mutants` runs the clean seeds and then every mutant;
//! `--seed K --trace` shows the log of one seed; `--list-mutants` names the mutants.

mod accounts;
mod checks;
mod clients;
mod hours;
mod kept;
mod managers;
mod objects;
mod people;
mod programs;
mod random;
mod sockets;
mod swarm;
mod world;

use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use shared::mutant::Mutant;

use crate::kept::KEPT;
use crate::world::{Outcome, Tally, World};

/// Seeds that are run twice: the same seed gives the same log.
const TWICE: u64 = 50;

/// What the command line asks for.
#[derive(Clone, Debug)]
struct Wish {
    seeds: u64,
    from: u64,
    mutant: Option<Mutant>,
    all_mutants: bool,
    one: Option<u64>,
    is_traced: bool,
}

fn main() -> ExitCode {
    let wish = match wish(std::env::args().skip(1)) {
        Ok(Some(wish)) => wish,
        Ok(None) => return ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    };
    if (wish.mutant.is_some() || wish.all_mutants) && !cfg!(feature = "mutants") {
        eprintln!("no mutant is in this build: add --features mutants");
        return ExitCode::FAILURE;
    }
    match (wish.one, wish.mutant) {
        (Some(seed), mutant) => one(seed, mutant, wish.is_traced),
        (None, Some(mutant)) => hunt(&wish, mutant),
        (None, None) if wish.all_mutants => all(&wish),
        (None, None) => {
            let found = clean(&wish);
            let count = wish.seeds;
            println!("{count} seeds, {} violations", found.len());
            exit(found.is_empty())
        }
    }
}

fn wish(args: impl Iterator<Item = String>) -> Result<Option<Wish>, String> {
    let mut wish = Wish {
        seeds: 2_000,
        from: 0,
        mutant: None,
        all_mutants: false,
        one: None,
        is_traced: false,
    };
    let mut args = args;
    while let Some(arg) = args.next() {
        let mut value = || args.next().ok_or(format!("{arg} needs a value"));
        let number = |text: String| text.parse().map_err(|_| format!("{text} is not a number"));
        match arg.as_str() {
            "--seeds" => wish.seeds = number(value()?)?,
            "--from" => wish.from = number(value()?)?,
            "--seed" => wish.one = Some(number(value()?)?),
            "--trace" => wish.is_traced = true,
            "--all-mutants" => wish.all_mutants = true,
            "--mutant" => {
                let name = value()?;
                let mutant = Mutant::from_name(&name);
                wish.mutant = Some(mutant.ok_or(format!("there is no mutant {name}"))?);
            }
            "--list-mutants" => {
                for mutant in Mutant::ALL {
                    println!("{}", mutant.name());
                }
                return Ok(None);
            }
            // `cargo test` hands its own flags to every test binary.
            "--quiet" | "-q" | "--nocapture" | "--show-output" | "--include-ignored" => (),
            other => return Err(format!("what is {other}?")),
        }
    }
    Ok(Some(wish))
}

const fn exit(is_good: bool) -> ExitCode {
    if is_good {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Plants a mutant in this thread.
fn plant(mutant: Option<Mutant>) {
    #[cfg(feature = "mutants")]
    shared::mutant::plant(mutant);
    #[cfg(not(feature = "mutants"))]
    assert_eq!(mutant, None);
}

fn one(seed: u64, mutant: Option<Mutant>, is_traced: bool) -> ExitCode {
    plant(mutant);
    let outcome = World::run(seed, is_traced);
    println!("{outcome:?}");
    let violations = u64::from(outcome.violation.is_some());
    println!("1 seeds, {violations} violations");
    exit(violations == 0 || mutant.is_some())
}

/// Runs seeds on every core and returns what they found, by seed; with `stops`, until the first.
fn run(seeds: &[u64], mutant: Option<Mutant>, stops: bool) -> (Vec<(u64, Outcome)>, Tally) {
    let next = AtomicU64::new(0);
    let found = Mutex::new(Vec::new());
    let total = Mutex::new(Tally::default());
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                plant(mutant);
                let mut tally = Tally::default();
                loop {
                    let place = next.fetch_add(1, Ordering::Relaxed);
                    let Some(seed) = seeds.get(place as usize) else {
                        break;
                    };
                    let outcome = World::run(*seed, false);
                    tally.add(outcome.tally);
                    if outcome.violation.is_some() {
                        found.lock().unwrap().push((*seed, outcome));
                        if stops {
                            next.fetch_add(seeds.len() as u64, Ordering::Relaxed);
                        }
                    }
                }
                total.lock().unwrap().add(tally);
            });
        }
    });
    let mut found = found.into_inner().unwrap();
    found.sort_by_key(|(seed, _)| *seed);
    (found, total.into_inner().unwrap())
}

/// The seeds without a mutant: the kept ones, those asked for, and the first ones again.
fn clean(wish: &Wish) -> Vec<(u64, Outcome)> {
    let started = Instant::now();
    let asked = wish.from..wish.from + wish.seeds;
    let kept = KEPT.iter().copied().filter(|seed| !asked.contains(seed));
    let seeds: Vec<u64> = kept.chain(asked.clone()).collect();
    let (mut found, tally) = run(&seeds, None, false);
    let seconds = started.elapsed().as_secs_f64();
    for (seed, outcome) in &found {
        let violation = outcome.violation.as_deref().unwrap_or_default();
        println!("seed {seed}: {violation}");
    }
    for seed in asked.take(TWICE as usize) {
        let [once, again] = [World::run(seed, false), World::run(seed, false)];
        if once != again {
            println!(
                "seed {seed}: two logs, {:x} and {:x}",
                once.hash, again.hash
            );
            found.push((seed, again));
        }
    }
    let Tally {
        events,
        entries,
        offers,
        conversations,
    } = tally;
    println!(
        "{} seeds in {seconds:.1} s ({:.0} a second): {events} events, {conversations} \
         conversations, {entries} entries, {offers} offers",
        seeds.len(),
        seeds.len() as f64 / seconds,
    );
    found
}

/// Runs seeds with a mutant until it is found: the seed and what it broke.
fn find(wish: &Wish, mutant: Mutant) -> Option<(u64, String)> {
    let seeds: Vec<u64> = (wish.from..wish.from + wish.seeds).collect();
    let (found, _) = run(&seeds, Some(mutant), true);
    let (seed, outcome) = found.into_iter().next()?;
    Some((seed, outcome.violation.unwrap_or_default()))
}

fn hunt(wish: &Wish, mutant: Mutant) -> ExitCode {
    let name = mutant.name();
    match find(wish, mutant) {
        Some((seed, violation)) => {
            println!("{name} is found by seed {seed}: {violation}");
            println!("{} seeds, 1 violations", seed - wish.from + 1);
            ExitCode::SUCCESS
        }
        None => {
            println!("{name} is not found");
            println!("{} seeds, 0 violations", wish.seeds);
            ExitCode::FAILURE
        }
    }
}

fn all(wish: &Wish) -> ExitCode {
    let is_clean = clean(wish).is_empty();
    let mut passed = u32::from(is_clean);
    for mutant in Mutant::ALL {
        let name = mutant.name();
        match find(wish, mutant) {
            Some((seed, violation)) => {
                passed += 1;
                let violation: String = violation.chars().take(100).collect();
                println!("{name:<24} seed {seed:>5}  {violation}");
            }
            None => println!("{name:<24} NOT FOUND in {} seeds", wish.seeds),
        }
    }
    let failed = 1 + Mutant::ALL.len() as u32 - passed;
    println!("{passed} passed, {failed} failed");
    exit(failed == 0)
}

impl Tally {
    fn add(&mut self, other: Self) {
        self.events += other.events;
        self.entries += other.entries;
        self.offers += other.offers;
        self.conversations += other.conversations;
    }
}
