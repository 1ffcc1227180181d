//! The mark of each kind of box: a line drawing, 16 by 16.

use crate::graph::model::Kind;

/// The path of a mark.
pub(super) const fn mark(kind: Kind) -> &'static str {
    match kind {
        // A window.
        Kind::App => "M1.5 2.5h13v11h-13zM1.5 6h13",
        // A head and shoulders.
        Kind::User => {
            "M8 8a3 3 0 1 0 0-6a3 3 0 0 0 0 6zM2.5 14.5c0-3 2.4-4.5 5.5-4.5s5.5 1.5 5.5 4.5"
        }
        // A cylinder.
        Kind::Database => {
            "M2.5 4c0-1.4 2.5-2.5 5.5-2.5s5.5 1.1 5.5 2.5s-2.5 2.5-5.5 2.5s-5.5-1.1-5.5-2.5zM2.5 4v8c0 1.4 2.5 2.5 5.5 \
             2.5s5.5-1.1 5.5-2.5v-8M2.5 8c0 1.4 2.5 2.5 5.5 2.5s5.5-1.1 5.5-2.5"
        }
        // A funnel.
        Kind::Pooler => "M1.5 2.5h13l-5 6v5.5l-3-2v-3.5z",
        // Three servers.
        Kind::Cluster => {
            "M1.5 1.5h13v3.6h-13zM1.5 6.2h13v3.6h-13zM1.5 10.9h13v3.6h-13zM4 3.3h1M4 8h1M4 12.7h1"
        }
        // An arrow that turns back.
        Kind::Restore => "M3 5.5a6 6 0 1 1-1 4M2.5 1.5v4h4",
        // An arrow from one side to the other.
        Kind::Migration => "M1.5 8h12M9.5 4l4 4l-4 4M1.5 4v8",
        // A globe.
        Kind::Elsewhere => {
            "M8 1.5a6.5 6.5 0 1 0 0 13a6.5 6.5 0 0 0 0-13zM1.5 8h13M8 1.5c-4 4-4 9 0 13c4-4 4-9 0-13"
        }
        // A pail.
        Kind::Bucket => {
            "M1.5 4c0-1.1 2.9-2 6.5-2s6.5.9 6.5 2s-2.9 2-6.5 2s-6.5-.9-6.5-2zM1.5 4l1.5 9c.2.9 2.3 1.5 5 1.5s4.8-.6 \
             5-1.5l1.5-9"
        }
        // Two sheets.
        Kind::Snapshots => "M1.5 5.5h9v9h-9zM5.5 5.5v-4h9v9h-4",
        // A curve between axes.
        Kind::Prometheus => "M1.5 1.5v13h13M4 11l3-4l2.5 2l4-5.5",
    }
}
