//! What `kith meta` says, as JSON and as text made from it.

use kith_stats::bias::{Asymmetry, Side, TrimFill};
use kith_stats::pool::{Pooled, Settings, Test};
use kith_stats::regression::{Coefficient, Regression};
use kith_stats::sensitivity::{Influence, Subgroups};
use kith_stats::three_level::ThreeLevel;
use serde_json::{Value as Json, json};

pub(super) fn pooled(pooled: &Pooled, settings: &Settings) -> Json {
    json!({
        "k": pooled.k,
        "method": settings.method.as_str(),
        "knapp_hartung": settings.test != Test::Normal,
        "estimate": pooled.estimate,
        "se": pooled.se,
        "stat": pooled.stat,
        "df": pooled.df,
        "p": pooled.p,
        "ci": pooled.ci,
        "pi": pooled.prediction,
        "tau2": pooled.tau2,
        "se_tau2": pooled.se_tau2,
        "I2": pooled.i2,
        "H2": pooled.h2,
        "Q": pooled.q,
        "Q_df": pooled.q_df,
        "Q_p": pooled.q_p,
        "logLik": pooled.log_likelihood,
    })
}

fn coefficient(of: &Coefficient) -> Json {
    json!({
        "estimate": of.estimate,
        "se": of.se,
        "stat": of.stat,
        "df": of.df,
        "p": of.p,
        "ci": of.ci,
    })
}

pub(super) fn regression(of: &Regression, names: &[String]) -> Json {
    let coefficients: Vec<Json> = of
        .coefficients
        .iter()
        .zip(names)
        .map(|(value, name)| {
            let mut one = coefficient(value);
            one["term"] = json!(name);
            one
        })
        .collect();
    json!({
        "k": of.k,
        "coefficients": coefficients,
        "tau2": of.tau2,
        "se_tau2": of.se_tau2,
        "I2": of.i2,
        "H2": of.h2,
        "R2": of.r2,
        "QE": of.qe.0,
        "QE_df": of.qe.1,
        "QE_p": of.qe.2,
        "QM": of.qm.map(|qm| qm.0),
        "QM_df": of.qm.map(|qm| qm.1),
        "QM_df2": of.qm.and_then(|qm| qm.2),
        "QM_p": of.qm.map(|qm| qm.3),
        "logLik": of.log_likelihood,
    })
}

pub(super) fn subgroups(of: &Subgroups, column: &str, names: &[&str], settings: &Settings) -> Json {
    let groups: Vec<Json> = of
        .groups
        .iter()
        .zip(names)
        .map(|(group, name)| {
            let mut one = pooled(group, settings);
            one["group"] = json!(name);
            one
        })
        .collect();
    let (q, df, p) = of.between;
    json!({"column": column, "groups": groups, "Q_between": q, "Q_between_df": df, "Q_between_p": p})
}

pub(super) fn three_level(of: &ThreeLevel, restricted: bool) -> Json {
    let mut out = coefficient(&of.average);
    out["k"] = json!(of.k);
    out["studies"] = json!(of.studies);
    out["method"] = json!(if restricted { "reml" } else { "ml" });
    out["pi"] = json!(of.prediction);
    out["tau2_between"] = json!(of.between);
    out["tau2_within"] = json!(of.within);
    out["Q"] = json!(of.q.0);
    out["Q_df"] = json!(of.q.1);
    out["Q_p"] = json!(of.q.2);
    out["logLik"] = json!(of.log_likelihood);
    out
}

pub(super) fn asymmetry(of: &Asymmetry) -> Json {
    let mut out = coefficient(&of.slope);
    out["limit"] = coefficient(&of.limit);
    out
}

pub(super) fn trim_fill(of: &TrimFill, settings: &Settings) -> Json {
    let mut out = pooled(&of.pooled, settings);
    out["side"] = json!(match of.side {
        Side::Left => "left",
        Side::Right => "right",
    });
    out["missing"] = json!(of.missing);
    out["se_missing"] = json!(of.se_missing);
    let filled: Vec<Json> = of
        .filled
        .iter()
        .map(|(yi, vi)| json!({"yi": yi, "vi": vi}))
        .collect();
    out["filled"] = json!(filled);
    out
}

pub(super) fn series(of: &[Pooled], key: &str, lines: &[usize], settings: &Settings) -> Json {
    of.iter()
        .zip(lines)
        .map(|(one, line)| {
            let mut out = pooled(one, settings);
            out[key] = json!(line);
            out
        })
        .collect()
}

pub(super) fn influence(of: &[Influence], lines: &[usize]) -> Json {
    of.iter()
        .zip(lines)
        .map(|(one, line)| {
            json!({
                "line": line,
                "rstudent": one.rstudent,
                "dffits": one.dffits,
                "cook_d": one.cook_d,
                "cov_r": one.cov_r,
                "tau2": one.tau2,
                "Q": one.q,
                "hat": one.hat,
                "dfbeta": one.dfbeta,
            })
        })
        .collect()
}

/// The answer as a person reads it.
pub(super) fn text(answer: &Json, level: f64) -> String {
    let percent = 100.0 * level;
    let method = answer["method"].as_str().unwrap_or_default().to_uppercase();
    let mut lines = vec![
        format!(
            "{} effects, {method}{}{}",
            answer["k"],
            if answer["knapp_hartung"] == true {
                ", Knapp and Hartung"
            } else {
                ""
            },
            match answer["omitted"].as_u64() {
                Some(omitted) if omitted > 0 => format!("; {omitted} left out for a missing cell"),
                _ => String::new(),
            }
        ),
        format!("Average         {}", estimate(answer, percent)),
    ];
    if answer["pi"].is_array() {
        lines.push(format!("A further study {}", range(&answer["pi"])));
    }
    let interval = if answer["tau2_ci"].is_array() {
        format!(" ({})", range(&answer["tau2_ci"]))
    } else {
        String::new()
    };
    lines.push(format!(
        "Heterogeneity   tau2 {}{interval}, I2 {:.1} %, H2 {}, Q({}) = {}, p {}",
        number(&answer["tau2"]),
        answer["I2"].as_f64().unwrap_or(f64::NAN),
        number(&answer["H2"]),
        answer["Q_df"],
        number(&answer["Q"]),
        p_value(&answer["Q_p"]),
    ));
    let mods = &answer["mods"];
    if mods.is_object() {
        lines.push(format!(
            "\nMeta-regression of {} effects: tau2 {}, R2 {} %, moderators' test {}, p {}",
            mods["k"],
            number(&mods["tau2"]),
            number(&mods["R2"]),
            number(&mods["QM"]),
            p_value(&mods["QM_p"]),
        ));
        for one in mods["coefficients"].as_array().into_iter().flatten() {
            lines.push(format!(
                "  {:<20} {}",
                one["term"].as_str().unwrap_or_default(),
                estimate(one, percent)
            ));
        }
    }
    let groups = &answer["subgroup"];
    if groups.is_object() {
        lines.push(format!(
            "\nBy {}: between groups Q({}) = {}, p {}",
            groups["column"].as_str().unwrap_or_default(),
            groups["Q_between_df"],
            number(&groups["Q_between"]),
            p_value(&groups["Q_between_p"]),
        ));
        for one in groups["groups"].as_array().into_iter().flatten() {
            lines.push(format!(
                "  {:<20} {} effects, {}; tau2 {}",
                one["group"].as_str().unwrap_or_default(),
                one["k"],
                estimate(one, percent),
                number(&one["tau2"]),
            ));
        }
    }
    let three = &answer["three_level"];
    if three.is_object() {
        lines.push(format!(
            "\nThree levels: {} effects of {} studies, {}; variance between studies {}, within {}",
            three["k"],
            three["studies"],
            estimate(three, percent),
            number(&three["tau2_between"]),
            number(&three["tau2_within"]),
        ));
    }
    let egger = &answer["egger"];
    if egger.is_object() {
        lines.push(format!(
            "\nEgger's test: {}, p {} (classical regression: {}, p {}); effect as the standard error goes to 0: {}",
            statistic(egger),
            p_value(&egger["p"]),
            statistic(&egger["classical"]),
            p_value(&egger["classical"]["p"]),
            estimate(&egger["limit"], percent),
        ));
    }
    let rank = &answer["rank_test"];
    if rank.is_object() {
        lines.push(format!(
            "\nRank test: Kendall's tau {}, p {}",
            number(&rank["tau"]),
            p_value(&rank["p"])
        ));
    }
    let trim = &answer["trim_fill"];
    if trim.is_object() {
        lines.push(format!(
            "\nTrim and fill: {} missing on the {} (standard error {}); with them {}",
            trim["missing"],
            trim["side"].as_str().unwrap_or_default(),
            number(&trim["se_missing"]),
            estimate(trim, percent),
        ));
    }
    for (key, line, title) in [
        ("leave_one_out", "without_line", "Without the effect on"),
        ("cumulative", "through_line", "Up to the effect on"),
    ] {
        for (index, one) in answer[key].as_array().into_iter().flatten().enumerate() {
            if index == 0 {
                lines.push(format!("\n{title}"));
            }
            lines.push(format!(
                "  line {:<6} {}; tau2 {}",
                one[line].to_string(),
                estimate(one, percent),
                number(&one["tau2"])
            ));
        }
    }
    for (index, one) in answer["influence"]
        .as_array()
        .into_iter()
        .flatten()
        .enumerate()
    {
        if index == 0 {
            lines.push(
                "\nInfluence      rstudent     dffits     cook_d      cov_r       tau2        hat"
                    .to_owned(),
            );
        }
        let figures: Vec<String> = ["rstudent", "dffits", "cook_d", "cov_r", "tau2", "hat"]
            .iter()
            .map(|key| format!("{:>11}", number(&one[key])))
            .collect();
        lines.push(format!(
            "  line {:<6}{}",
            one["line"].to_string(),
            figures.join("")
        ));
    }
    lines.join("\n")
}

fn estimate(of: &Json, percent: f64) -> String {
    format!(
        "{}, {percent} % interval {}, {}, p {}",
        number(&of["estimate"]),
        range(&of["ci"]),
        statistic(of),
        p_value(&of["p"]),
    )
}

fn statistic(of: &Json) -> String {
    match of["df"].as_f64() {
        Some(df) => format!("t({df}) = {}", number(&of["stat"])),
        None => format!("z = {}", number(&of["stat"])),
    }
}

fn range(of: &Json) -> String {
    format!("{} to {}", number(&of[0]), number(&of[1]))
}

fn p_value(of: &Json) -> String {
    match of.as_f64() {
        Some(p) if p < 0.0001 => "< 0.0001".to_owned(),
        Some(p) => format!("= {p:.4}"),
        None => "unknown".to_owned(),
    }
}

/// Four decimals, or four digits where that says more.
fn number(of: &Json) -> String {
    match of.as_f64() {
        Some(value) if value != 0.0 && !(0.001..1e6).contains(&value.abs()) => {
            format!("{value:.3e}")
        }
        Some(value) => format!("{value:.4}"),
        None => "unknown".to_owned(),
    }
}
