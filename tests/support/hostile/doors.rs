//! What the other commands find: files, directories and variables.

use super::{CONFIG, HEAD, Input, Thing, bomb, stack};

/// Every input.
pub(super) fn doors() -> Vec<Input> {
    [
        files(),
        directories(),
        argocd(),
        variables(),
        imports(),
        trees(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Files that a user names.
fn files() -> Vec<Input> {
    let validate = |name: &str, text: String| {
        Input::command(name, "validate stack.yaml").file("stack.yaml", text)
    };
    let secret = "---\napiVersion: v1\nkind: Secret\nmetadata: {name: keeper-login, namespace: storefront}\n";
    vec![
        Input::command("a file that is not there", "validate nowhere.yaml"),
        Input::command("a directory as a file", "validate .").file("stack.yaml", stack("")),
        Input::command("a pipe as a file", "validate pipe").thing("pipe", Thing::Pipe),
        Input::command("a pipe to be rendered", "render -o out pipe").thing("pipe", Thing::Pipe),
        Input::command("a pipe to be imported", "import pipe").thing("pipe", Thing::Pipe),
        Input::command("a pipe to be drawn", "graph pipe").thing("pipe", Thing::Pipe),
        Input::command("a link to itself", "validate loop").thing("loop", Thing::Link("loop".to_owned())),
        Input::command("a file of bytes", "validate bytes").file("bytes", (0..=255).collect::<Vec<u8>>()),
        Input::command("the same file twice", "validate stack.yaml stack.yaml").file("stack.yaml", stack("")),
        Input::command("a name with an escape", "validate a\u{1b}[2Jb"),
        validate("a file of nothing", String::new()),
        validate("a file of comments", "# nothing\n".repeat(10)),
        validate("a file with a bomb", bomb("")),
        validate("a file with a NUL", format!("{}\0", stack(""))),
        validate("a list in a file", format!("{HEAD}items: []\n{CONFIG}")),
        validate("a file of a scalar", "text\n".to_owned()),
        validate("a file of lists", "- - - a\n---\n- b\n".to_owned()),
        validate("a hundred thousand documents", format!("{}{}", stack(""), "---\na: b\n".repeat(100_000))),
        validate("a hundred thousand empty documents", format!("{}{}", stack(""), "---\n".repeat(100_000))),
        validate("a thousand stacks of one namespace", format!("{}---\n", stack("")).repeat(1_000)),
        validate("a mistake in a very long line", stack(&format!("    patches: [{}]\n    x: {{{} b: 1}}\n", "{a: 1}, ".repeat(20_000), "a: 1, "))),
        validate("many secrets in a very long line", stack(&format!("    databases: [{}]\n", "{password: hunter2}, ".repeat(20_000)))),
        validate("a long key above many values", stack(&format!("    \"{}\": [{}]\n    unknown: 1\n", "k".repeat(1_000_000), "1, ".repeat(100_000)))),
        validate("many mistakes in a file", stack(&(0..20_000).map(|n| format!("    mistake{n}: 1\n")).collect::<String>())),
        validate("a Secret that is no Secret, in a file", format!("{}{secret}data: [hunter2]\nstringData: hunter2\n", stack(""))),
        validate("a file in JSON with a tail", "{\"kind\": \"CnpgStack\"} trailing\n".to_owned()),
        Input::command("a stack to be drawn with markup", "graph stack.yaml")
            .file("stack.yaml", stack("").replace("name: shop", "name: '<script>alert(1)</script>\"]'")),
        Input::command("a stack with much to be drawn", "graph --format svg stack.yaml")
            .file("stack.yaml", stack(&format!("    databases:\n{}", (0..2_000).map(|n| format!("    - {{database: d{n}, username: u{n}, passwordFrom: {{secretRef: {{name: s}}}}, cnpgPermissions: [connect]}}\n")).collect::<String>()))),
    ]
}

/// Directories that Argo CD hands over.
fn directories() -> Vec<Input> {
    let generate = |name: &str| Input::command(name, "generate .");
    let deep = format!("{}stack.yaml", "d/".repeat(40));
    let escape = "a\u{1b}[2J.yaml";
    let many = (0..10_001).fold(generate("ten thousand files"), |input, n| {
        input.file(&format!("f{n}.yaml"), "a: b\n")
    });
    vec![
        generate("an empty directory"),
        Input::command("a directory that is not there", "generate nowhere"),
        Input::command("a file as a directory", "generate stack.yaml")
            .file("stack.yaml", stack("")),
        generate("a link to itself in a directory")
            .thing("loop.yaml", Thing::Link("loop.yaml".to_owned())),
        generate("a link to a directory above")
            .thing("up", Thing::Link("..".to_owned()))
            .file("stack.yaml", stack("")),
        generate("a link to a file of the system")
            .thing("passwd.yaml", Thing::Link("/etc/passwd".to_owned())),
        generate("a link to a device").thing("zero.yaml", Thing::Link("/dev/zero".to_owned())),
        generate("a pipe in a directory").thing("pipe.yaml", Thing::Pipe),
        Input::command(
            "a pipe in a directory that is searched",
            "generate --list .",
        )
        .thing("pipe.yaml", Thing::Pipe),
        generate("a binary file in a directory").file("a.yaml", (0..=255).collect::<Vec<u8>>()),
        Input::command(
            "a binary file in a directory that is searched",
            "generate --list .",
        )
        .file("a.yaml", b"kind: CnpgStack\xff\xfe\n".to_vec()),
        generate("a file with a name of escapes").file(escape, "a: [\n"),
        generate("a very deep directory").file(&deep, stack("")),
        generate("a bomb in a directory")
            .file("bomb.yaml", bomb(""))
            .file("stack.yaml", stack("")),
        generate("a kustomization in a directory")
            .file("sub/kustomization.yaml", "resources: [../..]\n")
            .file("stack.yaml", stack("")),
        generate("a chart in a directory").file("Chart.yaml", "name: evil\n"),
        generate("a template in a directory")
            .file("t.yaml", "{{ if .Values.x }}\nkind: A\n{{ end }}\n"),
        generate("an encrypted Secret in a directory")
            .file(
                "s.yaml",
                "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nsops: {mac: hunter2}\n",
            )
            .file("stack.yaml", stack("")),
        generate("two stacks of one namespace in a directory")
            .file("a.yaml", stack(""))
            .file("b.yaml", stack("")),
        many,
    ]
}

/// Parameters of an Application.
fn argocd() -> Vec<Input> {
    let parameters = |name: &str, value: &str| {
        Input::command(name, "generate .")
            .file("stack.yaml", stack(""))
            .variable("ARGOCD_APP_PARAMETERS", value)
    };
    vec![
        parameters("parameters that are no JSON", "[{"),
        parameters("parameters that are an object", "{\"name\": \"instances\"}"),
        parameters("parameters that are null", "null"),
        parameters(
            "parameters of other types",
            "[1, null, \"a\", [], {}, {\"name\": 1}]",
        ),
        parameters(
            "a parameter that is unknown",
            "[{\"name\": \"instancez\", \"string\": \"3\"}]",
        ),
        parameters(
            "a parameter of another type",
            "[{\"name\": \"instances\", \"array\": [\"3\"]}]",
        ),
        parameters("a parameter without a value", "[{\"name\": \"instances\"}]"),
        parameters(
            "a parameter of no stack",
            "[{\"name\": \"nobody/instances\", \"string\": \"3\"}]",
        ),
        parameters(
            "a parameter with a secret",
            "[{\"name\": \"adminPassword\", \"string\": \"hunter2\"}]",
        ),
        parameters(
            "a parameter with a secret far below",
            "[{\"name\": \"databases[0].password\", \"string\": \"hunter2\"}]",
        ),
        parameters(
            "a parameter with an escape",
            "[{\"name\": \"a\\u001b[2J\\n[error] forged\", \"string\": \"3\"}]",
        ),
        parameters(
            "a parameter with a name of a million",
            &format!(
                "[{{\"name\": \"{}\", \"string\": \"3\"}}]",
                "n".repeat(100_000)
            ),
        ),
        parameters(
            "a parameter with a value of a million",
            &format!(
                "[{{\"name\": \"namespace\", \"string\": \"{}\"}}]",
                "n".repeat(100_000)
            ),
        ),
        parameters("deep parameters", &"[".repeat(50_000)),
        parameters(
            "many parameters",
            &format!("[{}]", vec!["{\"name\":\"x\"}"; 10_000].join(",")),
        ),
        parameters(
            "a parameter through an object",
            "[{\"name\": \"namespace.x\", \"string\": \"3\"}]",
        ),
        parameters(
            "a parameter of the prototype",
            "[{\"name\": \"__proto__.polluted\", \"string\": \"3\"}]",
        ),
    ]
}

/// Variables of an Application.
fn variables() -> Vec<Input> {
    let variable = |name: &str, variable: &str, value: &str| {
        Input::command(name, "generate .")
            .file("stack.yaml", stack(""))
            .variable(&format!("ARGOCD_ENV_CNPGSTACK_{variable}"), value)
    };
    vec![
        variable("a variable that is unknown", "INSTANCEZ", "3"),
        variable("a variable that is no number", "INSTANCES", "3; reboot"),
        variable("a variable that is no boolean", "NETWORK_POLICY", "yes"),
        variable("a variable of a map", "CUSTOM_LABELS", "a=b"),
        variable("a variable with a secret", "ADMIN_PASSWORD", "hunter2"),
        variable(
            "a variable with a direction mark",
            "NAMESPACE",
            "store\u{202e}front",
        ),
        variable("a variable of nothing", "", "a"),
    ]
}

/// What is to be imported.
fn imports() -> Vec<Input> {
    let import = |name: &str, text: &str| {
        Input::command(name, "import cluster.yaml").file("cluster.yaml", text)
    };
    let cluster = |name: &str, spec: &str| {
        import(
            name,
            &format!(
                "apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: {{name: c, namespace: n}}\nspec: {spec}\n"
            ),
        )
    };
    let values = |name: &str, text: &str| {
        Input::command(name, "import --helm-values --release r -n n values.yaml")
            .file("values.yaml", text)
    };
    vec![
        import("an import of nothing", ""),
        import("an import of a scalar", "text\n"),
        import("an import of a List of Lists", &format!("{}{}", "{apiVersion: v1, kind: List, items: [".repeat(20), "]}".repeat(20))),
        import("an import of a Cluster without a name", "apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nspec: {}\n"),
        import("an import of a bomb", &bomb("")),
        cluster("a Cluster of text", "text"),
        cluster("a Cluster of null", "null"),
        cluster("a Cluster of other types", "{instances: many, storage: [], postgresql: 1, bootstrap: text, backup: []}"),
        cluster("a Cluster with an escape", "{imageName: \"ghcr.io/x/y:17\\x1b[2J\", storage: {size: \"1Gi\\n[note] forged\"}}"),
        cluster("a Cluster with a long value", &format!("{{imageName: '{}', storage: {{size: 1Gi}}}}", "i".repeat(1_000_000))),
        cluster("a Cluster with unknown fields", &format!("{{storage: {{size: 1Gi}}, {}}}", (0..5_000).map(|n| format!("f{n}: 1, ")).collect::<String>())),
        cluster("a Cluster with many roles", &format!("{{storage: {{size: 1Gi}}, managed: {{roles: [{}]}}}}", (0..5_000).map(|n| format!("{{name: r{n}, login: true}}, ")).collect::<String>())),
        cluster("a Cluster with plain passwords", "{storage: {size: 1Gi}, postgresql: {parameters: {primary_conninfo: 'password=hunter2'}}}"),
        cluster("a deep Cluster", &format!("{{storage: {{size: 1Gi}}, x: {}{}}}", "[".repeat(55), "]".repeat(55))),
        values("values of text", "text\n"),
        values("values of a list", "- a\n"),
        values("values of other types", "type: [postgresql]\ncluster: 1\nmode: {a: b}\nbackups: text\n"),
        values("values with a template", "cluster: {instances: '{{ .Values.x }}', annotations: {a: '{{ lookup \"v1\" \"Secret\" }}'}}\n"),
        values("values of a million", &format!("cluster: {{imageName: '{}'}}\n", "i".repeat(1_000_000))),
        values("values with plain passwords", "cluster: {}\nbackups: {enabled: true, provider: s3, s3: {accessKey: a, secretKey: hunter2hunter2, bucket: b}}\n"),
        Input::command("an import over a file", "import -o cluster.yaml cluster.yaml").file("cluster.yaml", "apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: {name: c, namespace: n}\nspec: {storage: {size: 1Gi}}\n"),
        Input::command("an import of a very deep directory", "import .").file(&format!("{}c.yaml", "d/".repeat(40)), "a: b\n"),
    ]
}

/// Output directories in which somebody was before.
fn trees() -> Vec<Input> {
    let render =
        |name: &str| Input::command(name, "render -o out stack.yaml").file("stack.yaml", stack(""));
    let cluster = "out/k8s/deploy/base/cluster.yaml";
    let kustomization = "out/k8s/deploy/base/kustomization.yaml";
    vec![
        render("a pipe where a file goes").thing(cluster, Thing::Pipe),
        render("a link where a file goes").thing(cluster, Thing::Link("/etc/passwd".to_owned())),
        render("a link where a directory goes").thing("out/k8s", Thing::Link("/tmp".to_owned())),
        render("a file where the output goes").file("out", "text"),
        render("a foreign file where a file goes").file(cluster, "text"),
        render("a bomb where a file goes").file(cluster, bomb("")),
        render("a kustomization that is none").file(kustomization, "secretGenerator: text\nconfigurations: {a: b}\n"),
        render("a kustomization that lists what is not its own").file(kustomization, "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nmetadata: {annotations: {cnpgstack.io/stack: storefront/shop, cnpgstack.io/stale-files: \"../../../../etc/passwd\\n/etc/passwd\"}}\n"),
        render("rules of SOPS that are none").file(".sops.yaml", "creation_rules: text\n"),
        render("rules of SOPS that are no YAML").file(".sops.yaml", "creation_rules: [\n"),
        render("rules of SOPS with a pattern that is none").file(".sops.yaml", "creation_rules: [{path_regex: '(((', age: age1x}]\n"),
        render("rules of SOPS that are a pipe").thing(".sops.yaml", Thing::Pipe),
        render("rules of SOPS that are too large").file(".sops.yaml", "#".repeat(2 << 20)),
        Input::command("two stacks of one tree", "render -o out a.yaml b.yaml").file("a.yaml", stack("")).file("b.yaml", stack("").replace("storefront", "other")),
    ]
}
