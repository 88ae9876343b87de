//! What a person wrote, as elements: the pieces of [`shared::markup`], nothing else.

use shared::markup::{Piece, Tag, read};

use crate::dom::{El, el};

/// Puts a text into its bubble.
pub fn words(bubble: El, text: &str) -> El {
    let mut open = vec![bubble];
    read(text, &mut |piece| {
        let Some(last) = open.pop() else { return };
        let last = match piece {
            Piece::Text(text) => last.text(text),
            Piece::Link {
                text,
                href,
                leads_to,
            } => {
                let link = el("a", "")
                    .attr("href", &href)
                    .attr("rel", "noopener noreferrer nofollow")
                    .attr("target", "_blank")
                    .text(text);
                let last = last.child(link);
                match leads_to {
                    Some(host) => last.text(&[" (", host, ")"].concat()),
                    None => last,
                }
            }
            Piece::Begins(tag) => {
                let part = part(tag);
                open.push(last.child(part.clone()));
                part
            }
            Piece::Ends => return,
        };
        open.push(last);
    });
    open.swap_remove(0)
}

fn part(tag: Tag) -> El {
    let name = match tag {
        Tag::Paragraph => "p",
        Tag::Quote => "blockquote",
        Tag::Listing => "pre",
        Tag::Bullets => "ul",
        Tag::Numbers { first } => return el("ol", "").attr("start", &first.to_string()),
        Tag::Item => "li",
        Tag::Code => "code",
        Tag::Strong => "strong",
        Tag::Slanted => "em",
        Tag::Struck => "s",
    };
    el(name, "")
}
