//! Released JSON is read for ever: rows as earlier releases wrote them.
//!
//! The files under `released` are never written again; a release adds a folder of its own.

use serde::de::DeserializeOwned;
use shared::conversation::{Entry, Report, Row as ConversationRow};
use shared::settings::resolution;
use shared::space::Row as SpaceRow;

fn read<T: DeserializeOwned>(file: &str) -> Vec<T> {
    let lines = file.lines().filter(|line| !line.is_empty());
    let rows =
        lines.map(|line| shared::json::read(line).map_err(|error| format!("{error}: {line}")));
    rows.collect::<Result<_, _>>().unwrap()
}

#[test]
fn rows_of_the_first_release_are_read() {
    read::<Entry>(include_str!("released/1/entries.jsonl"));
    read::<Report>(include_str!("released/1/reports.jsonl"));
    read::<ConversationRow>(include_str!("released/1/conversation_rows.jsonl"));
    let rows: Vec<SpaceRow> = read(include_str!("released/1/space_rows.jsonl"));
    let settings = rows.iter().find_map(|row| match row {
        SpaceRow::Space { settings, .. } => Some(settings),
        SpaceRow::Doors(_)
        | SpaceRow::Agent(_)
        | SpaceRow::Item(_)
        | SpaceRow::Audit(_)
        | SpaceRow::Past(_)
        | SpaceRow::Erasing(_) => None,
    });
    let resolutions = &settings.unwrap().resolutions;
    let ids: Vec<_> = resolutions.iter().map(|known| known.id.as_str()).collect();
    assert_eq!(ids[..2], [resolution::RESOLVED, resolution::NOT_RESOLVED]);
    assert_eq!(resolutions[1].name.as_str(), "Not resolved");
}
