// The repetition penalty.

@group(0) @binding(6) var<storage, read> history: array<u32>;
@group(0) @binding(7) var<storage, read_write> rows: array<Row>;

// Makes the tokens of the latest rows less probable, each once.
fn penalise(index: u32) {
    let end = rows[0].prefix;
    let start = end - min(end, params.window);
    for (var i = start + index; i < end; i += 256u) {
        let id = history[i];
        var first = true;
        for (var j = start; j < i; j++) {
            first = first && history[j] != id;
        }
        if (first && id < params.vocab) {
            let v = bitcast<f32>(logits[id]);
            logits[id] = bitcast<u32>(select(v * params.penalty, v / params.penalty, v > 0.0));
        }
    }
}
