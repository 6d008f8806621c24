//! `autocommit token`.

use crate::{
    args::Globals,
    exit::{Exit, Failure},
    say,
    way::Way,
};
use autocommit_api::Scope;
use autocommit_host::{Folders, read_token, renew_token, token_path};
use clap::{Args, Subcommand, ValueEnum};
use std::io;

/// Show or replace the tokens that programs use the API with.
///
/// There are two: `read` sees everything and changes nothing, `control` may do all that the API can. A program that only
/// shows something should be given the first.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  autocommit token show\n  autocommit token show --scope control\n  \
                  autocommit token rotate --scope read")]
pub(crate) struct Token {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Print a token, and nothing else, to standard output.
    Show {
        /// Which one.
        #[arg(long, value_enum, default_value = "read")]
        scope: Which,
    },
    /// Replace a token, or both: the old one counts no more from this moment, and with the control token every browser is
    /// logged out.
    Rotate {
        /// Which one; left out: both.
        #[arg(long, value_enum)]
        scope: Option<Which>,
    },
}

/// What a token is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Which {
    Read,
    Control,
}

impl From<Which> for Scope {
    fn from(which: Which) -> Self {
        match which {
            Which::Read => Self::Read,
            Which::Control => Self::Control,
        }
    }
}

pub(crate) async fn run(globals: &Globals, token: Token) -> Result<Exit, Failure> {
    let folders = globals.folders()?;
    match token.what {
        What::Show { scope } => show(globals, &folders, scope.into()).await,
        What::Rotate { scope } => {
            let scopes = scope.map_or_else(|| vec![Scope::Read, Scope::Control], |scope| vec![scope.into()]);
            rotate(globals, &folders, &scopes).await
        }
    }
}

async fn show(globals: &Globals, folders: &Folders, scope: Scope) -> Result<Exit, Failure> {
    let path = token_path(&folders.state_dir, scope);
    let token = match read_token(&folders.state_dir, scope) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            // Whoever owns the repositories makes them.
            drop(Way::find(globals).await?);
            read_token(&folders.state_dir, scope)
        }
        read => read,
    };
    let token = token.map_err(|error| {
        Failure::attention(format!("The token in {} cannot be read: {error}.", path.display()))
            .hint("Run autocommit token rotate, and give programs the new one.")
    })?;
    if globals.json {
        say::json(&serde_json::json!({"scope": scope, "token": token, "path": path.to_string_lossy()}));
    } else {
        say::out(&token);
    }
    Ok(Exit::Well)
}

async fn rotate(globals: &Globals, folders: &Folders, scopes: &[Scope]) -> Result<Exit, Failure> {
    let way = Way::find(globals).await?;
    for scope in scopes {
        match &way {
            Way::Api(client) => drop(client.rotate_token(*scope).await?),
            Way::Here(_) => drop(renew_token(&folders.state_dir, *scope).map_err(|error| {
                let path = token_path(&folders.state_dir, *scope);
                Failure::attention(format!("The token in {} stays: {error}.", path.display()))
            })?),
        }
    }
    let paths: Vec<_> = scopes.iter().map(|scope| token_path(&folders.state_dir, *scope)).collect();
    if globals.json {
        say::json(&serde_json::json!({"rotated": scopes, "paths": paths}));
    } else {
        for path in paths {
            say::note(&format!("{} holds a new token; the old one counts no more.", path.display()));
        }
    }
    Ok(Exit::Well)
}
