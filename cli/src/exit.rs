//! How a command ends.

use std::io;
use std::process::ExitCode;

use segue::registry::RegistryError;

/// The exit codes. The help of `segue` lists them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Done.
    Ok,
    /// What ran has failed: a run, an expression that threw.
    Failed,
    /// Nothing ran: bad usage, or something that does not compile.
    Invalid,
    /// Stopped by Ctrl-C: 128 + the number of the signal, as shells have it.
    Interrupted,
}

impl Exit {
    fn code(self) -> u8 {
        match self {
            Self::Ok => 0,
            Self::Failed => 1,
            Self::Invalid => 2,
            Self::Interrupted => 130,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

/// Why a command could not do its work.
#[derive(Debug)]
pub(crate) enum Failure {
    /// What was asked for cannot be done as it was asked.
    Usage(anyhow::Error),
    /// A command about deployments did nothing, and says why.
    Refused(Refusal),
    /// The results could not be written.
    Output(io::Error),
    /// Nobody reads them any more: `segue … | head`. Not worth a word.
    ClosedPipe,
}

impl Failure {
    pub(crate) fn exit(&self) -> Exit {
        match self {
            Self::Usage(_) => Exit::Invalid,
            Self::Refused(refusal) => refusal.exit,
            Self::Output(_) => Exit::Failed,
            Self::ClosedPipe => Exit::Ok,
        }
    }
}

/// Why a command about deployments did nothing: a line for people, the same facts for programs.
#[derive(Debug)]
pub(crate) struct Refusal {
    /// [`Exit::Failed`] where a rule, a race or a lease stood against it, [`Exit::Invalid`] where it was called wrongly.
    pub(crate) exit: Exit,
    /// What kind of reason, in kebab-case: stable, for programs.
    pub(crate) code: String,
    /// What is wrong.
    pub(crate) message: String,
    /// What to do about it.
    pub(crate) help: Option<String>,
}

impl Refusal {
    /// `{"error":{"code","message","help"}}`, on one line.
    pub(crate) fn to_json(&self) -> String {
        let Self { exit: _, code, message, help } = self;
        serde_json::json!({ "error": { "code": code, "message": message, "help": help } }).to_string()
    }
}

impl From<RegistryError> for Failure {
    fn from(error: RegistryError) -> Self {
        let exit = if error.is_refusal() { Exit::Failed } else { Exit::Invalid };
        let (code, help) = (error.code.to_string(), error.help.map(String::from));
        Self::Refused(Refusal { exit, code, message: error.message.into(), help })
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::Usage(error)
    }
}

/// Only what is written to an [`Output`](crate::output::Output) becomes a failure this way; errors of reading go
/// through [`anyhow`], with the file's name.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::ClosedPipe,
            _ => Self::Output(error),
        }
    }
}

/// What a command returns.
pub(crate) type Outcome = Result<Exit, Failure>;
