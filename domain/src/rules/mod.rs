//! The rules more than one command obeys, in the order in which every decision asks them: who may do it
//! ([`authority`]), what the fields hold ([`fields`]), who is on the roster ([`roster`]), and when ([`dates`]).

pub(crate) mod authority;
pub(crate) mod dates;
pub(crate) mod fields;
pub(crate) mod roster;
