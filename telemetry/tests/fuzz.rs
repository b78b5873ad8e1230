//! The properties of the fuzz targets on a stable compiler: the seeds that are kept, and
//! inputs made of them, the same in every run.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

#[path = "../fuzz/properties/check.rs"]
mod check;
#[path = "../fuzz/properties/encode.rs"]
mod encode;

use std::path::Path;

use fastrand::Rng;

const ROUNDS: usize = 3_000;
const LONGEST: usize = 4_096;

/// The seeds of a target, and what mutation makes of them.
fn run(target: &str, holds: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fuzz/seeds")
        .join(target);
    let mut paths: Vec<_> = folder
        .read_dir()
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    let seeds: Vec<_> = paths
        .iter()
        .map(|path| std::fs::read(path).unwrap())
        .collect();
    assert!(!seeds.is_empty(), "no seeds in {}", folder.display());
    seeds.iter().for_each(|seed| holds(seed));
    let mut rng = Rng::with_seed(1);
    for _ in 0..ROUNDS {
        let mut input = rng.choice(&seeds).unwrap().clone();
        for _ in 0..rng.usize(1..8) {
            mutate(&mut input, &seeds, &mut rng);
        }
        input.truncate(LONGEST);
        holds(&input);
    }
}

/// Changes, removes, repeats or inserts a piece.
fn mutate(input: &mut Vec<u8>, seeds: &[Vec<u8>], rng: &mut Rng) {
    let start = rng.usize(..=input.len());
    let end = rng.usize(start..=input.len().min(start + 32));
    let piece: Vec<u8> = match rng.u8(..4) {
        0 => Vec::new(),
        1 => (start..end).map(|_| rng.u8(..)).collect(),
        2 => input[start..end].repeat(2),
        _ => {
            let other = rng.choice(seeds).unwrap();
            let from = rng.usize(..=other.len());
            other[from..other.len().min(from + 64)].to_vec()
        }
    };
    input.splice(start..end, piece);
}

#[test]
fn any_recording_passes_the_check() {
    run("encode", encode::holds);
}

#[test]
fn any_input_is_read_to_its_end() {
    run("check", check::holds);
}
