//! The components for Argo CD, built by the real kustomize over the parts of Argo CD that they change, and
//! the sidecar's commands in the image.

use cnpg_stack::krm::yaml;
use serde_json::Value;

use super::documents::{self, Documents};
use super::sandbox::{Sandbox, image};

/// What the components change, as Argo CD's own manifests have it.
const ARGO_CD: &str = "
apiVersion: v1
kind: ConfigMap
metadata: {name: argocd-cm}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: argocd-repo-server}
spec:
  selector:
    matchLabels: {app.kubernetes.io/name: argocd-repo-server}
  template:
    metadata:
      labels: {app.kubernetes.io/name: argocd-repo-server}
    spec:
      initContainers:
      - name: copyutil
        image: quay.io/argoproj/argocd:v3.5.1
        volumeMounts: [{name: var-files, mountPath: /var/run/argocd}]
      containers:
      - name: argocd-repo-server
        image: quay.io/argoproj/argocd:v3.5.1
        volumeMounts:
        - {name: var-files, mountPath: /var/run/argocd}
        - {name: plugins, mountPath: /home/argocd/cmp-server/plugins}
      volumes:
      - {name: var-files, emptyDir: {}}
      - {name: plugins, emptyDir: {}}
";

fn built(component: &str) -> Documents {
    let sandbox = Sandbox::new(&format!("argocd-{component}"));
    sandbox.write("argocd/base.yaml", ARGO_CD);
    let kustomization = format!(
        "namespace: argocd\nresources: [base.yaml]\ncomponents: [../examples/argocd/{component}]\n"
    );
    sandbox.write("argocd/kustomization.yaml", &kustomization);
    documents::read(&sandbox.run("kustomize", &["build", "argocd"]).output())
}

fn repo_server(documents: &Documents) -> &Value {
    let pod =
        &documents["apps/v1 Deployment argocd/argocd-repo-server"]["spec"]["template"]["spec"];
    // Everything that is mounted is there, once.
    let names = |list: &Value| -> Vec<String> {
        let entries = list.as_array().into_iter().flatten();
        let names = entries.map(|entry| entry["name"].as_str().unwrap_or_default().to_owned());
        names.collect()
    };
    let volumes = names(&pod["volumes"]);
    for kind in ["initContainers", "containers"] {
        for container in pod[kind].as_array().into_iter().flatten() {
            for mounted in names(&container["volumeMounts"]) {
                let count = volumes.iter().filter(|volume| **volume == mounted).count();
                assert_eq!(count, 1, "{mounted} of {}", container["name"]);
            }
        }
    }
    pod
}

fn named<'a>(list: &'a Value, name: &str) -> &'a Value {
    let mut entries = list.as_array().into_iter().flatten();
    let found = entries.find(|entry| entry["name"] == name);
    found.unwrap_or_else(|| panic!("no {name} in {list}"))
}

#[test]
fn the_sidecar_runs_the_plugin() {
    let documents = built("install");
    let pod = repo_server(&documents);
    let containers = pod["containers"].as_array().map(Vec::len);
    assert_eq!(containers, Some(2));
    let sidecar = named(&pod["containers"], "cnpg-stack");
    assert_eq!(sidecar["image"].as_str(), Some(image().as_str()));
    assert_eq!(sidecar["securityContext"]["runAsUser"], 999);
    // The ConfigMap of the volume is the one that kustomize made of the file.
    let volume = named(&pod["volumes"], "cnpg-stack-plugin");
    let name = volume["configMap"]["name"].as_str().unwrap_or_default();
    let maps = documents
        .iter()
        .filter(|(id, _)| id.starts_with("v1 ConfigMap "));
    let map = maps
        .map(|(_, map)| map)
        .find(|map| map["metadata"]["name"] == name);
    let text = map.and_then(|map| map["data"]["plugin.yaml"].as_str());
    let plugin = yaml::parse(text.expect("the plugin is in there")).expect("it is YAML");
    assert_eq!(plugin["kind"], "ConfigManagementPlugin");
    // What the plugin runs is in the image, and runs as the sidecar's user with nothing but /tmp to write.
    let sandbox = Sandbox::new("argocd-sidecar");
    let app = format!("{}:/app:ro", sandbox.path("examples/argocd/app").display());
    let run = |command: &Value| {
        let words: Vec<&str> = command
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let entry = format!("--entrypoint={}", words[0]);
        let image = image();
        let options = [
            "run",
            "--rm",
            "--network=none",
            "--read-only",
            "--cap-drop=all",
            "--user=999",
            "-v",
            &app,
            "-w",
            "/app",
            &entry,
            &image,
        ];
        sandbox
            .run("podman", &[&options[..], &words[1..]].concat())
            .output()
    };
    assert_eq!(
        run(&plugin["spec"]["discover"]["find"]["command"]),
        "stack.yaml\n"
    );
    let generated = documents::read(&run(&plugin["spec"]["generate"]["command"]));
    assert!(generated.contains_key("postgresql.cnpg.io/v1 Cluster storefront/cluster-storefront"));
    let parameters = run(&plugin["spec"]["parameters"]["dynamic"]["command"]);
    assert!(serde_json::from_str::<Vec<Value>>(&parameters).is_ok_and(|list| !list.is_empty()));
}

#[test]
fn kustomize_of_argo_cd_finds_the_program() {
    let documents = built("build-options");
    let options = &documents["v1 ConfigMap argocd/argocd-cm"]["data"]["kustomize.buildOptions"];
    let pod = repo_server(&documents);
    let init = named(&pod["initContainers"], "install-cnpg-stack");
    // The init container, as it would run.
    let sandbox = Sandbox::new("argocd-programs");
    let programs = sandbox.path("programs");
    std::fs::create_dir(&programs).expect("it is new");
    let volume = format!("{}:/programs", programs.display());
    let image = image();
    let words = init["args"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str);
    let arguments: Vec<&str> = [
        "run",
        "--rm",
        "--network=none",
        "--read-only",
        "--cap-drop=all",
        "--user=0",
        "-v",
        &volume,
        &image,
    ]
    .into_iter()
    .chain(words)
    .collect();
    sandbox.run("podman", &arguments).output();
    // An Application's directory, built with the options and the program from there.
    let text = sandbox.read("examples/quickstart/stack.yaml");
    let path = format!("path: {}/cnpg-stack", programs.display());
    assert!(text.contains("path: ../../target/release/cnpg-stack"));
    sandbox.write(
        "app/stack.yaml",
        &text.replace("path: ../../target/release/cnpg-stack", &path),
    );
    sandbox.write("app/kustomization.yaml", "generators: [stack.yaml]\n");
    let options = options.as_str().expect("there are options").split(' ');
    let arguments: Vec<&str> = ["build", "app"].into_iter().chain(options).collect();
    let stack = documents::read(&sandbox.run("kustomize", &arguments).output());
    assert!(stack.contains_key("postgresql.cnpg.io/v1 Cluster storefront/cluster-storefront"));
}
