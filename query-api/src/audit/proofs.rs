//! `GET /audit/proof/inclusion` and `/audit/proof/consistency`, and `/audit/public-key`: what a checkpoint is checked with.

use actix_web::{HttpResponse, get, web};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use event_store::log::{LogEnd, Origin, PublicKey, consistency, inclusion, newest_log, root_at};
use event_store::merkle::Hash;
use event_store::store::identity;
use platform::auth::{Caller, Role};
use platform::problem::{Problem, Slug};
use platform::server::Services;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::parameters::Parameters;
use crate::reading::Reading;

/// Shows that an event is in the school's log. All hashes are in base64.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct InclusionProof {
    /// The name of the log.
    origin: String,
    /// The event's leaf, from 0.
    leaf_index: u64,
    leaf_hash: String,
    /// The size of the tree that the proof is for: that of the newest checkpoint that covers the leaf, if one does.
    tree_size: u64,
    root_hash: String,
    /// From the leaf to the root, as RFC 9162 has them.
    hashes: Vec<String>,
}

/// Shows that a log's earlier tree is the beginning of a later one. All hashes are in base64.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ConsistencyProof {
    /// The name of the log.
    origin: String,
    from: u64,
    from_root_hash: String,
    to: u64,
    to_root_hash: String,
    /// As RFC 9162 has them.
    hashes: Vec<String>,
}

/// The key that checkpoints are signed with.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PublicKeyAnswer {
    #[schema(example = "Ed25519")]
    algorithm: &'static str,
    /// 32 bytes in base64.
    public_key: String,
    /// The key as verifiers of signed notes take it, under the name of the school's newest log.
    verifier: String,
}

#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the parameters")]
pub(crate) struct InclusionParameters {
    /// The command whose event it is.
    command_id: Uuid,
}

/// Proves that the event of a command is in the school's log.
#[utoipa::path(
    tag = "Audit",
    params(InclusionParameters),
    responses(
        (status = 200, description = "The proof.", body = InclusionProof),
        (status = 403, description = "Only for auditors.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such event, or it is so new that it has no leaf yet.", body = Problem,
         content_type = "application/problem+json"),
    )
)]
#[get("/audit/proof/inclusion")]
pub(crate) async fn get_inclusion_proof(
    services: web::Data<Services>,
    caller: Caller,
    mut parameters: Parameters,
) -> Result<HttpResponse, Problem> {
    caller.require(&[Role::Auditor])?;
    let command_id = parameters.required::<Uuid>("command_id");
    parameters.finish()?;
    let mut reading = Reading::at_once(&services, &caller).await?;
    let (connection, school) = (&mut *reading.connection, caller.school_id.into());
    let proved = inclusion(connection, school, command_id?.into())
        .await?
        .ok_or_else(|| Problem::new(Slug::NotFound).detail("No such event is in the log yet."))?;
    let root = root_at(connection, school, proved.end).await?;
    let answer = InclusionProof {
        origin: origin(&mut reading, proved.end.epoch).await?.to_string(),
        leaf_index: proved.leaf_index,
        leaf_hash: STANDARD.encode(proved.leaf_hash),
        tree_size: proved.end.size,
        root_hash: STANDARD.encode(root),
        hashes: in_base64(&proved.proof),
    };
    Ok(reading.answer(&answer))
}

#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the parameters")]
pub(crate) struct ConsistencyParameters {
    /// The size of the earlier tree.
    from: u64,
    /// The size of the later tree.
    to: u64,
    /// The last number of the log's name; without it, the newest log.
    log: Option<i32>,
}

/// Proves that nothing of the school's log changed between two sizes.
#[utoipa::path(
    tag = "Audit",
    params(ConsistencyParameters),
    responses(
        (status = 200, description = "The proof.", body = ConsistencyProof),
        (status = 403, description = "Only for auditors.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "The log never had such sizes.", body = Problem,
         content_type = "application/problem+json"),
    )
)]
#[get("/audit/proof/consistency")]
pub(crate) async fn get_consistency_proof(
    services: web::Data<Services>,
    caller: Caller,
    mut parameters: Parameters,
) -> Result<HttpResponse, Problem> {
    caller.require(&[Role::Auditor])?;
    let from = parameters.required::<u64>("from");
    let to = parameters.required::<u64>("to");
    let log: Option<i32> = parameters.optional("log");
    parameters.finish()?;
    let (from, to) = (from?, to?);
    let mut reading = Reading::at_once(&services, &caller).await?;
    let (connection, school) = (&mut *reading.connection, caller.school_id.into());
    let beyond = || Problem::new(Slug::NotFound).detail("The log never had such sizes.");
    let newest = newest_log(connection, school).await?.ok_or_else(beyond)?;
    let epoch = log.unwrap_or(newest.epoch);
    if from > to || to > log_size(connection, caller.school_id, epoch).await? {
        return Err(beyond());
    }
    let (earlier, later) = (LogEnd { epoch, size: from }, LogEnd { epoch, size: to });
    let hashes = consistency(connection, school, from, later)
        .await?
        .ok_or_else(beyond)?;
    let from_root = root_at(connection, school, earlier).await?;
    let to_root = root_at(connection, school, later).await?;
    let answer = ConsistencyProof {
        origin: origin(&mut reading, epoch).await?.to_string(),
        from,
        from_root_hash: STANDARD.encode(from_root),
        to,
        to_root_hash: STANDARD.encode(to_root),
        hashes: in_base64(&hashes),
    };
    Ok(reading.answer(&answer))
}

/// Shows the key that checkpoints are checked with.
#[utoipa::path(
    tag = "Audit",
    responses(
        (status = 200, description = "The key.", body = PublicKeyAnswer),
        (status = 403, description = "Only for auditors.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no key before the first checkpoint.", body = Problem,
         content_type = "application/problem+json"),
    )
)]
#[get("/audit/public-key")]
pub(crate) async fn get_public_key(
    services: web::Data<Services>,
    caller: Caller,
    parameters: Parameters,
) -> Result<HttpResponse, Problem> {
    caller.require(&[Role::Auditor])?;
    parameters.finish()?;
    let mut reading = Reading::at_once(&services, &caller).await?;
    let missing = || Problem::new(Slug::NotFound).detail("There is no checkpoint yet.");
    let key = sqlx::query_scalar!("select public_key from log_key")
        .fetch_optional(&mut *reading.connection)
        .await?
        .ok_or_else(missing)?;
    let key = PublicKey::from_bytes(&key).map_err(Problem::internal)?;
    let newest = newest_log(&mut reading.connection, caller.school_id.into())
        .await?
        .ok_or_else(missing)?;
    let name = origin(&mut reading, newest.epoch).await?.to_string();
    let answer = PublicKeyAnswer {
        algorithm: "Ed25519",
        public_key: key.to_string(),
        verifier: key.verifier(&name),
    };
    Ok(reading.answer(&answer))
}

async fn origin(reading: &mut Reading, epoch: i32) -> sqlx::Result<Origin> {
    let school = reading.connection.school_id().into();
    let store_id = identity(&mut reading.connection).await?.store_id;
    Ok(Origin {
        store_id,
        school,
        epoch,
    })
}

async fn log_size(
    connection: &mut sqlx::PgConnection,
    school_id: Uuid,
    epoch: i32,
) -> sqlx::Result<u64> {
    let last = sqlx::query_scalar!(
        "select leaf_index from log_leaves where school_id = $1 and log_epoch = $2 order by leaf_index desc limit 1",
        school_id,
        epoch
    )
    .fetch_optional(connection)
    .await?;
    Ok(last.map_or(0, |last| last.unsigned_abs() + 1))
}

fn in_base64(hashes: &[Hash]) -> Vec<String> {
    hashes.iter().map(|hash| STANDARD.encode(hash)).collect()
}
