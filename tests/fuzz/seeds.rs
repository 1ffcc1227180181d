//! What a corpus starts from: the inputs of the other tests, in the forms that the targets take, and numbers that
//! are as good as random and the same every time.

use std::fs;
use std::path::{Path, PathBuf};

use cnpg_stack::krm::yaml;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::ROOT;
use super::support::hostile;

/// Beyond this, an input is slow to change.
const LONGEST: usize = 4096;

/// Every seed of a target.
pub(super) fn of(target: &str) -> Vec<Vec<u8>> {
    let mut seeds = match target {
        "wire" => wire(),
        "stack" => stack(),
        "sops" => sops(),
        _ => values(),
    };
    seeds.retain(|seed| seed.len() <= LONGEST);
    seeds
}

/// The files of these names below a directory.
fn files(directory: &str, names: &[&str]) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    let mut waiting = vec![Path::new(ROOT).join(directory)];
    while let Some(directory) = waiting.pop() {
        let entries = fs::read_dir(directory).expect("a directory can be listed");
        let paths: Vec<PathBuf> = entries
            .map(|entry| entry.expect("a directory can be listed").path())
            .collect();
        for path in paths {
            if path.is_dir() {
                waiting.push(path);
            } else if names.iter().any(|name| path.ends_with(name)) {
                found.push(fs::read(path).expect("a file can be read"));
            }
        }
    }
    found
}

/// A seed of a mode.
fn seed(mode: u8, bytes: &[u8]) -> Vec<u8> {
    [&[mode], bytes].concat()
}

/// Numbers for some modes.
fn numbers(modes: &[u8], count: u8, length: usize) -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for mode in modes {
        for number in 0..count {
            let blocks = (0..=u8::MAX).flat_map(|block| Sha256::digest([*mode, number, block]));
            let length = 16 + length * usize::from(number) / usize::from(count);
            seeds.push(seed(*mode, &blocks.take(length).collect::<Vec<u8>>()));
        }
    }
    seeds
}

/// The lists of the golden cases.
fn lists() -> Vec<Vec<u8>> {
    files(
        "tests/golden",
        &["input.yaml", "input.json", "expected.yaml"],
    )
}

fn wire() -> Vec<Vec<u8>> {
    let hostile = hostile::inputs().into_iter().map(|input| input.bytes);
    let mut seeds: Vec<Vec<u8>> = hostile.chain(lists()).map(|list| seed(0, &list)).collect();
    for list in lists() {
        let text = String::from_utf8_lossy(&list).into_owned();
        let Some((_, items)) = text.split_once("\nitems:\n") else {
            continue;
        };
        let items = items.split("\nfunctionConfig:").next().unwrap_or_default();
        seeds.extend([1, 2].map(|mode| seed(mode, items.as_bytes())));
        let items = yaml::parse(&format!("items:\n{items}")).unwrap_or_default();
        let items = items["items"].as_array().cloned().unwrap_or_default();
        let items: Vec<String> = items.iter().map(Value::to_string).collect();
        seeds.push(seed(3, items.join(",").as_bytes()));
    }
    seeds.extend(numbers(&[4, 5], 60, 200));
    seeds
}

fn stack() -> Vec<Vec<u8>> {
    let stacks = files("tests/golden", &["input.yaml"])
        .into_iter()
        .chain(files("examples", &["cnpg-stack.yaml", "stack.yaml"]));
    let spec = |bytes: Vec<u8>| {
        let value = yaml::parse(std::str::from_utf8(&bytes).ok()?).ok()?;
        let spec = value
            .pointer("/functionConfig/spec")
            .or_else(|| value.get("spec"))?;
        Some(seed(3, yaml::to_string(spec).as_bytes()))
    };
    let mut seeds: Vec<Vec<u8>> = stacks.filter_map(spec).collect();
    seeds.extend(numbers(&[0, 0x40], 60, 0));
    seeds.extend(numbers(&[1, 0x41], 60, 80));
    seeds.extend(numbers(&[2, 0x42], 60, 80));
    seeds
}

fn sops() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    let sealed = [
        ("fuzz/sealed", 0, "lists.yaml"),
        ("tests/sops", 0, "by-sops.yaml"),
        ("fuzz/sealed", 8, "whole.json"),
        ("fuzz/sealed", 16, "variables.env"),
    ];
    for (directory, mode, name) in sealed {
        seeds.extend(
            files(directory, &[name])
                .iter()
                .map(|text| seed(mode, text)),
        );
    }
    // Other cases are encrypted with data keys of their own, which would make them samples.
    for list in files("tests/golden", &["sops/input.yaml"]) {
        let value = yaml::parse(&String::from_utf8_lossy(&list)).unwrap_or_default();
        seeds.push(seed(
            0,
            yaml::to_string(&value["functionConfig"]).as_bytes(),
        ));
    }
    seeds.extend(
        files("tests", &[".sops.yaml"])
            .iter()
            .map(|text| seed(0, text)),
    );
    seeds.extend(numbers(&[2, 3, 4, 5, 6, 14, 22], 40, 100));
    seeds
}

fn values() -> Vec<Vec<u8>> {
    let mut seeds: Vec<Vec<u8>> = lists()
        .into_iter()
        .filter_map(|list| {
            let value = yaml::parse(std::str::from_utf8(&list).ok()?).ok()?;
            Some(value["items"].as_array().cloned().unwrap_or_default())
        })
        .flatten()
        .map(|item| seed(0, item.to_string().as_bytes()))
        .collect();
    seeds.extend(numbers(&[1], 120, 300));
    seeds
}
