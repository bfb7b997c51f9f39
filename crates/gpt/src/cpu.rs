//! Walks a plan with the CPU kernels.
//!
//! A pass is a run of rows, one a token. They either continue the sequence of
//! the cache, or are several stems which all follow the cached prefix, and
//! branches of those, which do not see each other.

use senselm_kernels::{AttentionShape, Finish, KernelError, Kernels, KvRows, Query};

use crate::cache::Cache;
use crate::llama;
use crate::plan::{Buffer, Linear, Norm, Op, Rows};
use crate::tensors::MatrixId;
use crate::workspace::{PassRows, Token, Workspace, make_room};
use crate::{Config, GptError, Model};

/// Where the rows of a pass stand.
pub(crate) enum Place<'a> {
    /// Behind the cached tokens, to be cached too.
    Append(&'a mut Cache),
    /// In stems right behind the cached tokens, and in branches of those.
    Branches(&'a Cache),
}

/// One walk over the plan.
pub(crate) struct Pass<'a> {
    pub(crate) model: &'a Model,
    /// The model's bytes.
    pub(crate) bytes: &'a [u8],
    pub(crate) workspace: &'a mut Workspace,
    pub(crate) place: Place<'a>,
}

impl Pass<'_> {
    /// Feeds `rows`. Afterwards [`Buffer::Normed`] holds the final states of
    /// the wanted ones, and an appending pass is cached.
    pub(crate) fn run(mut self, pass_rows: &PassRows) -> Result<(), GptError> {
        let tokens = pass_rows.tokens.as_slice();
        let mut rows = tokens.len();
        if rows == 0 {
            return Ok(());
        }
        for op in &self.model.plan().ops {
            match *op {
                Op::Embed {
                    tokens: table,
                    positions,
                    out,
                } => self.embed(tokens, table, positions, out)?,
                Op::Qkv {
                    norm,
                    linear,
                    input,
                    out,
                    ..
                } => {
                    self.norm(norm, input, rows);
                    self.linear(linear, Finish::Store, out, rows)?;
                }
                Op::NormGelu {
                    norm,
                    linear,
                    input,
                    out,
                } => {
                    self.norm(norm, input, rows);
                    self.linear(linear, Finish::Gelu, out, rows)?;
                }
                Op::Attention {
                    layer,
                    qkv,
                    residual,
                    out,
                    rows: which,
                } => {
                    let narrowed = match which {
                        Rows::All => None,
                        Rows::Wanted => Some(pass_rows.wanted.as_slice()),
                    };
                    self.attention(layer, tokens, narrowed, qkv, out);
                    if let Some(wanted) = narrowed {
                        self.narrow(residual, wanted, rows);
                        rows = wanted.len();
                    }
                    if rows == 0 {
                        break;
                    }
                }
                Op::LinearAdd { linear, input, out } => {
                    self.linear_add(linear, input, out, rows)?;
                }
                Op::FinalNorm { norm, input, out } => self.final_norm(norm, input, out, rows),
                Op::Llama(op) => llama::run(op, &mut self, tokens, rows)?,
            }
        }
        if let Place::Append(cache) = self.place {
            cache.commit(tokens.len());
        }
        Ok(())
    }

    fn kernels(&self) -> Kernels {
        self.model.kernels()
    }

    fn embed(
        &mut self,
        tokens: &[Token],
        table_id: MatrixId,
        positions_id: Option<MatrixId>,
        out: Buffer,
    ) -> Result<(), GptError> {
        let (model, kernels) = (self.model, self.kernels());
        let table = model.tensors().weights(table_id, self.bytes)?;
        let positions = match positions_id {
            Some(id) => Some((id, model.tensors().weights(id, self.bytes)?)),
            None => None,
        };
        let config = model.config();
        let mut sum = self.workspace.take(config, out, tokens.len());
        let between = &mut self.workspace.between;
        make_room(between, config.width);
        let position_row = &mut between[..config.width];
        for (token, row) in tokens.iter().zip(sum.chunks_exact_mut(config.width)) {
            embedded(
                model,
                table_id,
                kernels.dequantize_row(&table, token.id as usize, row),
            )?;
            if let Some((id, positions)) = &positions {
                let found = kernels.dequantize_row(positions, token.position, position_row);
                embedded(model, *id, found)?;
                kernels.add(row, position_row);
            }
        }
        self.workspace.put(out, sum);
        Ok(())
    }

    /// `between = norm(input)`
    fn norm(&mut self, norm: Norm, input: Buffer, rows: usize) {
        let (model, kernels) = (self.model, self.kernels());
        let config = model.config();
        let mut between = std::mem::take(&mut self.workspace.between);
        let x = self.workspace.rows(config, input, rows);
        make_room(&mut between, x.len());
        let (gain, bias) = (
            model.tensors().vector(norm.gain),
            model.tensors().norm_bias(norm.bias),
        );
        let (y, scratch) = (&mut between[..x.len()], &self.workspace.scratch);
        kernels.layer_norm(x, gain, bias, config.eps, y, scratch);
        self.workspace.between = between;
    }

    /// `out = finish(linear(between))`
    fn linear(
        &mut self,
        linear: Linear,
        finish: Finish,
        out: Buffer,
        rows: usize,
    ) -> Result<(), GptError> {
        let (model, kernels) = (self.model, self.kernels());
        let weights = model.tensors().weights(linear.weight, self.bytes)?;
        let bias = linear.bias.map(|id| model.tensors().vector(id));
        let config = model.config();
        let mut y = self.workspace.take(config, out, rows);
        let written = &mut y[..rows * out.width(config)];
        let x = &self.workspace.between[..rows * weights.cols()];
        let scratch = &mut self.workspace.scratch;
        kernels.matmul(&weights, x, bias, finish, written, scratch);
        self.workspace.put(out, y);
        Ok(())
    }

    /// `out += linear(input)`
    fn linear_add(
        &mut self,
        linear: Linear,
        input: Buffer,
        out: Buffer,
        rows: usize,
    ) -> Result<(), GptError> {
        let (model, kernels) = (self.model, self.kernels());
        let weights = model.tensors().weights(linear.weight, self.bytes)?;
        let bias = linear.bias.map(|id| model.tensors().vector(id));
        let config = model.config();
        let mut sum = self.workspace.take(config, out, rows);
        let sum_rows = &mut sum[..rows * out.width(config)];
        let x = self.workspace.take(config, input, rows);
        let x_rows = &x[..rows * weights.cols()];
        let scratch = &mut self.workspace.scratch;
        kernels.matmul(&weights, x_rows, bias, Finish::Add, sum_rows, scratch);
        self.workspace.put(input, x);
        self.workspace.put(out, sum);
        Ok(())
    }

    /// Caches the keys and values of all rows, then lets all of them, or those
    /// of `narrowed`, gather what they attend to.
    fn attention(
        &mut self,
        layer: usize,
        tokens: &[Token],
        narrowed: Option<&[usize]>,
        qkv: Buffer,
        out: Buffer,
    ) {
        let kernels = self.kernels();
        let config = self.model.config();
        let (width, kv_width, row_width) = (config.width, config.kv_width(), config.qkv_width());
        let mut mixed = self.workspace.take(config, out, tokens.len());
        let qkv_rows = self.workspace.take(config, qkv, tokens.len());
        let written = &qkv_rows[..tokens.len() * qkv.width(config)];
        let Workspace { own, scratch, .. } = &mut *self.workspace;
        let appended = matches!(self.place, Place::Append(_));
        let cache = match &mut self.place {
            Place::Append(cache) => {
                cache.append(layer, written, config);
                &**cache
            }
            Place::Branches(cache) => {
                own.write(0, tokens.len() * kv_width, written, config);
                *cache
            }
        };
        let own = &*own;
        let query = |row: usize| {
            let token = tokens[row];
            let past = if appended {
                let before = cache.rows(layer, token.position + 1);
                [before, KvRows::NONE, KvRows::NONE]
            } else {
                let (stem, length) = token.stem;
                [
                    cache.rows(layer, cache.len()),
                    own.rows(stem * kv_width, length),
                    own.rows(token.own * kv_width, row + 1 - token.own),
                ]
            };
            let row = &written[row * row_width..][..width];
            Query { row, past }
        };
        let gathered = &mut mixed[..narrowed.map_or(tokens.len(), <[usize]>::len) * width];
        let queries: Vec<Query<'_>> = match narrowed {
            None => (0..tokens.len()).map(query).collect(),
            Some(wanted) => wanted.iter().map(|&row| query(row)).collect(),
        };
        kernels.attention(shape(config), &queries, gathered, scratch);
        self.workspace.put(qkv, qkv_rows);
        self.workspace.put(out, mixed);
    }

    /// Moves the wanted rows, which are in ascending order, to the front.
    fn narrow(&mut self, buffer: Buffer, wanted: &[usize], rows: usize) {
        let config = self.model.config();
        let width = buffer.width(config);
        let mut moved = self.workspace.take(config, buffer, rows);
        for (to, &from) in wanted.iter().enumerate() {
            if from != to {
                moved.copy_within(from * width..(from + 1) * width, to * width);
            }
        }
        self.workspace.put(buffer, moved);
    }

    fn final_norm(&mut self, norm: Norm, input: Buffer, out: Buffer, rows: usize) {
        let config = self.model.config();
        self.norm(norm, input, rows);
        let mut y = self.workspace.take(config, out, rows);
        let len = rows * out.width(config);
        y[..len].copy_from_slice(&self.workspace.between[..len]);
        self.workspace.put(out, y);
    }
}

/// How heads lie in rows of queries, and in cached rows.
fn shape(config: &Config) -> AttentionShape {
    AttentionShape {
        heads: config.heads,
        kv_heads: config.kv_heads,
        head_width: config.head_width(),
        stride: config.kv_width(),
    }
}

fn embedded(
    model: &Model,
    table: MatrixId,
    result: Result<(), KernelError>,
) -> Result<(), GptError> {
    result.map_err(|source| GptError::Kernel {
        name: model.tensors().matrix(table).name.clone(),
        source,
    })
}

/// The logits of `rows` final states from the row at `first` on.
pub(crate) fn head<'w>(
    model: &Model,
    bytes: &[u8],
    workspace: &'w mut Workspace,
    first: usize,
    rows: usize,
) -> Result<&'w mut [f32], GptError> {
    let config = model.config();
    let weights = model.tensors().weights(model.plan().head, bytes)?;
    let mut logits = workspace.take(config, Buffer::Logits, rows);
    let normed = workspace.take(config, Buffer::Normed, first + rows);
    let x = &normed[first * config.width..][..rows * config.width];
    let len = rows * config.vocab;
    let (written, scratch) = (&mut logits[..len], &mut workspace.scratch);
    let kernels = model.kernels();
    kernels.matmul(&weights, x, None, Finish::Store, written, scratch);
    workspace.put(Buffer::Normed, normed);
    workspace.put(Buffer::Logits, logits);
    Ok(workspace.rows_mut(config, Buffer::Logits, rows))
}
