//! Runs a generated Job the way the kubelet would.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::chown;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::kubelet::{expanded, security, write};
use crate::rig::server::{Run, Server, directory, open, run};
use crate::rig::stack::CLUSTER;

/// A Job with everything that it refers to.
#[derive(Clone)]
pub(crate) struct Job {
    document: Value,
    /// The `ConfigMap`s and Secrets of the namespace, by kind and name.
    data: BTreeMap<(String, String), BTreeMap<String, String>>,
    changes: BTreeMap<String, String>,
    authority: Option<String>,
    called: Option<String>,
}

fn text(value: &Value) -> &str {
    value
        .as_str()
        .unwrap_or_else(|| panic!("not a string: {value}"))
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// The grant Jobs among the documents.
pub(crate) fn all(documents: &[Value]) -> Vec<Job> {
    let jobs = documents
        .iter()
        .filter(|document| document["kind"] == "Job");
    jobs.map(|job| Job {
        document: job.clone(),
        data: data(documents),
        changes: BTreeMap::new(),
        authority: None,
        called: None,
    })
    .collect()
}

/// The Job of a user in a database.
pub(crate) fn of(documents: &[Value], database: &str, user: &str) -> Job {
    let is_it = |job: &Job| {
        let annotations = &job.document["metadata"]["annotations"];
        annotations["cnpgstack.io/database"] == database && annotations["cnpgstack.io/user"] == user
    };
    let found = all(documents).into_iter().find(is_it);
    found.unwrap_or_else(|| panic!("no Job for {user} in {database}"))
}

/// The one Job whose name begins like this.
pub(crate) fn named(documents: &[Value], name: &str) -> Job {
    let begins = |job: &Job| text(&job.document["metadata"]["name"]).starts_with(name);
    let found: Vec<Job> = all(documents).into_iter().filter(begins).collect();
    let [job] = found.as_slice() else {
        panic!("{} Jobs begin with {name}", found.len());
    };
    job.clone()
}

/// The one Job of this name, but for the hash at its end.
pub(crate) fn hashed(documents: &[Value], name: &str) -> Job {
    let found = all(documents).into_iter().find(|job| {
        let whole = text(&job.document["metadata"]["name"]).rsplit_once('-');
        whole.is_some_and(|(begin, _)| begin == name)
    });
    found.unwrap_or_else(|| panic!("no Job is called {name}"))
}

/// The whole document.
pub(crate) fn text_of(job: &Job) -> String {
    job.document.to_string()
}

fn data(documents: &[Value]) -> BTreeMap<(String, String), BTreeMap<String, String>> {
    let mut all = BTreeMap::new();
    for document in documents {
        let kind = document["kind"].as_str().unwrap_or_default();
        let decode = |value: &Value| match kind {
            "Secret" => {
                String::from_utf8(STANDARD.decode(text(value)).expect("base64")).expect("text")
            }
            _ => text(value).to_owned(),
        };
        if let (true, Some(data)) = (
            matches!(kind, "Secret" | "ConfigMap"),
            document["data"].as_object(),
        ) {
            let values = data
                .iter()
                .map(|(key, value)| (key.clone(), decode(value)))
                .collect();
            all.insert(
                (
                    kind.to_owned(),
                    text(&document["metadata"]["name"]).to_owned(),
                ),
                values,
            );
        }
    }
    all
}

/// The values of the one Secret whose name begins like this.
pub(crate) fn connection(documents: &[Value], name: &str) -> BTreeMap<String, String> {
    let found: Vec<BTreeMap<String, String>> = data(documents)
        .into_iter()
        .filter(|((kind, known), _)| kind == "Secret" && known.starts_with(name))
        .map(|(_, values)| values)
        .collect();
    let [secret] = found.as_slice() else {
        panic!("{} Secrets begin with {name}", found.len());
    };
    secret.clone()
}

impl Job {
    /// A weakened Job: the same with one text in its files replaced by another.
    pub(crate) fn weakened(mut self, file: &str, from: &str, to: &str) -> Self {
        let maps = self.data.iter_mut();
        let maps = maps.filter(|((kind, _), _)| kind == "ConfigMap");
        let bodies = maps.filter_map(|(_, files)| files.get_mut(file));
        let mut found = false;
        for body in bodies.filter(|body| body.contains(from)) {
            *body = body.replace(from, to);
            found = true;
        }
        assert!(found, "{file} does not hold {from:?}");
        self
    }

    /// The same with the programs of another image.
    pub(crate) fn with_image(mut self, image: &str) -> Self {
        let containers = &mut self.document["spec"]["template"]["spec"]["containers"];
        for container in containers.as_array_mut().into_iter().flatten() {
            container["image"] = image.into();
        }
        self
    }

    /// The same without what comes after its first container.
    pub(crate) fn first_only(mut self) -> Self {
        let containers = &mut self.document["spec"]["template"]["spec"]["containers"];
        containers.as_array_mut().expect("a list").truncate(1);
        self
    }

    /// Names its containers, for who looks at them while they run: this, `-`, and what they are called.
    pub(crate) fn called(mut self, name: &str) -> Self {
        self.called = Some(name.to_owned());
        self
    }

    /// The same with another value of a variable.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.changes.insert(name.to_owned(), value.to_owned());
        self
    }

    /// The name of the Secret that is mounted.
    pub(crate) fn secret_of(&self, volume: &str) -> String {
        let volumes = list(&self.document["spec"]["template"]["spec"]["volumes"]);
        let volume = volumes
            .iter()
            .find(|v| v["name"] == volume)
            .expect("the volume is there");
        text(&volume["secret"]["secretName"]).to_owned()
    }

    /// Another password in the Secret that is mounted for the user or the admin.
    pub(crate) fn with_password(mut self, volume: &str, password: &str) -> Self {
        let name = self.secret_of(volume);
        let secret = self
            .data
            .get_mut(&("Secret".to_owned(), name))
            .expect("the Secret is there");
        secret.insert("password".to_owned(), password.to_owned());
        self
    }

    /// A Job that does not know that Kubernetes expands `$(NAME)`.
    pub(crate) fn undoubled(mut self) -> Self {
        let container = &mut self.document["spec"]["template"]["spec"]["containers"][0];
        for variable in container["env"].as_array_mut().into_iter().flatten() {
            variable["value"] = text(&variable["value"]).replace("$$", "$").into();
        }
        // Kubernetes knows the variables that come before.
        container["env"]
            .as_array_mut()
            .expect("there are variables")
            .sort_by_key(|v| v["name"] != "PGHOST");
        self
    }

    /// Another certificate in the place of the cluster's authority.
    pub(crate) fn with_authority(mut self, certificate: &str) -> Self {
        self.authority = Some(certificate.to_owned());
        self
    }

    /// Another value in a Secret of the namespace, which may be new.
    pub(crate) fn with_secret(mut self, name: &str, key: &str, value: &str) -> Self {
        let secret = self.data.entry(("Secret".to_owned(), name.to_owned()));
        secret.or_default().insert(key.to_owned(), value.to_owned());
        self
    }

    fn containers(&self) -> &[Value] {
        list(&self.document["spec"]["template"]["spec"]["containers"])
    }

    /// Runs its one container beside a server.
    pub(crate) fn run(&self, server: &Server) -> Run {
        let runs = self.run_all(server);
        let [run] = runs.as_slice() else {
            panic!("not one container: {}", self.document);
        };
        run.clone()
    }

    /// Runs all of its containers side by side; they share what is in the Pod's volumes.
    pub(crate) fn run_all(&self, server: &Server) -> Vec<Run> {
        let root = directory("job");
        let runs = std::thread::scope(|scope| {
            let running: Vec<_> = self
                .containers()
                .iter()
                .map(|container| (container, root.join(text(&container["name"]))))
                .map(|(container, own)| {
                    fs::create_dir(&own).expect("it is new");
                    open(&own, 0o755);
                    let arguments = self.arguments(server, container, &root, &own);
                    scope.spawn(move || {
                        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
                        run("podman", &arguments, "")
                    })
                })
                .collect();
            let runs = running
                .into_iter()
                .map(|thread| thread.join().expect("podman can be run"));
            runs.collect()
        });
        fs::remove_dir_all(root).ok();
        runs
    }

    fn arguments(
        &self,
        server: &Server,
        container: &Value,
        pod_root: &Path,
        root: &Path,
    ) -> Vec<String> {
        let pod = &self.document["spec"]["template"]["spec"];
        let mut arguments: Vec<String> = ["run", "--rm", "--pull", "never", "--network"]
            .map(str::to_owned)
            .into();
        arguments.push(server.network());
        if let Some(called) = &self.called {
            let name = format!("{called}-{}", text(&container["name"]));
            arguments.extend(["--name".to_owned(), name]);
        }
        arguments.extend(security(pod, container));
        for mount in list(&container["volumeMounts"]) {
            arguments.extend(self.mount(server, pod, mount, [pod_root, root]));
        }
        for (name, value) in self.environment(server, container) {
            arguments.extend(["--env".to_owned(), format!("{name}={value}")]);
        }
        arguments.push(text(&container["image"]).to_owned());
        let command = list(&container["command"])
            .iter()
            .chain(list(&container["args"]));
        arguments.extend(command.map(|word| expanded(text(word), &[])));
        arguments
    }

    /// Runs it where it has to succeed; the answer is its log.
    #[track_caller]
    pub(crate) fn succeeds(&self, server: &Server) -> String {
        let run = self.run(server);
        assert_eq!(run.code, 0, "PostgreSQL {}: {}", server.version, run.text());
        run.text()
    }

    /// Runs it where it has to fail; the answer is its log.
    #[track_caller]
    pub(crate) fn fails(&self, server: &Server) -> String {
        let run = self.run(server);
        assert_eq!(run.code, 1, "PostgreSQL {}: {}", server.version, run.text());
        run.text()
    }

    fn environment(&self, server: &Server, container: &Value) -> Vec<(String, String)> {
        let mut known: Vec<(String, String)> = Vec::new();
        for variable in list(&container["env"]) {
            let value = match variable.pointer("/valueFrom/secretKeyRef") {
                Some(reference) => self.value(reference),
                None => expanded(text(&variable["value"]), &known),
            };
            known.push((text(&variable["name"]).to_owned(), value));
        }
        known.push(("PGHOSTADDR".to_owned(), "127.0.0.1".to_owned()));
        known.push(("PGPORT".to_owned(), server.port.to_string()));
        known.extend(self.changes.clone());
        known
    }

    /// The value of a key of a Secret.
    fn value(&self, reference: &Value) -> String {
        let name = text(&reference["name"]).to_owned();
        let secret = self.data.get(&("Secret".to_owned(), name));
        let value = secret.and_then(|secret| secret.get(text(&reference["key"])));
        value
            .unwrap_or_else(|| panic!("nothing is at {reference}"))
            .clone()
    }

    /// A volume: of the container alone what is read-only or in memory, of the whole Pod what is a disk.
    fn mount(
        &self,
        server: &Server,
        pod: &Value,
        mount: &Value,
        [pod_root, root]: [&Path; 2],
    ) -> Vec<String> {
        let volume = list(&pod["volumes"])
            .iter()
            .find(|volume| volume["name"] == mount["name"]);
        let volume = volume.unwrap_or_else(|| panic!("no volume for {mount}"));
        let path = text(&mount["mountPath"]);
        if volume.pointer("/emptyDir/medium").is_some() {
            assert_eq!(volume["emptyDir"]["medium"], "Memory");
            let size = text(&volume["emptyDir"]["sizeLimit"]).replace("Mi", "m");
            return vec![
                "--tmpfs".to_owned(),
                format!("{path}:rw,size={size},mode=1777,noexec"),
            ];
        }
        if volume.get("ephemeral").is_some() || volume.get("emptyDir").is_some() {
            let disk = pod_root.join(format!("disk-{}", text(&volume["name"])));
            fs::create_dir_all(&disk).expect("it can be made");
            // The kubelet gives it to the group of `fsGroup`.
            chown(&disk, None, Some(26)).ok();
            open(&disk, 0o2777);
            return vec!["--volume".to_owned(), format!("{}:{path}", disk.display())];
        }
        let source = self.source(server, volume, root);
        assert_eq!(mount["readOnly"], true, "{mount}");
        vec![
            "--volume".to_owned(),
            format!("{}:{path}:ro", source.display()),
        ]
    }

    /// The files of a ConfigMap or Secret: all keys, or those that are listed.
    fn source(&self, server: &Server, volume: &Value, root: &Path) -> PathBuf {
        let (kind, name, items) = match (volume.get("configMap"), volume.get("secret")) {
            (Some(map), None) => ("ConfigMap", text(&map["name"]), &map["items"]),
            (None, Some(secret)) => ("Secret", text(&secret["secretName"]), &secret["items"]),
            _ => panic!("a volume of neither kind: {volume}"),
        };
        let mut values = self
            .data
            .get(&(kind.to_owned(), name.to_owned()))
            .cloned()
            .unwrap_or_default();
        if name == format!("{CLUSTER}-ca") {
            let authority = self.authority.clone().unwrap_or_else(|| server.authority());
            values.insert("ca.crt".to_owned(), authority);
            values.insert("ca.key".to_owned(), "must not be mounted".to_owned());
        }
        if let Some(items) = items.as_array() {
            let keys: Vec<&str> = items.iter().map(|item| text(&item["key"])).collect();
            values.retain(|key, _| keys.contains(&key.as_str()));
            assert_eq!(values.len(), keys.len(), "{name} has not all of {keys:?}");
        }
        let directory = root.join(text(&volume["name"]));
        fs::create_dir(&directory).expect("it is new");
        open(&directory, 0o755);
        for (key, value) in values {
            write(&directory.join(key), &value, kind == "Secret");
        }
        directory
    }
}
