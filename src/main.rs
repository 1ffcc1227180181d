//! The thin binary: arguments, standard streams, environment, exit code.
//! Everything else is in the library.

use std::io::{self, BufWriter, IsTerminal, Read, Write};
use std::process::{ExitCode, exit};

use clap::{CommandFactory, Parser};
use cnpg_stack::cli::{self, Arguments, Command, Topic};
use cnpg_stack::{EXIT_BUG, EXIT_DONE, EXIT_UNREADABLE};

fn main() -> ExitCode {
    report_bugs();
    let arguments = Arguments::parse();
    let result = match arguments.command {
        Some(Command::Schema { format }) => print(&cli::schema(format)),
        Some(Command::Explain {
            topic: Topic::Permissions { listed },
        }) => print(&cli::permissions(&listed)),
        None if io::stdin().is_terminal() => {
            print(&Arguments::command().render_long_help().to_string())
        }
        None => function(),
    };
    match result {
        Ok(code) => ExitCode::from(code),
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("[error] {error:#}"));
            ExitCode::from(EXIT_UNREADABLE)
        }
    }
}

/// The KRM function: the ResourceList is written first, then what there is to say.
fn function() -> anyhow::Result<u8> {
    let mut input = Vec::new();
    io::stdin().lock().read_to_end(&mut input)?;
    let outcome = cnpg_stack::run(input, &environment)?;
    let mut out = BufWriter::new(io::stdout().lock());
    outcome.write(&mut out)?;
    out.flush()?;
    for diagnostic in outcome.diagnostics().iter() {
        say(&diagnostic.to_string());
    }
    Ok(outcome.exit_code())
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is the one place that looks at the environment"
)]
fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

fn print(text: &str) -> anyhow::Result<u8> {
    io::stdout().lock().write_all(text.as_bytes())?;
    Ok(EXIT_DONE)
}

/// A message on standard error; that nobody reads it is no reason to fail.
fn say(line: &str) {
    let _ = writeln!(io::stderr().lock(), "{line}");
}

/// `kustomize build | head` is not a failure.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .any(|cause| cause.kind() == io::ErrorKind::BrokenPipe)
}

/// A panic is a bug of ours and says so; its message may quote input, so only its place is shown.
fn report_bugs() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic
            .location()
            .map(ToString::to_string)
            .unwrap_or_default();
        say(&format!(
            "[error] internal: a bug in cnpg-stack at {place}; please report it"
        ));
        exit(i32::from(EXIT_BUG));
    }));
}
