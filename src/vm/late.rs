//! Parameters that a function captures before they have their value: `(a = () => b, b = 1) => a()`.
//!
//! What is captured is then a cell, which the parameter fills as soon as it is bound. A cell may come to hold the very
//! function that captured it, so the evaluation keeps all of its cells and empties them at its end: nothing leaks, and
//! no chain of cells is ever dropped by recursion. A function that outlives its evaluation finds its cells empty.

use super::Scratch;
use super::machine::{Machine, Stack};
use super::operand::Operand;
use crate::bytecode::LocalIdx;
use crate::value::{Closure, Meter, Thrown, Value};
use std::sync::{Arc, Mutex, PoisonError};

/// A place for one parameter's value.
#[derive(Debug, Default)]
pub(super) struct Cell(Mutex<Option<Value>>);

impl Cell {
    fn replace(&self, value: Option<Value>) -> Option<Value> {
        std::mem::replace(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner), value)
    }

    fn value(&self) -> Option<Value> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The cell that a value of the machine's own is, if it is one.
    fn of(value: &Value) -> Option<&Self> {
        match value {
            Value::Closure(closure) => closure.program.downcast_ref(),
            _ => None,
        }
    }
}

impl Machine<'_, '_> {
    /// The cell in `local`, made by the first function that captures it.
    #[cold]
    pub(super) fn late_cell(&mut self, stack: &mut Stack<'_>, local: LocalIdx) -> Result<Value, Thrown> {
        let known = stack[local.get()].get();
        if Cell::of(known).is_some() {
            return Ok(known.clone());
        }
        self.budget.allocate(size_of::<Cell>() + size_of::<Closure>() + size_of::<Arc<Cell>>())?;
        let cell = Arc::new(Cell::default());
        self.scratch.cells.push(Arc::clone(&cell));
        // A closure is the one value that carries what this room alone knows; no code ever gives it to anybody.
        let value = Value::Closure(Arc::new(Closure::new(cell, 0, Box::default())?));
        stack[local.get()].set(Operand::Owned(value.clone()));
        Ok(value)
    }

    /// Fills the cell in `local`, if any function wanted it.
    #[cold]
    pub(super) fn set_late(&mut self, stack: &Stack<'_>, local: LocalIdx, value: &Value) {
        if let Some(cell) = Cell::of(stack[local.get()].get()) {
            cell.replace(Some(value.clone()));
        }
    }

    /// What the cell holds; a `ReferenceError` with this message while it is empty.
    #[cold]
    pub(super) fn late<'a>(&mut self, cell: &Value, message: &Value) -> Result<Operand<'a>, Thrown> {
        let held = Cell::of(cell).and_then(Cell::value);
        held.map(Operand::Owned).ok_or_else(|| super::build::reference_error(message))
    }
}

impl Scratch {
    /// Empties the cells of the evaluation that ended.
    #[cold]
    #[inline(never)]
    pub(super) fn empty_cells(&mut self) {
        // All of them stay alive until the last is empty, so that none is dropped inside another.
        self.cells.iter().for_each(|cell| drop(cell.replace(None)));
        self.cells.clear();
    }
}
