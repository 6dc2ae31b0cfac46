//! Back-pressure: how much work is taken on at once, shared fairly between schools.
//!
//! Nothing else limits `POST /commands`: a teacher who works fast is never told to slow down, only a server that cannot
//! keep up says so. However many requests one school sends, it gets only a part of the places, so that others find
//! room.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use domain::SchoolId;
use platform::problem::{Problem, Slug};
use platform::server::Services;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use uuid::Uuid;

/// After how many seconds a request that found no room may come again.
const RETRY_AFTER: u32 = 1;

/// How much is waiting and worked on at once.
#[derive(Debug, Clone, Copy)]
struct Limits {
    /// Requests of all schools, those that wait included.
    everybody: usize,
    /// Requests of one school, those that wait included.
    school: usize,
    /// Requests of one school while more than half of all places are taken, so that a few schools that flood the server
    /// cannot take the other half.
    school_in_a_crowd: usize,
}

const LIMITS: Limits = Limits {
    everybody: 512,
    school: 128,
    school_in_a_crowd: 8,
};

/// The requests of this process. Every worker thread of the server shares them, because all share the database.
static CAPACITY: LazyLock<Capacity> = LazyLock::new(|| Capacity::new(LIMITS));

/// Waits for a place at work in this process.
///
/// # Errors
/// `busy` when so many wait already that it is better to come again.
pub(crate) async fn place_for(services: &Services, school_id: SchoolId) -> Result<Place, Problem> {
    // Each request at work holds a connection. Half of them is what one school may hold.
    let connections = services.db.pool().options().get_max_connections();
    let at_work = usize::try_from(connections / 2).unwrap_or(1).max(1);
    let tenant = (services.store.current().store_id, school_id);
    CAPACITY.place_for(tenant, at_work).await
}

/// A school of a store: a process may serve several stores, in which a school may have the same id.
type Tenant = (Uuid, SchoolId);

struct Capacity {
    limits: Limits,
    everybody: Arc<Semaphore>,
    schools: Mutex<HashMap<Tenant, Arc<School>>>,
}

struct School {
    admitted: Arc<Semaphore>,
    at_work: Arc<Semaphore>,
}

/// A place at work, given back when dropped.
#[derive(Debug)]
pub(crate) struct Place {
    _everybody: OwnedSemaphorePermit,
    _school: OwnedSemaphorePermit,
    _at_work: OwnedSemaphorePermit,
}

impl Capacity {
    fn new(limits: Limits) -> Self {
        Self {
            limits,
            everybody: Arc::new(Semaphore::new(limits.everybody)),
            schools: Mutex::default(),
        }
    }

    async fn place_for(&self, tenant: Tenant, at_work: usize) -> Result<Place, Problem> {
        let school = self.school(tenant, at_work);
        let crowded = self.everybody.available_permits() * 2 < self.limits.everybody;
        if crowded && school.admitted_now(self.limits) >= self.limits.school_in_a_crowd {
            return Err(busy());
        }
        let of_school = Arc::clone(&school.admitted)
            .try_acquire_owned()
            .map_err(|_| busy())?;
        let of_everybody = Arc::clone(&self.everybody)
            .try_acquire_owned()
            .map_err(|_| busy())?;
        // First come, first served within the school.
        let at_work = Arc::clone(&school.at_work)
            .acquire_owned()
            .await
            .map_err(|_| busy())?;
        Ok(Place {
            _everybody: of_everybody,
            _school: of_school,
            _at_work: at_work,
        })
    }

    /// The school's share. Shares nobody holds are forgotten before there are more of them than requests can be.
    fn school(&self, tenant: Tenant, at_work: usize) -> Arc<School> {
        let mut schools = self.schools.lock().unwrap_or_else(PoisonError::into_inner);
        if schools.len() > self.limits.everybody {
            schools
                .retain(|_, school| Arc::strong_count(school) > 1 || !school.is_idle(self.limits));
        }
        let school = schools
            .entry(tenant)
            .or_insert_with(|| Arc::new(School::new(self.limits, at_work)));
        Arc::clone(school)
    }
}

impl School {
    fn new(limits: Limits, at_work: usize) -> Self {
        Self {
            admitted: Arc::new(Semaphore::new(limits.school)),
            at_work: Arc::new(Semaphore::new(at_work)),
        }
    }

    fn admitted_now(&self, limits: Limits) -> usize {
        limits.school - self.admitted.available_permits()
    }

    fn is_idle(&self, limits: Limits) -> bool {
        self.admitted_now(limits) == 0
    }
}

fn busy() -> Problem {
    Problem::new(Slug::Busy).retry_after(RETRY_AFTER)
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;

    const SMALL: Limits = Limits {
        everybody: 5,
        school: 3,
        school_in_a_crowd: 1,
    };

    fn school(number: u128) -> Tenant {
        (Uuid::nil(), Uuid::from_u128(number).into())
    }

    #[tokio::test]
    async fn a_school_of_the_same_id_in_another_store_is_another_school() {
        let capacity = Capacity::new(SMALL);
        let mut places = Vec::new();
        for _ in 0..3 {
            places.push(capacity.place_for(school(1), 3).await.unwrap());
        }
        assert!(capacity.place_for(school(1), 3).await.is_err());
        let (_, school_id) = school(1);
        assert!(
            capacity
                .place_for((Uuid::max(), school_id), 3)
                .await
                .is_ok()
        );
    }

    #[tokio::test]
    async fn a_school_that_floods_the_server_leaves_room_for_others() {
        let capacity = Capacity::new(SMALL);
        let at_work = capacity.place_for(school(1), 1).await.unwrap();
        let mut waiting = Box::pin(capacity.place_for(school(1), 1));
        let mut waiting_too = Box::pin(capacity.place_for(school(1), 1));
        assert!((&mut waiting).now_or_never().is_none());
        assert!((&mut waiting_too).now_or_never().is_none());
        let refused = capacity.place_for(school(1), 1).await.unwrap_err();
        assert_eq!(refused.slug(), Slug::Busy);
        assert!(capacity.place_for(school(2), 1).await.is_ok());
        drop(at_work);
        assert!(waiting.await.is_ok());
        assert!(waiting_too.await.is_ok());
    }

    #[tokio::test]
    async fn several_schools_that_flood_the_server_leave_room_for_others() {
        let capacity = Capacity::new(SMALL);
        let mut places = Vec::new();
        for _ in 0..3 {
            places.push(capacity.place_for(school(1), 3).await.unwrap());
        }
        places.push(capacity.place_for(school(2), 3).await.unwrap());
        let refused = capacity.place_for(school(2), 3).await.unwrap_err();
        assert_eq!(refused.slug(), Slug::Busy);
        assert!(capacity.place_for(school(3), 3).await.is_ok());
    }

    #[tokio::test]
    async fn all_schools_together_get_no_more_than_the_server_can_bear() {
        let capacity = Capacity::new(SMALL);
        let mut places = Vec::new();
        for number in 0..5 {
            places.push(capacity.place_for(school(number), 1).await.unwrap());
        }
        assert_eq!(
            capacity.place_for(school(5), 1).await.unwrap_err().slug(),
            Slug::Busy
        );
        places.pop();
        assert!(capacity.place_for(school(5), 1).await.is_ok());
    }

    #[tokio::test]
    async fn schools_that_went_away_are_forgotten() {
        let capacity = Capacity::new(SMALL);
        for number in 0..1_000 {
            drop(capacity.place_for(school(number), 1).await.unwrap());
        }
        assert!(capacity.schools.lock().unwrap().len() <= SMALL.everybody + 1);
    }
}
