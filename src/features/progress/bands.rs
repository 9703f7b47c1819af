//! What a person reads of her own scores in place of the names that publishers gave them: plain words, and nothing that frightens.
//! Practitioners and other systems get the published names.

/// The plain words for a published name; a name that is not known here stands as it is.
pub fn plain(label: &str) -> &str {
    match label {
        "healthy" | "normal" | "within normal limits" => "in the usual range",
        "none or minimal" | "minimal" => "little or none",
        "low level" | "low wellbeing" => "low",
        "mild" => "a little",
        "moderate" | "moderate distress" | "neutral" => "in the middle",
        "moderate to severe" | "moderately severe" => "quite a lot",
        "severe" => "a lot",
        "extremely severe" => "very much",
        "probable serious distress" => "a lot of distress",
        "borderline" => "near the usual range",
        "abnormal" => "outside the usual range",
        "moderately high" => "rather high",
        "likely depression: assess" => "very low",
        "subclinical" => "little in the way",
        "significant impairment" => "some in the way",
        "moderately severe or worse" => "a lot in the way",
        "extremely dissatisfied" => "very dissatisfied",
        "slightly dissatisfied" => "a little dissatisfied",
        "slightly satisfied" => "a little satisfied",
        "extremely satisfied" => "very satisfied",
        plain => plain,
    }
}
