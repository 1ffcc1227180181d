//! A kpt package under git: rendered, looked at, committed.

use std::collections::BTreeMap;

use super::sandbox::{Run, Sandbox, image};

/// Where the package is in its sandbox.
const PACKAGE: &str = "examples/kpt";
/// Where kpt writes the results.
const RESULTS: &str = "results";

/// A package of its own that runs the program on PATH.
pub(super) const KPTFILE: &str = "\
apiVersion: kpt.dev/v1
kind: Kptfile
metadata:
  name: shop
  annotations:
    config.kubernetes.io/local-config: \"true\"
pipeline:
  mutators:
  - exec: cnpg-stack
    configPath: stack.yaml
";

/// The files of a package, by their path in it.
pub(super) type Files = BTreeMap<String, String>;

/// The kpt example in a git repository of its own, committed.
#[derive(Debug)]
pub(super) struct Package {
    pub(super) sandbox: Sandbox,
}

impl Package {
    pub(super) fn new(test: &str) -> Self {
        let package = Self {
            sandbox: Sandbox::new(test),
        };
        package.git(&["init", "--quiet"]);
        package.commit();
        package
    }

    /// Has the package run the image instead of the program.
    pub(super) fn in_container(&self) {
        self.edit(
            "Kptfile",
            "exec: cnpg-stack",
            &format!("image: {}", image()),
        );
        self.commit();
    }

    /// Renders the package.
    pub(super) fn try_render(&self) -> Run {
        let arguments = [
            "fn",
            "render",
            PACKAGE,
            "--allow-exec",
            "--image-pull-policy=never",
            "--truncate-output=false",
            "--results-dir",
            RESULTS,
        ];
        self.sandbox.run("kpt", &arguments)
    }

    /// Renders the package, which must succeed, and gives its files.
    #[track_caller]
    pub(super) fn render(&self) -> Files {
        self.try_render().output();
        self.files()
    }

    /// The files of the package.
    pub(super) fn files(&self) -> Files {
        self.sandbox.files(PACKAGE)
    }

    /// The results of the last run.
    pub(super) fn results(&self) -> String {
        self.sandbox.read(&format!("{RESULTS}/results.yaml"))
    }

    /// Puts one text in the place of another one, which the file must hold.
    pub(super) fn edit(&self, file: &str, from: &str, to: &str) {
        self.sandbox.edit(&format!("{PACKAGE}/{file}"), from, to);
    }

    /// Writes a file.
    pub(super) fn write(&self, file: &str, text: &str) {
        self.sandbox.write(&format!("{PACKAGE}/{file}"), text);
    }

    /// Commits everything.
    pub(super) fn commit(&self) {
        self.git(&["add", "--all"]);
        let who = ["-c", "user.name=test", "-c", "user.email=test@example.com"];
        self.git(&[&who[..], &["commit", "--quiet", "--message=state"]].concat());
    }

    /// What is different from the last commit, new files included.
    pub(super) fn changes(&self) -> String {
        self.git(&["status", "--porcelain", "--untracked-files=all"]) + &self.git(&["diff"])
    }

    fn git(&self, arguments: &[&str]) -> String {
        self.sandbox
            .run("git", &[&["-C", PACKAGE][..], arguments].concat())
            .output()
    }

    /// What kustomize makes of a directory of the package, without any plugin.
    pub(super) fn build(&self, directory: &str) -> String {
        self.sandbox
            .run("kustomize", &["build", &format!("{PACKAGE}/{directory}")])
            .output()
    }
}
