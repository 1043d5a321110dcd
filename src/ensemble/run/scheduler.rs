//! Who is decided, who starts, who has settled: the ideal schedule, on one task.
//!
//! Each agent counts the agents that it waits for. When one settles, the counters of those who wait for it fall; at
//! zero their gates are decided and they start, at once and in the order of the file. There are no steps. What does
//! not have to wait is done on the spot: a run whose operations never suspend is over after one [`drain`].
//!
//! [`drain`]: Scheduler::drain

use std::borrow::Cow;
use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::{Arc, PoisonError};
use std::task::{Context as TaskContext, Poll};

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio::time::Sleep;

use super::agent::{AgentState, AgentStatus};
use super::caching::Caching;
use super::context::{Context, sleep};
use super::draws::Draws;
use super::schedule::{Schedule, Waiting};
use super::task::{Begun, Finished, Rest, Task};
use super::{Failure, fields};
use crate::component::ComponentRef;
use crate::ensemble::gate::{self, Decision, Record};
use crate::ensemble::operation::{Cancellation, FailureKind};
use crate::ensemble::plan::{AgentIdx, ComponentPlan, ENV, FIRST_AGENT, Fallback, Gate, INPUT, Plan};
use crate::ensemble::trace::EventKind;
use crate::value::{ObjectBuilder, Str, Value};
use crate::vm::Vm;

/// How a run ended.
pub(super) struct Ended {
    pub(super) result: Result<Value, Failure>,
    pub(super) agents: Vec<AgentState>,
    /// By slot.
    pub(super) variables: Vec<Value>,
}

/// Something that can be done now.
#[derive(Clone, Copy)]
enum Step {
    Decide(AgentIdx),
    Start(AgentIdx),
}

/// Where an agent stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Its gate is not decided.
    Gated,
    /// Its gate is open; it waits for what it needs, or for its turn.
    Open,
    /// It has begun.
    Begun,
    Settled,
}

struct Agent {
    phase: Phase,
    waiting: Waiting,
    state: AgentState,
}

/// One run.
pub(super) struct Scheduler<'r> {
    context: &'r Context,
    plan: &'r Plan,
    schedule: &'r Schedule,
    variables: Vec<Value>,
    agents: Vec<Agent>,
    ready: VecDeque<Step>,
    unsettled: usize,
    draws: Draws,
    working: FuturesUnordered<Rest<'r>>,
    failure: Option<Failure>,
    /// The run's time-out, once something has to be waited for.
    deadline: Option<Pin<Box<Sleep>>>,
    cancelled: Option<Pin<Box<dyn Future<Output = ()> + Send + 'r>>>,
    is_drained: bool,
}

impl<'r> Scheduler<'r> {
    pub(super) fn new(context: &'r Context, draws: Draws, input: Value, env: Value) -> Self {
        let plan = context.plan();
        let schedule = context.ensemble.schedule();
        let mut variables = Vec::with_capacity(FIRST_AGENT + plan.agents.len());
        const { assert!(INPUT == 0 && ENV == 1) };
        variables.extend([input, env]);
        variables.resize(FIRST_AGENT + plan.agents.len(), Value::Undefined);
        let agents = schedule.waiting.iter();
        let agents =
            agents.map(|&waiting| Agent { phase: Phase::Gated, waiting, state: AgentState::default() });
        let mut ready = VecDeque::with_capacity(plan.agents.len().min(64));
        for (waiting, index) in schedule.waiting.iter().zip(0..) {
            if waiting.gate == 0 {
                ready.push_back(Step::Decide(AgentIdx(index)));
            }
        }
        Self {
            context,
            plan,
            schedule,
            variables,
            agents: agents.collect(),
            ready,
            unsettled: plan.agents.len(),
            draws,
            working: FuturesUnordered::new(),
            failure: None,
            deadline: None,
            cancelled: None,
            is_drained: false,
        }
    }

    /// Does all that can be done without waiting. Polls nobody's future, so that it needs no runtime.
    pub(super) fn drain(&mut self) -> Poll<Ended> {
        self.is_drained = true;
        if self.ready.is_empty() && self.unsettled > 0 && self.failure.is_none() {
            return Poll::Pending;
        }
        let services = self.context.services();
        services.vms.with(|vm| {
            while self.failure.is_none() && !self.is_cancelled() {
                let Some(step) = self.ready.pop_front() else { break };
                match step {
                    Step::Decide(agent) => self.decide(agent, vm),
                    Step::Start(agent) => self.start(agent, vm),
                }
            }
            if self.failure.is_some() || self.unsettled == 0 {
                Poll::Ready(self.end(vm))
            } else {
                Poll::Pending
            }
        })
    }

    /// Works, and waits for who is at work. The first call polls nobody: see [`drain`](Self::drain).
    pub(super) fn poll(&mut self, task: &mut TaskContext<'_>) -> Poll<Ended> {
        if !self.is_drained {
            return self.drain();
        }
        loop {
            self.watch(task);
            if let Poll::Ready(ended) = self.drain() {
                return Poll::Ready(ended);
            }
            match self.working.poll_next_unpin(task) {
                Poll::Ready(Some(finished)) => {
                    let services = self.context.services();
                    services.vms.with(|vm| self.finished(finished, vm));
                }
                Poll::Ready(None) => {
                    // Nobody is ready, nobody works, and not all have settled: the plan waits for itself.
                    let message = "the agents wait for each other";
                    self.failure = Some(Failure::new(FailureKind::Runtime, message));
                }
                Poll::Pending => return Poll::Pending,
            }
        }
    }

    /// Looks at what ends a run from outside: its time-out and its caller.
    fn watch(&mut self, task: &mut TaskContext<'_>) {
        if self.failure.is_some() {
            return;
        }
        if let (Some(limit), None) = (self.plan.timeout, &self.deadline) {
            match sleep(limit) {
                Ok(timer) => self.deadline = Some(Box::pin(timer)),
                Err(failure) => self.failure = Some(failure),
            }
        }
        if let Some(deadline) = &mut self.deadline
            && deadline.as_mut().poll(task).is_ready()
        {
            let limit = self.plan.timeout.unwrap_or_default();
            let message = format!("the run took longer than {limit:?}");
            self.failure = Some(Failure::new(FailureKind::Timeout, message));
        }
        if let Some(switch) = &self.context.root.cancellation {
            let cancelled = self.cancelled.get_or_insert_with(|| Box::pin(switch.cancelled()));
            if cancelled.as_mut().poll(task).is_ready() {
                self.failure = Some(Failure::new(FailureKind::Cancelled, "the run was cancelled"));
            }
        }
    }

    fn is_cancelled(&mut self) -> bool {
        let is_cancelled = self.context.root.cancellation.as_ref().is_some_and(Cancellation::is_cancelled);
        if is_cancelled {
            self.failure = Some(Failure::new(FailureKind::Cancelled, "the run was cancelled"));
        }
        is_cancelled
    }

    fn at(&mut self, agent: AgentIdx) -> &mut Agent {
        &mut self.agents[agent.0 as usize]
    }

    /// Decides a gate.
    fn decide(&mut self, agent: AgentIdx, vm: &mut Vm) {
        let taken = match &self.plan.agents[agent.0 as usize].gate {
            Gate::Open => true,
            Gate::Closed => {
                let decision = Decision::default();
                self.context.emit(|| EventKind::Gate { agent: self.name(agent), decision: &decision });
                false
            }
            Gate::Expression(expression) => {
                let record = if self.context.is_observed() { Record::Yes } else { Record::No };
                let shared = self.schedule.gate_streams[agent.0 as usize];
                let cursor = self.draws.cursor(expression, shared);
                match gate::decide(expression, vm, &self.variables, cursor, record) {
                    Ok(decision) => {
                        self.context
                            .emit(|| EventKind::Gate { agent: self.name(agent), decision: &decision });
                        decision.taken
                    }
                    Err(error) => {
                        let failure = self.context.masked(Failure::thrown(&error, expression));
                        return self.fail(agent, failure, vm);
                    }
                }
            }
        };
        if !taken {
            return self.skip(agent, AgentStatus::SkippedByGate);
        }
        let standing = self.at(agent);
        standing.phase = Phase::Open;
        if standing.waiting.start == 0 {
            self.ready.push_back(Step::Start(agent));
        }
    }

    fn name(&self, agent: AgentIdx) -> &'r str {
        &self.plan.agents[agent.0 as usize].name
    }

    /// Starts an agent whose gate is open and that waits for nobody.
    fn start(&mut self, agent: AgentIdx, vm: &mut Vm) {
        let plan = &self.plan.agents[agent.0 as usize];
        let gave_output = |needed: &AgentIdx| self.agents[needed.0 as usize].state.gave_output();
        if !plan.requires.iter().all(gave_output) {
            return self.skip(agent, AgentStatus::SkippedByRequires);
        }
        self.at(agent).phase = Phase::Begun;
        self.at(agent).state.executed = true;
        match self.task(agent, vm) {
            Ok(task) => match task.begin() {
                Begun::Finished(finished) => self.finished(finished, vm),
                Begun::Waits(rest) => self.working.push(rest),
            },
            Err(failure) => {
                let failure = self.context.masked(failure);
                self.fail(agent, failure, vm);
            }
        }
    }

    /// The agent with its input, configuration and component's name worked out.
    fn task(&mut self, agent: AgentIdx, vm: &mut Vm) -> Result<Task<'r>, Failure> {
        let plan = &self.plan.agents[agent.0 as usize];
        let input = match &plan.input {
            Some(field) => fields::eval(field, vm, &self.variables, &mut self.draws)?,
            None => self.variables[INPUT].clone(),
        };
        let config = match &plan.config {
            Some(field) => fields::eval(field, vm, &self.variables, &mut self.draws)?,
            None => self.context.ensemble.0.empty.clone(),
        };
        let reference = match &plan.component {
            None => None,
            Some(ComponentPlan::Fixed(reference)) => Some(Cow::Borrowed(reference)),
            Some(ComponentPlan::Expression(_)) => Some(Cow::Owned(self.reference(agent, vm)?)),
        };
        let caching = match &plan.cache {
            None => None,
            Some(cache) => {
                let (variables, draws) = (&self.variables, &mut self.draws);
                Caching::new(plan, cache, (&input, &config), |key| fields::eval(key, vm, variables, draws))?
            }
        };
        let operation = self.context.ensemble.operation(agent);
        let mut task = Task::new(self.context, agent, operation, (input, config), reference);
        task.caching = caching.map(Box::new);
        Ok(task)
    }

    /// The reference that a component's expression gives.
    fn reference(&mut self, agent: AgentIdx, vm: &mut Vm) -> Result<ComponentRef, Failure> {
        let plan = &self.plan.agents[agent.0 as usize];
        let Some(ComponentPlan::Expression(expression)) = &plan.component else {
            return Err(Failure::new(FailureKind::Invalid, "the agent has no component expression"));
        };
        let shared = self.schedule.component_streams[agent.0 as usize];
        let mut cursor = self.draws.cursor(expression, shared);
        let value = expression.template.eval(vm, &self.variables, &mut cursor);
        let value = value.map_err(|error| Failure::thrown(&error, expression))?;
        let invalid = |message: String| Failure {
            field: Some(expression.field.clone()),
            expression: Some(expression.text.clone()),
            ..Failure::new(
                FailureKind::Component(crate::component::ComponentErrorKind::InvalidReference),
                message,
            )
        };
        match &value {
            Value::String(text) => {
                ComponentRef::parse(&text.to_text()).map_err(|error| invalid(error.message.into()))
            }
            other => Err(invalid(format!("`component` gave {}, not a reference", other.type_of()))),
        }
    }

    fn finished(&mut self, finished: Finished, vm: &mut Vm) {
        let Finished { agent, result, attempts, duration, component, cached } = finished;
        let state = &mut self.at(agent).state;
        (state.attempts, state.duration, state.component) = (attempts, duration, component);
        state.cached = cached;
        match result {
            Ok(output) => {
                state.status = AgentStatus::Done;
                state.output = output;
                match state.to_value() {
                    Ok(value) => self.settle(agent, value),
                    Err(thrown) => {
                        state.output = Value::Undefined;
                        let failure = Failure::new(FailureKind::Expression(thrown.kind), &*thrown.message);
                        self.fail(agent, failure, vm);
                    }
                }
            }
            Err(failure) => self.fail(agent, failure, vm),
        }
    }

    /// Fails an agent, and with it the run, unless `on_error` says otherwise.
    #[cold]
    fn fail(&mut self, agent: AgentIdx, failure: Failure, vm: &mut Vm) {
        let plan = &self.plan.agents[agent.0 as usize];
        let failure = failure.of(&plan.name);
        let mut fatal = None;
        let output = match &plan.on_error {
            Fallback::Fail => {
                fatal = Some(failure.clone());
                Value::Undefined
            }
            Fallback::Continue => Value::Undefined,
            Fallback::Value(field) => fields::eval(field, vm, &self.variables, &mut self.draws)
                .unwrap_or_else(|inner| {
                    fatal = Some(self.context.masked(inner).of(&plan.name));
                    Value::Undefined
                }),
        };
        let state = &mut self.at(agent).state;
        state.status = AgentStatus::Failed;
        state.error = Some(Arc::new(failure));
        state.output = output;
        let value = state.to_value().unwrap_or_else(|thrown| {
            // A fallback may nest as deep as anything; without it the state is flat.
            state.output = Value::Undefined;
            let inner = Failure::new(FailureKind::Expression(thrown.kind), &*thrown.message);
            fatal = Some(inner.of(&plan.name));
            state.to_value().unwrap_or_default()
        });
        self.settle(agent, value);
        if fatal.is_some() {
            self.failure = fatal;
        }
    }

    fn skip(&mut self, agent: AgentIdx, status: AgentStatus) {
        self.at(agent).state.status = status;
        self.settle(agent, AgentState::skipped_value());
    }

    /// An agent has come to its end: those who wait for it wait for one less.
    fn settle(&mut self, agent: AgentIdx, value: Value) {
        self.variables[agent.slot()] = value;
        self.agents[agent.0 as usize].phase = Phase::Settled;
        self.unsettled -= 1;
        self.tell(agent);
        for waiter in self.schedule.waiters(agent) {
            let waiting = &mut self.agents[waiter.agent.0 as usize];
            waiting.waiting.start -= 1;
            if waiter.gate {
                waiting.waiting.gate -= 1;
                if waiting.waiting.gate == 0 {
                    self.ready.push_back(Step::Decide(waiter.agent));
                }
            }
            if waiting.phase == Phase::Open && waiting.waiting.start == 0 {
                self.ready.push_back(Step::Start(waiter.agent));
            }
        }
    }

    fn tell(&self, agent: AgentIdx) {
        if self.context.is_observed() {
            let secrets = self.context.root.secrets();
            let state = &self.agents[agent.0 as usize].state;
            self.context.emit(|| EventKind::Settled { agent: self.name(agent), state, secrets: &secrets });
        }
    }

    /// All have settled, or the run has failed.
    fn end(&mut self, vm: &mut Vm) -> Ended {
        let result = match self.failure.take() {
            Some(failure) => {
                self.cancel();
                Err(failure)
            }
            None => self.output(vm).map_err(|failure| self.context.masked(failure)),
        };
        self.context.emit(|| EventKind::Ended { failure: result.as_ref().err() });
        let agents = std::mem::take(&mut self.agents);
        let variables = std::mem::take(&mut self.variables);
        Ended { result, agents: agents.into_iter().map(|agent| agent.state).collect(), variables }
    }

    /// Drops who is at work, and notes how far each got.
    #[cold]
    fn cancel(&mut self) {
        self.working.clear();
        self.ready.clear();
        for agent in 0..self.agents.len() {
            if self.agents[agent].phase == Phase::Begun {
                self.agents[agent].state.executed = false;
            }
        }
        let abandoned =
            std::mem::take(&mut *self.context.abandoned.lock().unwrap_or_else(PoisonError::into_inner));
        for left in abandoned {
            let state = &mut self.at(left.agent).state;
            state.executed = left.attempts > 0;
            state.attempts = left.attempts;
            state.duration = left.started.map(|started| started.elapsed());
            state.component = left.component;
        }
        for agent in 0..self.agents.len() {
            if self.agents[agent].phase != Phase::Settled {
                self.tell(AgentIdx(agent as u32));
            }
        }
    }

    /// What the run gives: `output`, or the outputs of those that ran, by name.
    fn output(&mut self, vm: &mut Vm) -> Result<Value, Failure> {
        if let Some(output) = &self.plan.output {
            return fields::eval(output, vm, &self.variables, &mut self.draws);
        }
        let mut output = ObjectBuilder::with_capacity(self.agents.len());
        for (agent, plan) in self.agents.iter().zip(&self.plan.agents) {
            let state = &agent.state;
            if state.executed || state.gave_output() {
                output.insert(Str::from(&*plan.name), state.output.clone());
            }
        }
        output
            .build()
            .map(Value::Object)
            .map_err(|thrown| Failure::new(FailureKind::Expression(thrown.kind), &*thrown.message))
    }
}
