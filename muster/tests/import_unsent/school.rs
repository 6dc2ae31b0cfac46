//! A school on a database of a test's own, on the server that `MUSTER_TEST_SERVER` names.

use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use chrono::{Days, NaiveDate};
use command_api::users::{self, NewPassword, NewUser};
use platform::auth::Role;
use platform::clock::Clock;
use platform::database::{Database, DatabaseRole};
use sqlx::{Connection, PgConnection};
use tempfile::TempDir;

/// What a person is told and a script sees.
pub(crate) struct Said {
    pub(crate) code: Option<i32>,
    pub(crate) output: String,
    pub(crate) error: String,
}

/// Ann teaches Ben in Grade 3 of Hill School, where Cara is in no class and `office` is the admin.
pub(crate) struct School {
    server: String,
    name: String,
    url: String,
    folder: TempDir,
    pub(crate) owner: PgConnection,
}

/// Today where the school is, and in the tests' hands.
pub(crate) fn today() -> NaiveDate {
    Clock::system().now().date_naive()
}

impl School {
    pub(crate) async fn new() -> Self {
        let server = test_server();
        let name = format!("muster_{}", platform::ids::new_id().simple());
        run_on(&server, &format!("create database {name}")).await;
        let (root, _) = server.rsplit_once('/').unwrap();
        let url = format!("{root}/{name}");
        muster::migrate(&url.clone().into()).await.unwrap();
        let school = Self {
            owner: PgConnection::connect(&url).await.unwrap(),
            folder: tempfile::tempdir().unwrap(),
            server,
            name,
            url,
        };
        school.write_roster();
        let roster = school.folder.path().join("roster");
        let imported = school.muster(&["import", "oneroster", roster.to_str().unwrap()]);
        assert_eq!(
            imported.code,
            Some(0),
            "{}{}",
            imported.output,
            imported.error
        );
        school.add("office", Role::Admin).await;
        school.add("auditor", Role::Auditor).await;
        school
    }

    /// Runs muster on the school's database.
    pub(crate) fn muster(&self, arguments: &[&str]) -> Said {
        let Output {
            status,
            stdout,
            stderr,
        } = Command::new(env!("CARGO_BIN_EXE_muster"))
            .args(arguments)
            .env_remove("RUST_LOG")
            .env("DATABASE_URL", &self.url)
            .env("MUSTER_KEY_FILE", self.folder.path().join("keys.json"))
            .stdin(Stdio::null())
            .output()
            .unwrap();
        Said {
            code: status.code(),
            output: String::from_utf8(stdout).unwrap(),
            error: String::from_utf8(stderr).unwrap(),
        }
    }

    /// Hands a file in as the office.
    pub(crate) fn hand_in(&self, content: &[u8], further: &[&str]) -> Said {
        let path = self.write(content);
        let file = path.to_str().unwrap();
        let office = [
            "import", "unsent", file, "--school", "hill", "--as", "OFFICE",
        ];
        self.muster(&[&office, further].concat())
    }

    pub(crate) fn write(&self, content: &[u8]) -> PathBuf {
        let path = self.folder.path().join("unsent.json");
        std::fs::write(&path, content).unwrap();
        path
    }

    pub(crate) async fn count(&mut self, what: &str) -> i64 {
        let statement = format!("select count(*) from {what}");
        sqlx::query_scalar(&statement)
            .fetch_one(&mut self.owner)
            .await
            .unwrap()
    }

    pub(crate) async fn remove(self) {
        self.owner.close().await.unwrap();
        let statement = format!("drop database {} with (force)", self.name);
        run_on(&self.server, &statement).await;
    }

    async fn add(&self, username: &str, role: Role) {
        let url = self.url.clone().into();
        let database = Database::connect(&url, DatabaseRole::App, 1).await.unwrap();
        let user = NewUser {
            username: username.to_owned(),
            name: username.to_owned(),
            role,
            password: NewPassword::parse("a long password".into()).unwrap(),
        };
        users::add(&database, "HILL", user).await.unwrap();
        database.pool().close().await;
    }

    fn write_roster(&self) {
        let (from, to) = (today() - Days::new(60), today() + Days::new(60));
        let term = format!("sourcedId,title,type,startDate,endDate\nt,Term,term,{from},{to}\n");
        let rows = format!(
            "sourcedId,classSourcedId,schoolSourcedId,userSourcedId,role,beginDate,endDate\n\
             e1,c,s,ann,teacher,{from},\ne2,c,s,ben,student,{from},\n"
        );
        let folder = self.folder.path().join("roster");
        std::fs::create_dir(&folder).unwrap();
        for (name, content) in [
            (
                "manifest.csv",
                "propertyName,value\noneroster.version,1.1\nfile.academicSessions,bulk\nfile.orgs,bulk\n\
                 file.users,bulk\nfile.classes,bulk\nfile.enrollments,bulk\n",
            ),
            (
                "orgs.csv",
                "sourcedId,name,type,identifier\ns,Hill School,school,HILL\n",
            ),
            ("academicSessions.csv", &term),
            (
                "classes.csv",
                "sourcedId,title,schoolSourcedId,termSourcedIds\nc,Grade 3,s,t\n",
            ),
            (
                "users.csv",
                "sourcedId,enabledUser,orgSourcedIds,role,username,givenName,familyName\n\
                 ann,true,s,teacher,ann,Ann,Otieno\nben,true,s,student,,Ben,Mwangi\n\
                 cara,true,s,student,,Cara,Njeri\n",
            ),
            ("enrollments.csv", &rows),
        ] {
            std::fs::write(folder.join(name), content).unwrap();
        }
    }
}

async fn run_on(server: &str, statement: &str) {
    let mut connection = PgConnection::connect(server).await.unwrap();
    sqlx::raw_sql(statement)
        .execute(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
}

#[expect(
    clippy::disallowed_methods,
    reason = "tests have no command line to take a setting from"
)]
fn test_server() -> String {
    std::env::var("MUSTER_TEST_SERVER")
        .expect("MUSTER_TEST_SERVER names no PostgreSQL server; run the tests through `make test`")
}
