use command_api::users::{self, NewPassword, NewUser, UsersError};
use platform::auth::Role;

use crate::harness::Server;

pub(crate) fn password(text: &str) -> NewPassword {
    NewPassword::parse(text.into()).unwrap()
}

fn new_user(username: &str) -> NewUser {
    NewUser {
        username: username.to_owned(),
        name: "Chebet Rono".to_owned(),
        role: Role::Teacher,
        password: password("correct horse"),
    }
}

#[actix_web::test]
async fn an_account_is_made_listed_and_closed() {
    let server = Server::start().await;
    let db = &server.services.db;
    let user_id = users::add(db, "ONE", new_user("chebet")).await.unwrap();
    let listed = users::list(db, "ONE").await.unwrap();
    let chebet = listed.iter().find(|user| user.user_id == user_id).unwrap();
    assert_eq!(
        (chebet.username.as_str(), chebet.role),
        ("chebet", Role::Teacher)
    );
    assert!(chebet.has_password && !chebet.disabled);
    assert_eq!(listed.len(), 5);
    assert_eq!(
        users::list(db, "TWO").await.unwrap().len(),
        1,
        "schools keep apart"
    );
    users::disable(db, &server.clock, "One", "Chebet ")
        .await
        .unwrap();
    let listed = users::list(db, "ONE").await.unwrap();
    assert!(
        listed
            .iter()
            .any(|user| user.username == "chebet" && user.disabled)
    );
    server.stop().await;
}

#[actix_web::test]
async fn names_that_are_taken_or_unknown_are_said_to_be() {
    let server = Server::start().await;
    let db = &server.services.db;
    let taken = users::add(db, "ONE", new_user("akinyi")).await;
    assert!(matches!(taken, Err(UsersError::UsernameTaken)));
    let taken_in_capitals = users::add(db, " one", new_user(" AkinyI ")).await;
    assert!(matches!(taken_in_capitals, Err(UsersError::UsernameTaken)));
    let nowhere = users::add(db, "NONE", new_user("chebet")).await;
    assert!(matches!(nowhere, Err(UsersError::UnknownSchool)));
    let no_name = users::add(db, "ONE", new_user("two words")).await;
    assert!(matches!(no_name, Err(UsersError::InvalidUsername)));
    let nobody = users::disable(db, &server.clock, "ONE", "nobody").await;
    assert!(matches!(nobody, Err(UsersError::UnknownUser)));
    let reset = users::reset_password(
        db,
        &server.clock,
        "TWO",
        "office",
        password("correct horse"),
    );
    assert!(matches!(reset.await, Err(UsersError::UnknownUser)));
    server.stop().await;
}
