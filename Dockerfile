# The function's image: one static binary, no shell, nothing else.
#
#   docker build -t cnpg-stack .
#
# `tests/run` builds the `runtime` stage alone, around the binary that cargo
# built: --target runtime --build-context build=DIR, where DIR/rootfs is laid
# out like the one below.

FROM docker.io/library/rust:1.95.0-slim-bookworm AS build
WORKDIR /src
COPY . .
# With a named target the flags stay away from proc-macros, which cannot be static.
RUN set -eu; \
    target=$(rustc -vV | sed -n 's/^host: //p'); \
    RUSTFLAGS='-C target-feature=+crt-static' \
      cargo build --release --locked --bin cnpg-stack --target "$target"; \
    mkdir -p /rootfs/etc /rootfs/usr/local/bin; \
    cp "target/$target/release/cnpg-stack" /rootfs/usr/local/bin/; \
    echo 'nobody:x:65534:65534:nobody:/nonexistent:/sbin/nologin' >/rootfs/etc/passwd; \
    echo 'nobody:x:65534:' >/rootfs/etc/group

FROM scratch AS runtime
# `release/run` prints the command that fills these in, and adds the label `created`.
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="cnpg-stack" \
      org.opencontainers.image.description="One CnpgStack file in, a complete CloudNativePG stack out: a KRM function for kustomize, kpt and Argo CD" \
      org.opencontainers.image.source="https://github.com/cnpg-stack/cnpg-stack" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build /rootfs /
# kustomize and kpt ask for the user `nobody` by name, so it has to be in
# /etc/passwd; Kubernetes' runAsNonRoot wants the number.
USER 65534:65534
ENTRYPOINT ["/usr/local/bin/cnpg-stack"]
