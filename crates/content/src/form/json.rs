//! Reads the parts of FHIR that a Questionnaire is made of, whatever a stranger wrote there.

use serde_json::{Map, Value};

use super::draft::Code;

const TRANSLATION: &str = "http://hl7.org/fhir/StructureDefinition/translation";
const ORDINAL: &str = "http://hl7.org/fhir/StructureDefinition/ordinalValue";
const WEIGHT: &str = "http://hl7.org/fhir/StructureDefinition/itemWeight";

pub(super) type Object = Map<String, Value>;

pub(super) fn text<'a>(object: &'a Object, key: &str) -> &'a str {
    object.get(key).and_then(Value::as_str).unwrap_or_default()
}

pub(super) fn objects<'a>(object: &'a Object, key: &str) -> impl Iterator<Item = &'a Object> {
    let list = object.get(key).and_then(Value::as_array);
    list.into_iter().flatten().filter_map(Value::as_object)
}

pub(super) fn object<'a>(object: &'a Object, key: &str) -> Option<&'a Object> {
    object.get(key).and_then(Value::as_object)
}

pub(super) fn extension<'a>(object: &'a Object, url: &'a str) -> Option<&'a Object> {
    extensions(object, url).next()
}

pub(super) fn extensions<'a>(object: &'a Object, url: &'a str) -> impl Iterator<Item = &'a Object> {
    objects(object, "extension").filter(move |extension| text(extension, "url") == url)
}

pub(super) fn code(object: &Object) -> Code {
    Code {
        system: text(object, "system").trim().to_owned(),
        code: text(object, "code").trim().to_owned(),
    }
}

/// The translations of a text, as `(language, words)`. FHIR keeps them under the same name with a line before it.
pub(super) fn translations<'a>(object: &'a Object, key: &str) -> Vec<(&'a str, &'a str)> {
    let Some(shadow) = self::object(object, &format!("_{key}")) else {
        return Vec::new();
    };
    extensions(shadow, TRANSLATION)
        .filter_map(|extension| {
            let part = |url| objects(extension, "extension").find(|part| text(part, "url") == url);
            let lang = part("lang")?;
            let lang = ["valueCode", "valueString"]
                .map(|key| text(lang, key))
                .into_iter()
                .find(|lang| !lang.is_empty())?;
            let content = part("content")?;
            let content = ["valueString", "valueMarkdown"]
                .map(|key| text(content, key))
                .into_iter()
                .find(|content| !content.is_empty())?;
            Some((lang, content))
        })
        .collect()
}

/// The value of an answer, wherever it stands: on the option, or inside its coding.
pub(super) fn numbers(object: &Object) -> Vec<f64> {
    [ORDINAL, WEIGHT]
        .into_iter()
        .flat_map(|url| extensions(object, url))
        .filter_map(|extension| {
            ["valueDecimal", "valueInteger"]
                .into_iter()
                .find_map(|key| extension.get(key).and_then(Value::as_f64))
        })
        .collect()
}

/// Whether two language tags mean the same, where one of them may leave the country out.
pub(super) fn same_language(one: &str, other: &str) -> bool {
    let parts = |tag: &str| tag.replace('_', "-").to_ascii_lowercase();
    let (one, other) = (parts(one), parts(other));
    one == other
        || other
            .strip_prefix(&one)
            .is_some_and(|rest| rest.starts_with('-'))
        || one
            .strip_prefix(&other)
            .is_some_and(|rest| rest.starts_with('-'))
}

/// Whether it looks like a tag of BCP 47: letters and digits in parts of one to eight.
pub(super) fn is_language(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let first = parts.next().unwrap_or_default();
    tag.len() <= 35
        && (2..=8).contains(&first.len())
        && first.bytes().all(|byte| byte.is_ascii_alphabetic())
        && parts.all(|part| {
            (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
        })
}

/// A text with its control signs taken out and without space around it; none when it is longer than that.
pub(super) fn clean(text: &str, most: usize) -> Option<String> {
    let text: String = text
        .chars()
        .filter(|letter| !letter.is_control() || *letter == '\n')
        .collect();
    let text = text.trim();
    (text.chars().take(most + 1).count() <= most).then(|| text.to_owned())
}
