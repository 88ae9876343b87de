//! The journeys: people use Bellhop from end to end, on a real `workerd`, in real browsers.
//!
//! Each makes a space of its own with the durations that it needs, so they run side by side.

#![allow(
    clippy::wildcard_enum_match_arm,
    reason = "a journey waits for one frame and lets all others pass"
)]

mod abandon;
mod access;
mod accounts;
mod acts;
mod addresses;
mod audit;
mod availability;
mod bad_input;
mod blocks;
mod calls;
mod canary;
mod challenge;
mod crash;
mod customers;
mod desk;
mod dictation;
mod documents;
mod doors;
mod duty;
mod embed;
mod emoji;
mod endings;
mod every;
mod exchange;
mod files;
mod gallery;
mod greetings;
mod handovers;
mod headers;
mod host;
mod hostile;
mod keys;
mod languages;
mod lapses;
mod later;
mod leaves;
mod limits;
mod lockout;
mod long;
mod messages;
mod misplaced;
mod offers;
mod outbox;
mod outside;
mod people;
mod privacy;
mod queues;
mod rating;
mod reconnect;
mod reminder;
mod roles;
mod set_up;
mod settings;
mod shop;
mod sign_in;
mod skills;
mod status;
mod talk;
mod team;
mod toasts;
mod transcript;
mod transfer;
mod waiting;
mod words;
