//! How a command ends.

use std::io;
use std::process::ExitCode;

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
    /// The results could not be written.
    Output(io::Error),
    /// Nobody reads them any more: `segue … | head`. Not worth a word.
    ClosedPipe,
}

impl Failure {
    pub(crate) fn exit(&self) -> Exit {
        match self {
            Self::Usage(_) => Exit::Invalid,
            Self::Output(_) => Exit::Failed,
            Self::ClosedPipe => Exit::Ok,
        }
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
