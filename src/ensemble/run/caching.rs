//! An agent's answer from before, and keeping this one.

use std::time::Duration;

use futures_util::future::{Either, select};

use super::Failure;
use super::context::sleep;
use super::task::Task;
use crate::ensemble::cache::{Asked, Follower, Hit, Key, Keyed, Leader};
use crate::ensemble::plan::{AgentPlan, CacheKey, CachePlan, Field};
use crate::ensemble::trace::EventKind;
use crate::value::Value;

/// How an agent's answer is kept.
pub(super) struct Caching {
    /// What is known before the component is: all of the key but that.
    keyed: Keyed,
    ttl: Duration,
    /// Under which the answer will be kept, once it was looked for in vain.
    wanted: Option<Key>,
    /// While it asks for others too.
    leader: Option<Leader>,
    /// Whether it has waited for another long enough.
    is_impatient: bool,
    /// How old the answer was that was found.
    pub(super) age: Option<Duration>,
}

impl Caching {
    /// `None` where nothing tells answers apart: a key that is missing, or holds a function.
    pub(super) fn new(
        plan: &AgentPlan,
        cache: &CachePlan,
        (input, config): (&Value, &Value),
        eval: impl FnOnce(&Field) -> Result<Value, Failure>,
    ) -> Result<Option<Self>, Failure> {
        let mut keyed = Keyed::new(&plan.operation);
        let is_known = match &cache.key {
            CacheKey::Input => {
                keyed.text("input");
                keyed.value(input) && keyed.value(config)
            }
            CacheKey::Own { key, config } => {
                keyed.text("key");
                keyed.key(config);
                let key = eval(key)?;
                !key.is_nullish() && keyed.value(&key)
            }
        };
        Ok(is_known.then_some(Self {
            keyed,
            ttl: cache.ttl,
            wanted: None,
            leader: None,
            is_impatient: false,
            age: None,
        }))
    }
}

/// How long one waits for another's answer where the agent has no `timeout`: as long as any request may take.
const PATIENCE: Duration = Duration::from_secs(300);

/// What comes of looking before an attempt.
pub(super) enum Looked {
    /// An answer.
    Found(Value),
    /// Somebody who asks the same.
    Follows(Follower),
    /// Nothing: an attempt is to be made.
    Missed,
}

impl Task<'_> {
    /// Looks for an answer before an attempt is made, which counts as none where something is found.
    #[cold]
    pub(super) fn look(&mut self) -> Looked {
        let Some(caching) = self.caching.as_mut() else { return Looked::Missed };
        let mut keyed = caching.keyed.clone();
        keyed.component(self.component.as_deref());
        let key = keyed.finish();
        caching.wanted = Some(key);
        match self.context.services().cache.ask(key) {
            Asked::Hit(hit) => {
                self.attempts -= 1;
                Looked::Found(self.found(hit))
            }
            Asked::Followed(_) if caching.is_impatient => Looked::Missed,
            Asked::Followed(follower) => {
                self.attempts -= 1;
                Looked::Follows(follower)
            }
            Asked::Led(leader) => {
                caching.leader = Some(leader);
                Looked::Missed
            }
        }
    }

    /// Waits for the answer of another. One who holds permits would keep the leader's company from working, and waits
    /// without; and no longer than an attempt of its own may take, after which it asks by itself.
    pub(super) async fn follow(&mut self, follower: Follower) -> Option<Value> {
        self.permit = None;
        let limit = self.context.agent(self.agent).timeout.unwrap_or(PATIENCE);
        let answer = std::pin::pin!(follower.answer());
        let answer = match sleep(limit) {
            Err(_) => answer.await,
            Ok(timer) => match select(answer, std::pin::pin!(timer)).await {
                Either::Left((answer, _)) => answer,
                Either::Right(_) => {
                    if let Some(caching) = &mut self.caching {
                        caching.is_impatient = true;
                    }
                    None
                }
            },
        };
        answer.map(|hit| self.found(hit))
    }

    fn found(&mut self, Hit { value, age }: Hit) -> Value {
        if let Some(caching) = &mut self.caching {
            (caching.wanted, caching.age) = (None, Some(age));
        }
        self.context.emit(|| EventKind::Cached {
            agent: &self.context.agent(self.agent).name,
            age,
            component: self.component.as_ref().map(|component| &*component.reference),
        });
        value
    }

    /// Keeps what an attempt gave, and gives it to those who follow. What holds a secret stays in memory.
    pub(super) fn keep(&mut self, value: &Value) {
        let Some(caching) = &mut self.caching else { return };
        if let Some(key) = caching.wanted {
            let secrets = self.context.secrets();
            let has_no_secret = |json: &str| matches!(secrets.mask(json), std::borrow::Cow::Borrowed(_));
            self.context.services().cache.put(key, value.clone(), caching.ttl, has_no_secret);
        }
        if let Some(leader) = caching.leader.take() {
            leader.give(value.clone());
        }
    }

    /// Leaves the asking to others, where an attempt has failed.
    pub(super) fn leave(&mut self) {
        if let Some(caching) = &mut self.caching {
            caching.leader = None;
        }
    }
}
