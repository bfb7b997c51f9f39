use std::collections::BTreeSet;
use std::time::Instant;
use senselm_evaluate::{Clusters, stratified_folds};
use senselm_fit::{Sample, cross_fit};
use senselm_sensor::*;

fn main() {
    let dir = std::env::args().nth(1).unwrap();
    let features: usize = std::env::args().nth(2).map_or(504, |x| x.parse().unwrap());
    let points_arg: usize = std::env::args().nth(3).map_or(0, |x| x.parse().unwrap());
    let text = std::fs::read_to_string(format!("{dir}/train.csv")).unwrap();
    let test_text = std::fs::read_to_string(format!("{dir}/test.csv")).ok();
    // names
    let first = text.lines().nth(1).unwrap();
    let names: Vec<String> = first.split('[').map(|p| p.rsplit(|c: char| !c.is_alphanumeric() && c != '_' && c != ':' && c != ' ').next().unwrap_or("").trim().trim_end_matches(':').trim().trim_start_matches('"').to_string()).filter(|s| !s.is_empty() && s.chars().any(|c| c.is_alphabetic())).collect();
    let labels: BTreeSet<String> = text.lines().skip(1).map(|l| l.rsplit(',').next().unwrap().trim().to_string()).filter(|s| !s.is_empty()).collect();
    let names: Vec<String> = names.into_iter().filter(|n| !labels.contains(n)).collect(); eprintln!("{names:?} {labels:?}");
    let channel = |name: &str| ChannelSpec { ..serde_json::from_value(serde_json::json!({"name": name.to_lowercase(), "source": name, "missing": {"kind": "interpolate", "empty": "?"}})).unwrap() };
    let channels: Vec<ChannelSpec> = names.iter().map(|n| channel(n)).collect();
    let lower: Vec<String> = names.iter().map(|n| n.to_lowercase()).collect();
    let stats = serde_json::json!([{"kind":"mean"},{"kind":"std"},{"kind":"min"},{"kind":"max"},{"kind":"slope"},{"kind":"roughness"},{"kind":"median"},{"kind":"interquartile_range"},{"kind":"skewness"},{"kind":"kurtosis"},{"kind":"crossing_share"},{"kind":"spectral_centroid"},{"kind":"spectral_entropy"},{"kind":"min_position"},{"kind":"max_position"},{"kind":"first"},{"kind":"last"},{"kind":"autocorrelation","lag":1},{"kind":"autocorrelation","lag":4},{"kind":"longest_run"},{"kind":"range"}]);
    let task = Task::classify(labels.iter().cloned());
    // length
    let mut longest = 0usize; let mut least = usize::MAX;
    let probe: FrontEndSpec = FrontEndSpec { layout: Layout::Cells { column: serde_json::from_str("\"input\"").unwrap(), samples: Samples { min: 1, max: 4000 } }, channels: channels.clone(), operators: vec![serde_json::from_value(serde_json::json!({"name":"s","of":{"kind":"statistics","signals":lower,"of":[{"kind":"mean"}]},"write":{"kind":"decimal","decimals":1,"separator":" "}})).unwrap()], interleave: vec![], template: "{s}".into() };
    let fe = FrontEnd::new(probe).unwrap();
    let data = read_csv(&fe, &task, text.as_bytes(), BadRows::Skip).unwrap();
    for r in &data.records { for c in &r.window.channels { longest = longest.max(c.len()); least = least.min(c.len()); } }
    let points = if points_arg == 0 { longest } else { points_arg };
    let mut ops = vec![];
    for name in &lower { ops.push(serde_json::json!({"name": format!("d_{name}"), "of": {"kind":"difference","signal":name}})); }
    let diffs: Vec<String> = lower.iter().map(|n| format!("d_{n}")).collect();
    ops.push(serde_json::json!({"name":"conv","of":{"kind":"convolutions","signals":lower,"points":points,"features":features}}));
    ops.push(serde_json::json!({"name":"dconv","of":{"kind":"convolutions","signals":diffs,"points":points,"features":features}}));
    ops.push(serde_json::json!({"name":"stats","of":{"kind":"statistics","signals":lower,"of":stats}}));
    ops.push(serde_json::json!({"name":"verdict","of":{"kind":"project","of":["conv","dconv","stats"]},"write":{"kind":"rank","top":2,"margin":{"alphabet":"01234567"}}}));
    let spec = FrontEndSpec { layout: Layout::Cells { column: serde_json::from_str("\"input\"").unwrap(), samples: Samples { min: least.min(2), max: longest } }, channels, operators: serde_json::from_value(ops.into()).unwrap(), interleave: vec![], template: "scores {verdict} class".into() };
    let records = data.records;
    let samples: Vec<Sample> = records.iter().map(|r| Sample { window: &r.window, truth: r.truth.as_ref().unwrap(), cluster: r.group }).collect();
    let symbols = |s: &FrontEndSpec| match &s.operators.last().unwrap().write { Some(OperatorWrite::Rank { symbols, .. }) => symbols.clone(), _ => vec![] };
    let answer = |spec: &FrontEndSpec, fe: &FrontEnd, w: &Window| -> usize {
        let p = fe.render(w).unwrap().prompt; let s = &p["scores ".len()..]; let sy = symbols(spec); let k = sy[0].len(); sy.iter().position(|x| x == &s[..k]).unwrap() };
    let clusters = Clusters::of_keys(samples.iter().map(|s| s.cluster));
    let strata: Vec<usize> = samples.iter().map(|s| match s.truth { Truth::Label(l) => *l, _ => 0 }).collect();
    let (mut right, mut all) = (0, 0);
    let started = Instant::now();
    for seed in 0..3 {
        for fold in stratified_folds(&clusters, &strata, 4, seed).unwrap() {
            let train: Vec<Sample> = fold.train.iter().map(|&i| samples[i]).collect();
            let fitted = cross_fit(&spec, &task, &train, 2, seed).unwrap();
            let fe = FrontEnd::new(fitted.spec.clone()).unwrap();
            for &t in &fold.test { all += 1; if Truth::Label(answer(&fitted.spec, &fe, samples[t].window)) == *samples[t].truth { right += 1 } }
        }
    }
    println!("cv {:.3} in {:.1}s", right as f64 / all as f64, started.elapsed().as_secs_f64());
    if let Some(test) = test_text {
        for seed in 0..3 {
            let fitted = cross_fit(&spec, &task, &samples, 4, seed).unwrap();
            let fe = FrontEnd::new(fitted.spec.clone()).unwrap();
            let data = read_csv(&fe, &task, test.as_bytes(), BadRows::Skip).unwrap();
            let started = Instant::now();
            let right = data.records.iter().filter(|r| Some(&Truth::Label(answer(&fitted.spec, &fe, &r.window))) == r.truth.as_ref()).count();
            println!("test {:.4} of {} bytes {} {:.2} ms/window", right as f64 / data.records.len() as f64, data.records.len(), serde_json::to_string(&fitted.spec).unwrap().len(), started.elapsed().as_secs_f64() * 1e3 / data.records.len() as f64);
        }
    }
}
