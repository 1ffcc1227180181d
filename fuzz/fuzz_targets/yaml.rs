#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| cnpg_stack_fuzz::run("yaml", bytes));
