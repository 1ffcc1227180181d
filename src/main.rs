//! The thin binary: arguments, standard streams, environment, exit code.
//! Everything else is in the library.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::Path;
use std::process::{ExitCode, exit};
use std::time::{SystemTime, UNIX_EPOCH};

use clap::{CommandFactory, Parser};
use cnpg_stack::cli::init::{InitArguments, Started};
use cnpg_stack::cli::{self, Arguments, Command};
use cnpg_stack::diagnostic::one_line;
use cnpg_stack::import as importing;
use cnpg_stack::input::{Input, settings};
use cnpg_stack::krm::Limits;
use cnpg_stack::krm::limits::STACK;
use cnpg_stack::picture;
use cnpg_stack::render::{Progress, Request};
use cnpg_stack::source::{Broken, Report, Style};
use cnpg_stack::world::World;
use cnpg_stack::{EXIT_BUG, EXIT_DONE, EXIT_UNREADABLE, generate, vet};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

fn main() -> ExitCode {
    report_bugs();
    let arguments = Arguments::parse();
    let result = match arguments.command {
        Some(Command::Render(arguments)) => {
            let limits = arguments.limits.limits();
            render(&arguments.request(style()), limits)
        }
        Some(Command::Generate(arguments)) => {
            let limits = arguments.limits.limits();
            generate(&arguments.request(variables(), style()), limits)
        }
        Some(Command::Validate(arguments)) => {
            let limits = arguments.limits.limits();
            validate(&arguments.request(style()), limits)
        }
        Some(Command::Graph(arguments)) => {
            let limits = arguments.limits.limits();
            graph(&arguments.request(style()), limits)
        }
        Some(Command::Schema { format }) => print(&cli::schema(format)),
        Some(Command::Install { directory }) => install(&directory),
        Some(Command::Init(arguments)) => init(&arguments),
        Some(Command::Import(arguments)) => {
            let limits = arguments.limits.limits();
            import(&arguments.request(), limits)
        }
        Some(Command::Explain { topic }) => print(&cli::explain(&topic)),
        Some(Command::Completions { shell }) => print(&cli::completions(shell)),
        Some(Command::Man { directory }) => {
            cli::man(directory.as_deref()).and_then(|page| print(&page))
        }
        None if io::stdin().is_terminal() => {
            print(&Arguments::command().render_long_help().to_string())
        }
        None => function(arguments.limits.limits()),
    };
    match result {
        Ok(code) => ExitCode::from(code),
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            say(&complaint(&error));
            ExitCode::from(EXIT_UNREADABLE)
        }
    }
}

/// The KRM function: the ResourceList is written first, then what there is to say.
fn function(limits: Limits) -> anyhow::Result<u8> {
    let input = Input::new(limits).standard()?;
    let outcome = cnpg_stack::run(input, &world(limits))?;
    let mut out = BufWriter::new(io::stdout().lock());
    outcome.write(&mut out)?;
    out.flush()?;
    for diagnostic in outcome.diagnostics().iter() {
        say(&diagnostic.to_string());
    }
    Ok(outcome.exit_code())
}

/// The tree, and what there is to say about it.
fn render(request: &Request, limits: Limits) -> anyhow::Result<u8> {
    // The depth that the flag allows has to fit; who asks for a pool twice gets the first.
    let _ = rayon::ThreadPoolBuilder::new()
        .stack_size(STACK)
        .build_global();
    let input = Input::new(limits);
    let bar = Bar(ProgressBar::hidden());
    let style = ProgressStyle::with_template("{msg:9} [{bar:40}] {pos}/{len} stacks")?;
    bar.0.set_style(style.progress_chars("=> "));
    let report = cnpg_stack::render::render(request, &reader(&input), &world(limits), &bar);
    bar.0.finish_and_clear();
    tell(&report?)
}

/// The documents of a directory.
fn generate(request: &generate::Request, limits: Limits) -> anyhow::Result<u8> {
    tell(&generate::generate(request, &world(limits))?)
}

/// The names of the variables that set fields, in their order.
fn variables() -> Vec<String> {
    let names = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    let ours: BTreeSet<String> = names
        .filter(|name| name.starts_with(generate::VARIABLES))
        .collect();
    ours.into_iter().collect()
}

/// What is wrong with stacks.
fn validate(request: &vet::Request, limits: Limits) -> anyhow::Result<u8> {
    let input = Input::new(limits);
    tell(&vet::vet(request, &reader(&input), &world(limits))?)
}

/// The stack that an existing Cluster comes to.
fn import(request: &importing::Request, limits: Limits) -> anyhow::Result<u8> {
    let input = Input::new(limits);
    tell(&importing::import(
        request,
        &reader(&input),
        &world(limits),
    )?)
}

fn tell(report: &Report) -> anyhow::Result<u8> {
    report.messages.iter().for_each(|line| say(line));
    print(&report.text)?;
    Ok(report.code)
}

/// What is said about an error that ends the program.
fn complaint(error: &anyhow::Error) -> String {
    match error.downcast_ref::<Broken>() {
        Some(broken) => broken.message(style()),
        None => format!("[error] {}", one_line(&format!("{error:#}"))),
    }
}

/// People get the line of the file and a caret, in colours unless they want none (no-color.org).
fn style() -> Style {
    if !io::stderr().is_terminal() {
        return Style::Line;
    }
    let wanted = environment("NO_COLOR").is_none_or(|value| value.is_empty());
    let colour = wanted && environment("TERM").is_none_or(|value| value != "dumb");
    Style::Snippet { colour }
}

/// The program as it runs: its path may hold another one by now, which Linux knows how to go around.
fn install(directory: &Path) -> anyhow::Result<u8> {
    let running = File::open("/proc/self/exe");
    let mut program = running.or_else(|_| File::open(std::env::current_exe()?))?;
    say(&cnpg_stack::install::install(&mut program, directory)?);
    Ok(EXIT_DONE)
}

/// The picture, and what there is to say about the stacks.
fn graph(request: &picture::Request, limits: Limits) -> anyhow::Result<u8> {
    let input = Input::new(limits);
    tell(&picture::draw(request, &reader(&input), &world(limits))?)
}

/// The starter file, and what to do with it.
fn init(arguments: &InitArguments) -> anyhow::Result<u8> {
    match cli::init(arguments)? {
        Started::Text(text) => print(&text),
        Started::Written(next) => {
            say(&next);
            Ok(EXIT_DONE)
        }
        Started::Refused(reasons) => {
            for reason in reasons {
                say(&reason);
            }
            Ok(EXIT_UNREADABLE)
        }
    }
}

/// Reads a file, or standard input.
fn reader(input: &Input) -> impl Fn(&str) -> io::Result<Vec<u8>> {
    |name| input.named(name)
}

/// The progress of `render` on a terminal.
struct Bar(ProgressBar);

impl Progress for Bar {
    fn start(&self, phase: &'static str, stacks: usize) {
        if stacks > 1 && io::stderr().is_terminal() {
            self.0.set_draw_target(ProgressDrawTarget::stderr());
        }
        self.0.set_message(phase);
        self.0.set_length(stacks as u64);
        self.0.set_position(0);
    }

    fn step(&self) {
        self.0.inc(1);
    }
}

/// The world as it is.
fn world(limits: Limits) -> World<'static> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    World {
        env: &environment,
        file: &|path| settings(Path::new(path)),
        now: since.map_or(0, |time| i64::try_from(time.as_secs()).unwrap_or_default()),
        limits,
    }
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
