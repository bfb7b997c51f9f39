//! Runs a WASI command in the gateway's wasmtime: the same engine, nothing but
//! the arguments given, the clocks and the output.
//!
//! The benchmark runs our kernels and a peer's in it, so that both have the same
//! host: `cargo run --release -p senselm-gateway --example wasi_command -- FILE ARGUMENTS`.

use std::error::Error;
use std::process::ExitCode;

use senselm_gateway::{CompileCache, engine};
use wasmtime::Store;
use wasmtime::component::{Component, Linker, ResourceTable};
use wasmtime_wasi::p2::bindings::sync::Command;
use wasmtime_wasi::{I32Exit, WasiCtx, WasiCtxView, WasiView};

struct Host {
    wasi: WasiCtx,
    table: ResourceTable,
}

impl WasiView for Host {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.wasi,
            table: &mut self.table,
        }
    }
}

fn main() -> ExitCode {
    match run(std::env::args().skip(1).collect()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("wasi_command: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Whether the command ended well.
fn run(words: Vec<String>) -> Result<bool, Box<dyn Error>> {
    let program = words.first().ok_or("give a component and its arguments")?;
    let engine = engine(&CompileCache::User)?;
    let component = Component::from_file(&engine, program)?;
    let mut linker = Linker::<Host>::new(&engine);
    wasmtime_wasi::p2::add_to_linker_sync(&mut linker)?;
    let host = Host {
        wasi: WasiCtx::builder()
            .inherit_stdout()
            .inherit_stderr()
            .args(&words)
            .build(),
        table: ResourceTable::new(),
    };
    let mut store = Store::new(&engine, host);
    // Nobody ticks here: the deadline of the first epoch never comes.
    store.set_epoch_deadline(1);
    let command = Command::instantiate(&mut store, &component, &linker)?;
    match command.wasi_cli_run().call_run(&mut store) {
        Ok(ended) => Ok(ended.is_ok()),
        Err(error) => match error.downcast_ref::<I32Exit>() {
            Some(exit) => Ok(exit.0 == 0),
            None => Err(error.into()),
        },
    }
}
