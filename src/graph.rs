//! The picture of stacks: what is connected with what.
//!
//! ```text
//! [Stack] --model--> Picture --mermaid--> text
//!                       `-----layout--> Plane --svg--> text
//! ```
//!
//! All of it is pure, and the writers know the model only. No password or key gets into the model.

use crate::validate::Stack;

pub mod layout;
pub mod mermaid;
pub mod model;
pub mod svg;
pub mod text;

/// What a picture is written as.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// A Mermaid flowchart, which GitHub, GitLab and many wikis draw
    #[default]
    Mermaid,
    /// An SVG image, for a README or a slide
    Svg,
}

/// One picture of all stacks.
#[must_use]
pub fn draw(stacks: &[Stack], format: Format) -> String {
    let picture = model::picture(stacks);
    match format {
        Format::Mermaid => mermaid::write(&picture),
        Format::Svg => svg::write(&picture),
    }
}
