//! A whole PostgreSQL for one test.

use std::fs;
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use sqlx::postgres::PgConnectOptions;
use tempfile::TempDir;

use crate::database::{connect, execute};

/// A cluster in a folder of its own, reached through a socket in that folder, so that it takes no port from anybody.
pub(crate) struct Cluster {
    folder: TempDir,
    programs: PathBuf,
}

impl Cluster {
    /// Makes and starts one.
    pub(crate) fn start() -> Self {
        let folder = tempfile::Builder::new()
            .prefix("muster-")
            .tempdir()
            .unwrap();
        if let Some((user, group)) = unprivileged() {
            chown(folder.path(), Some(user), Some(group)).unwrap();
        }
        let cluster = Self {
            folder,
            programs: programs(),
        };
        let data = cluster.data();
        let data = data.to_str().unwrap();
        let initdb = [
            "--no-sync",
            "--auth=trust",
            "--username=postgres",
            "--encoding=UTF8",
            "--no-locale",
            data,
        ];
        cluster.run("initdb", &initdb);
        let settings = format!(
            "-c listen_addresses='' -c unix_socket_directories='{}' -c fsync=off -c max_prepared_transactions=5",
            cluster.folder.path().display()
        );
        let log = cluster.folder.path().join("log");
        let log = log.to_str().unwrap();
        cluster.run(
            "pg_ctl",
            &["start", "--wait", "-D", data, "-l", log, "-o", &settings],
        );
        cluster
    }

    /// How to reach a database of it.
    pub(crate) fn options(&self, database: &str) -> PgConnectOptions {
        PgConnectOptions::new_without_pgpass()
            .socket(self.folder.path())
            .username("postgres")
            .database(database)
    }

    /// Makes a database in it.
    pub(crate) async fn create_database(&self, name: &str) -> PgConnectOptions {
        let mut connection = connect(&self.options("postgres")).await;
        execute(&mut connection, &format!("create database {name}")).await;
        self.options(name)
    }

    /// Dumps a database to a file.
    pub(crate) fn dump(&self, database: &str) -> PathBuf {
        let file = self.folder.path().join(format!("{database}.sql"));
        let socket = self.folder.path().to_str().unwrap();
        let file_option = format!("--file={}", file.display());
        self.run(
            "pg_dump",
            &["-h", socket, "-U", "postgres", &file_option, database],
        );
        file
    }

    /// Reads a dump into a database. The first error ends it.
    pub(crate) fn restore(&self, database: &str, dump: &Path) {
        let socket = self.folder.path().to_str().unwrap();
        let dump = dump.to_str().unwrap();
        let quiet = [
            "-X",
            "-q",
            "-v",
            "ON_ERROR_STOP=1",
            "-h",
            socket,
            "-U",
            "postgres",
            "-d",
            database,
            "-f",
            dump,
        ];
        self.run("psql", &quiet);
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Runs one of PostgreSQL's programs, which refuse to run as root, as somebody else then.
    fn run(&self, program: &str, arguments: &[&str]) {
        let mut command = Command::new(self.programs.join(program));
        command.args(arguments).current_dir(self.folder.path());
        command.stdin(Stdio::null()).stdout(Stdio::null());
        if let Some((user, group)) = unprivileged() {
            command.uid(user).gid(group);
        }
        let status = command
            .status()
            .unwrap_or_else(|error| panic!("{program}: {error}"));
        assert!(status.success(), "{program} {arguments:?}: {status}");
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // pg_ctl ends the process whose id is in the folder.
        let data = self.data();
        self.run(
            "pg_ctl",
            &[
                "stop",
                "--wait",
                "-m",
                "immediate",
                "-D",
                data.to_str().unwrap(),
            ],
        );
    }
}

/// Where the server's programs are: where `pg_config` says, else the newest that Debian has put aside.
fn programs() -> PathBuf {
    let configured = Command::new("pg_config").arg("--bindir").output().ok();
    let configured =
        configured.map(|output| PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()));
    let packaged = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten();
    let mut packaged: Vec<PathBuf> = packaged.map(|version| version.path().join("bin")).collect();
    packaged.sort();
    configured
        .into_iter()
        .chain(packaged.into_iter().rev())
        .find(|folder| folder.join("initdb").is_file() && folder.join("pg_ctl").is_file())
        .expect("PostgreSQL's server programs must be installed: initdb, pg_ctl, pg_dump, psql")
}

/// For root, the user and group to run the server as.
fn unprivileged() -> Option<(u32, u32)> {
    let is_root = fs::metadata("/proc/self").unwrap().uid() == 0;
    is_root.then(|| {
        let users = fs::read_to_string("/etc/passwd").unwrap();
        let find = |name: &str| {
            let line = users
                .lines()
                .find(|line| line.split(':').next() == Some(name))?;
            let mut fields = line.split(':').skip(2).map(str::parse);
            Some((fields.next()?.ok()?, fields.next()?.ok()?))
        };
        find("postgres")
            .or_else(|| find("nobody"))
            .expect("a user who is not root")
    })
}
