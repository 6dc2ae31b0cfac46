//! The kinds of problem a client can meet. Slugs are part of the contract: they are added to, never renamed.

use std::fmt;
use std::str::FromStr;

use actix_web::http::StatusCode;
use serde::{Serialize, Serializer};

/// What is fixed about a kind of problem.
struct Kind {
    slug: Slug,
    name: &'static str,
    status: StatusCode,
    title: &'static str,
    meaning: &'static str,
    what_to_do: &'static str,
}

/// Makes the enum, its list and its texts from one table, so that none can miss an entry of another.
macro_rules! kinds {
    ($($variant:ident $name:literal $status:ident $title:literal $meaning:literal $what_to_do:literal)*) => {
        /// A kind of problem.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Slug {
            $(#[doc = $meaning] $variant,)*
        }

        /// In the order of the enum.
        const KINDS: &[Kind] = &[$(Kind {
            slug: Slug::$variant,
            name: $name,
            status: StatusCode::$status,
            title: $title,
            meaning: $meaning,
            what_to_do: $what_to_do,
        },)*];
    };
}

kinds! {
    Malformed "malformed" BAD_REQUEST "The request cannot be read"
        "The request is not in the form this address expects: broken JSON, a missing field, a wrong type or an unreadable parameter."
        "Compare the request with the API description under /docs and send it again corrected. Sending it again unchanged gives the same answer."
    UnknownType "unknown-type" UNPROCESSABLE_ENTITY "Unknown type of command"
        "The command names a type this server does not know. Types are written exactly as in the API description."
        "Check the spelling of the type. If the app is newer than the server, update the server; the command can be sent again then."
    InvalidField "invalid-field" UNPROCESSABLE_ENTITY "A field has a value that is not allowed"
        "The request can be read, but at least one field holds a value outside what is allowed. The member «errors» names each field and what is wrong with it."
        "Correct the named fields and send the request again."
    CommandIdReused "command-id-reused" CONFLICT "The command id is already taken"
        "A different command with the same id was received before. An id stands for one command for ever, so that repeats can be recognised."
        "Send the command under a new id. If the app made this id by itself, report it: ids must never be used twice."
    Forbidden "forbidden" FORBIDDEN "Not allowed"
        "The signed-in person may not do this. What each role may do is fixed by the school's system, not by the app."
        "Ask the school office to do it, or to give the account another role."
    ForbiddenClass "forbidden-class" FORBIDDEN "Not a class of yours"
        "The signed-in teacher neither teaches nor covers the class on the date in question."
        "Check class and date. If the teacher does take this class, the office assigns them to it for that date; the command can be sent again then."
    NotFound "not-found" NOT_FOUND "Nothing here"
        "There is nothing under this address in the caller's school."
        "Check the address and the ids in it."
    UnknownClass "unknown-class" NOT_FOUND "Unknown class"
        "The school has no class with this id."
        "Fetch the roster again and choose the class from it."
    UnknownStudent "unknown-student" NOT_FOUND "Unknown student"
        "The school has no student with this id."
        "Fetch the roster again and choose the student from it. A new student is added by the office."
    UnknownException "unknown-exception" NOT_FOUND "Unknown exception"
        "The school has no exception with this id. Commands are never refused for this: a device may send a decision before the record it is about, and the decision then waits for it. No address answers it today; it is kept for those that will name a single exception."
        "Fetch the list of exceptions again and choose from it."
    NotEnrolled "not-enrolled" UNPROCESSABLE_ENTITY "Not on the roster that day"
        "The student was not enrolled in the class on the date of the register."
        "Check student, class and date. If the student did belong to the class, the office enrols them from the right day; the command can be sent again then."
    OutsideWindow "outside-window" UNPROCESSABLE_ENTITY "Too long ago to change"
        "The mark was made more days after the date of the register than the school's policy lets a teacher change."
        "Ask the office to correct it. The office can correct any register and gives the reason."
    OutsideTerm "outside-term" UNPROCESSABLE_ENTITY "Not in a term"
        "The date lies in no term of the school, so there is no register to take."
        "Check the date. If the school does teach that day, the office adds it to a term; the command can be sent again then."
    FutureDate "future-date" UNPROCESSABLE_ENTITY "The day has not come yet"
        "The date is later than today in the school's time zone. Registers are taken on the day or after it."
        "Check the date, and the date and time zone of the device."
    ReasonRequired "reason-required" UNPROCESSABLE_ENTITY "A reason is required"
        "This change is only made with a reason, which is kept with it: 1 to 500 characters that are not all blank."
        "Give the reason and send the command again."
    TokenInvalid "token-invalid" UNAUTHORIZED "Not signed in"
        "The request carries no access token, one that this server did not sign, or one of an account that is closed."
        "Sign in again."
    TokenExpired "token-expired" UNAUTHORIZED "The sign-in has to be renewed"
        "The access token was genuine but is over, or the account's role has changed since it was made."
        "Refresh it with POST /api/v1/auth/refresh and repeat the request; apps do this by themselves."
    LoginFailed "login-failed" UNAUTHORIZED "Sign-in failed"
        "School code, user name and password do not belong together, or the account is closed. Which of them is wrong is not said."
        "Check all three. The office sets a new password or opens the account again."
    TooLarge "too-large" PAYLOAD_TOO_LARGE "The request is too large"
        "The body of the request, unpacked, is larger than 4 MiB; or a file to import is larger than 16 MiB, or 64 MiB unpacked."
        "Send the commands in smaller batches. A roster this large is imported on the command line."
    TooManyCommands "too-many-commands" PAYLOAD_TOO_LARGE "Too many commands at once"
        "A batch holds at most 1,000 commands. None of this batch was looked at."
        "Send the commands in several batches, in the same order."
    UnsupportedMedia "unsupported-media" UNSUPPORTED_MEDIA_TYPE "Unsupported kind of content"
        "The body is not JSON, or is packed in another way than gzip; or a file to import is no zip archive."
        "Send the body with Content-Type: application/json, unpacked or with Content-Encoding: gzip; a file to import with application/zip."
    RateLimited "rate-limited" TOO_MANY_REQUESTS "Too many tries"
        "There were too many sign-in attempts in a short time for this user or from this address, or this user follows the changes in too many places at once."
        "Wait as long as the header Retry-After says, then try again. Following the changes also needs one of the other places to be closed."
    Busy "busy" SERVICE_UNAVAILABLE "Busy at the moment"
        "The server cannot take the request right now. Nothing was changed, or it is not known whether something was."
        "Send the same request again after the time in the header Retry-After. Repeating commands with their ids is always safe."
    ServerClock "server-clock" SERVICE_UNAVAILABLE "The server's clock is wrong"
        "The server's own clock is behind what it has already recorded, so it takes no commands until that is put right. Commands stay on the devices and nothing is lost."
        "Whoever runs the server sets its clock, best by time synchronisation. Devices send their commands again by themselves."
    BadPosition "bad-position" BAD_REQUEST "Unreadable position"
        "The position or cursor was not made by this server, or was cut short. Positions are opaque and are passed back unchanged."
        "Start the list again without a cursor, or leave the position out."
    NotCurrent "not-current" SERVICE_UNAVAILABLE "Not up to date yet"
        "The request asked for an answer that includes a certain position, and the read side has not reached it in time."
        "Ask again after the time in the header Retry-After, or without the position to get the answer as it is now."
    AsOfTooRecent "as-of-too-recent" CONFLICT "That moment is not settled yet"
        "The moment asked for is so recent that events recorded before it may still become visible, so the answer could change."
        "Ask again a little later, or for an earlier moment."
    ProjectionHeld "projection-held" SERVICE_UNAVAILABLE "Part of the data is being repaired"
        "An event could not be put into the read side, and what was asked for depends on it. The event itself is safe."
        "Whoever runs the server looks at «muster projections status» and runs «muster projections retry» when the cause is gone."
    MethodNotAllowed "method-not-allowed" METHOD_NOT_ALLOWED "Not with this method"
        "The address exists, but not for this HTTP method."
        "See the API description under /docs for the methods of this address."
    NotReady "not-ready" SERVICE_UNAVAILABLE "Not ready to serve"
        "The server is running but cannot serve yet, or not any more. The member «detail» names the checks that failed."
        "Whoever runs the server looks at the named checks and at the log. Traffic is best sent to another server until then."
    Internal "internal" INTERNAL_SERVER_ERROR "Something went wrong on the server"
        "The server met an error of its own. What exactly is in its log under the request id."
        "Try again. If it goes on, give the request id to whoever runs the server."
}

impl Slug {
    /// Every kind of problem.
    pub fn all() -> impl Iterator<Item = Self> {
        KINDS.iter().map(|kind| kind.slug)
    }

    /// The slug as it is written: `not-enrolled`.
    pub fn as_str(self) -> &'static str {
        self.kind().name
    }

    /// The address of its page, which is also the `type` of a problem document.
    pub fn path(self) -> String {
        format!("/problems/{}", self.as_str())
    }

    /// The HTTP status it is answered with.
    pub fn status(self) -> StatusCode {
        self.kind().status
    }

    /// A short name of the kind, the same for every occurrence.
    pub fn title(self) -> &'static str {
        self.kind().title
    }

    /// What it means.
    pub fn meaning(self) -> &'static str {
        self.kind().meaning
    }

    /// What to do about it.
    pub fn what_to_do(self) -> &'static str {
        self.kind().what_to_do
    }

    /// The kind that says no more than an HTTP error status does.
    pub fn of_status(status: StatusCode) -> Self {
        match status.as_u16() {
            401 => Self::TokenInvalid,
            403 => Self::Forbidden,
            404 => Self::NotFound,
            405 => Self::MethodNotAllowed,
            413 => Self::TooLarge,
            415 => Self::UnsupportedMedia,
            429 => Self::RateLimited,
            503 => Self::Busy,
            400..=499 => Self::Malformed,
            _ => Self::Internal,
        }
    }

    fn kind(self) -> &'static Kind {
        &KINDS[self as usize]
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Slug {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// The text is no slug.
#[derive(Debug, thiserror::Error)]
#[error("there is no such kind of problem")]
pub struct UnknownSlug;

impl FromStr for Slug {
    type Err = UnknownSlug;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::all()
            .find(|slug| slug.as_str() == text)
            .ok_or(UnknownSlug)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    /// The slugs clients are promised.
    const PROMISED: &str = "malformed, unknown-type, invalid-field, command-id-reused, forbidden, forbidden-class, \
        not-found, unknown-class, unknown-student, unknown-exception, not-enrolled, outside-window, outside-term, \
        future-date, reason-required, token-invalid, token-expired, login-failed, too-large, too-many-commands, \
        unsupported-media, rate-limited, busy, server-clock, bad-position, not-current, as-of-too-recent, \
        projection-held";

    #[test]
    fn every_promised_slug_is_there() {
        for name in PROMISED.split(", ") {
            assert_eq!(name.parse::<Slug>().unwrap().as_str(), name);
        }
        assert!("no-such-slug".parse::<Slug>().is_err());
    }

    #[test]
    fn every_slug_is_an_error_with_texts_of_its_own() {
        let mut names = HashSet::new();
        let mut titles = HashSet::new();
        for slug in Slug::all() {
            assert!(slug.status().is_client_error() || slug.status().is_server_error());
            assert!(names.insert(slug.as_str()), "{slug} twice");
            assert!(titles.insert(slug.title()), "title of {slug} twice");
            assert!(slug.meaning().ends_with('.') && slug.what_to_do().ends_with('.'));
        }
    }

    #[test]
    fn a_bare_status_becomes_a_problem_of_the_same_class() {
        for code in 400..600 {
            let status = StatusCode::from_u16(code).unwrap();
            assert_eq!(
                Slug::of_status(status).status().is_server_error(),
                status.is_server_error(),
                "{code}"
            );
        }
    }
}
