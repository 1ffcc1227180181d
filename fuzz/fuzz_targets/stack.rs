#![no_main]

libfuzzer_sys::fuzz_target!(init: cnpg_stack_fuzz::prepare(), |bytes: &[u8]| cnpg_stack_fuzz::run("stack", bytes));
