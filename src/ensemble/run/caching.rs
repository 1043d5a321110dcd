//! An agent's answer from before, and keeping this one.

use std::time::Duration;

use super::Failure;
use super::task::Task;
use crate::ensemble::cache::{Hit, Key, Keyed};
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
        Ok(is_known.then_some(Self { keyed, ttl: cache.ttl, wanted: None, age: None }))
    }
}

impl Task<'_> {
    /// The answer from before, if there is one.
    #[cold]
    pub(super) fn cached(&mut self) -> Option<Value> {
        let caching = self.caching.as_mut()?;
        let mut keyed = caching.keyed.clone();
        keyed.component(self.component.as_deref());
        let key = keyed.finish();
        let Some(Hit { value, age }) = self.context.services().cache.get(&key) else {
            caching.wanted = Some(key);
            return None;
        };
        (caching.wanted, caching.age) = (None, Some(age));
        // None was begun.
        self.attempts -= 1;
        self.context.emit(|| EventKind::Cached {
            agent: &self.context.agent(self.agent).name,
            age,
            component: self.component.as_ref().map(|component| &*component.reference),
        });
        Some(value)
    }

    /// Keeps what an attempt gave. What holds a secret stays in memory.
    pub(super) fn keep(&self, value: &Value) {
        let Some(caching) = &self.caching else { return };
        if let Some(key) = caching.wanted {
            let secrets = self.context.secrets();
            let has_no_secret = |json: &str| matches!(secrets.mask(json), std::borrow::Cow::Borrowed(_));
            self.context.services().cache.put(key, value.clone(), caching.ttl, has_no_secret);
        }
    }
}
