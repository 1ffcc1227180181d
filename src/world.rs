//! What the program may know of the world around its input. The two ends hand it in, so that
//! everything between them can be tried with a world of the test's own.

use std::io;

use crate::krm::Limits;
use crate::sops::Identities;

/// Where SOPS itself looks for keys, below the directory for configuration.
const KEYS: &str = "sops/age/keys.txt";

/// The environment, the files that hold keys, the clock, and what may be read.
#[derive(Clone, Copy)]
pub struct World<'a> {
    /// A variable of the environment.
    pub env: &'a (dyn Fn(&str) -> Option<String> + Sync),
    /// The text of a file that holds age identities.
    pub file: &'a (dyn Fn(&str) -> io::Result<String> + Sync),
    /// The seconds since 1970, for the metadata of encrypted files.
    pub now: i64,
    /// How large, deep and numerous what is read may be.
    pub limits: Limits,
}

impl<'a> World<'a> {
    /// A world of an environment, without files, where time stands still.
    #[must_use]
    pub fn of(env: &'a (dyn Fn(&str) -> Option<String> + Sync)) -> Self {
        Self {
            env,
            file: &|_| Err(io::ErrorKind::NotFound.into()),
            now: 0,
            limits: Limits::default(),
        }
    }

    /// The time as SOPS writes it.
    #[must_use]
    pub fn timestamp(&self) -> String {
        jiff::Timestamp::from_second(self.now)
            .unwrap_or_default()
            .to_string()
    }

    /// The age identities at hand, from where SOPS takes them too: `SOPS_AGE_KEY`, the file that
    /// `SOPS_AGE_KEY_FILE` names, and the user's own file.
    ///
    /// # Errors
    ///
    /// When one of them is there but cannot be read. Nothing of what it holds is quoted.
    pub fn identities(&self) -> Result<Identities, String> {
        let mut identities = Identities::default();
        if let Some(keys) = self.variable("SOPS_AGE_KEY") {
            let found = Identities::parse(&keys);
            identities.add(found.map_err(|reason| format!("SOPS_AGE_KEY: {reason}"))?);
        }
        if let Some(path) = self.variable("SOPS_AGE_KEY_FILE") {
            let text = (self.file)(&path)
                .map_err(|error| format!("SOPS_AGE_KEY_FILE names {path}: {error}"))?;
            let found = Identities::parse(&text);
            identities
                .add(found.map_err(|reason| format!("SOPS_AGE_KEY_FILE names {path}: {reason}"))?);
        }
        // Nobody named the user's own file, so it need not be there nor be of use.
        if let Some(text) = self.own_keys() {
            identities.add(Identities::parse(&text).unwrap_or_default());
        }
        Ok(identities)
    }

    fn own_keys(&self) -> Option<String> {
        let directory = self
            .variable("XDG_CONFIG_HOME")
            .or_else(|| Some(format!("{}/.config", self.variable("HOME")?)))?;
        (self.file)(&format!("{directory}/{KEYS}")).ok()
    }

    /// A variable that is set to something.
    fn variable(&self, name: &str) -> Option<String> {
        (self.env)(name).filter(|value| !value.trim().is_empty())
    }
}
